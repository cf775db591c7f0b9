"""What a plan rests on beside its ledger: a plan made earlier is executed only if none of it has changed."""

from __future__ import annotations

from collections.abc import Mapping

from penstock.catalog.entities import Activation
from penstock.ledger.state import LedgerIdentity, identity_from_json, identity_to_json
from penstock.operations.project import Project
from penstock.segments.identity import identity_of
from penstock.warehouses.registry import place_of

_FIELDS = "definition of the model's computed fields and relations"


def basis_of(project: Project, activation: Activation, identity: LedgerIdentity) -> dict[str, object]:
    """Write it as JSON values."""
    model, segment = project.model_of(activation), project.segment_of(activation)
    source = project.source_of(model)
    return {
        "ledger": identity_to_json(identity),
        "project": str(project.catalog.root),
        "source": f"{source.type} {place_of(source)}",
        "model": model.sql or model.table,
        _FIELDS: identity_of(model, None, project.catalog),
        "segment": identity_of(model, segment, project.catalog) if segment else "",
        "time zone": project.catalog.settings.timezone,
    }


def changed_basis(before: Mapping[str, object], now: Mapping[str, object]) -> str | None:
    """Name what a plan rested on that is another now; None if all is as it was. KeyError if it is not a basis."""
    made_for, found = (identity_from_json(_mapping_of(basis["ledger"])) for basis in (before, now))
    difference = made_for.difference(found)
    if difference is not None:
        return f"now there is {difference}"
    for name in ("project", "source", "model", _FIELDS, "segment", "time zone"):
        if before[name] != now[name]:
            return f"the {name} is another one now"
    return None


def _mapping_of(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise KeyError("ledger")
    return value
