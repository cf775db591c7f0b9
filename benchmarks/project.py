"""The project that is run: its file, generated, and its state folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from benchmarks.children import API_KEY
from benchmarks.data import FIELDS, TABLE

ACTIVATION = "customers_to_iterable"
UNLIMITED_REQUESTS_PER_SECOND = 1_000_000.0
KNOWN_FOR_EVER_MINUTES = 500_000
"""So nobody is looked up before being updated, however old a ledger is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFile:
    """What a project file says; `threads` None leaves the engine its default."""

    source: Path
    """A DuckDB file, or a folder of Parquet files."""
    base_url: str
    memory: str = "1GB"
    threads: int | None = None
    fields: Iterable[str] | Mapping[str, str] = tuple(FIELDS)
    """Fields mapped under their own names, or destination fields with the model fields that fill them."""
    requests_per_second: float = UNLIMITED_REQUESTS_PER_SECOND
    destination: Mapping[str, object] | None = None
    """Another destination than Iterable: its keys."""
    custom_attributes: Iterable[str] = ()
    activation: Mapping[str, object] = field(default_factory=dict)
    """Keys of the activation that are to be otherwise, or besides."""

    def write(self, folder: Path) -> Path:
        """Write it into a folder and return the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "penstock.yaml").write_bytes(orjson.dumps(self._document(), option=orjson.OPT_INDENT_2))
        return folder

    def _document(self) -> dict[str, object]:
        """JSON is YAML as well."""
        settings: dict[str, object] = {"max_first_run": 100_000_000, "memory": self.memory}
        if self.threads is not None:
            settings["threads"] = self.threads
        model = {"name": "customers", "source": "shop", "table": TABLE, "kind": "users", "primary_key": "customer_id"}
        destination: Mapping[str, object] = self.destination or {
            "type": "iterable",
            "project_type": "email",
            "api_key": f"${{{API_KEY}}}",
            "base_url": self.base_url,
            "requests_per_second": self.requests_per_second,
            "known_for_minutes": KNOWN_FOR_EVER_MINUTES,
        }
        activation: dict[str, object] = {
            "name": ACTIVATION,
            "model": "customers",
            "destination": "marketing",
            "service": "users",
            "match": {"email": "email"},
            "fields": dict(self.fields) if isinstance(self.fields, Mapping) else {name: name for name in self.fields},
        }
        if self.custom_attributes:
            activation["custom_attributes"] = list(self.custom_attributes)
        activation |= self.activation
        return {
            "sources": [
                {"name": "shop", "type": "files" if self.source.is_dir() else "duckdb", "path": str(self.source)}
            ],
            "models": [model],
            "destinations": [{"name": "marketing", **destination}],
            "activations": [activation],
            "settings": settings,
        }


def ledger_of(project: Path) -> Path:
    """Return the ledger's file of a project that was run."""
    return project / ".penstock" / "ledgers" / f"{ACTIVATION}.duckdb"
