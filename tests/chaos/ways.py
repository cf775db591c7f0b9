"""Ways in which people are kept up to date in the lives of the chaos suite, each a project of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos.stages import EVERYBODY, Stage
from tests.contract.destinations.stands.stand import Stand

PROJECT = """
sources:
  - {{name: shop, type: duckdb, path: shop.duckdb}}
models:
  - {{name: customers, source: shop, table: customers, kind: users, primary_key: id}}
destinations:
  - {destination}
activations:
"""
ACTIVATION = """
  - name: {name}
    model: customers
    destination: there
    service: users
    match: {{{match}}}
    mode: {mode}
    leave: {leave}
    fields: {{name: name}}
    custom_attributes: [{custom}]
"""
ATTRIBUTES = ("name", "plan", "city")
NOTES = "notes"
"""The activation beside `everybody` that sends the attribute `note` of the same people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How everybody is sent: in which mode, what becomes of leavers, beside which other activation, to what account.

    `share` of the size of a life's shop is taken, and `newcomers` come with each change.
    """

    name: str
    mode: str = "upsert"
    match: str = "email: email"
    leave: str = "keep"
    beside: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)
    share: float = 1.0
    newcomers: int = 20
    looks_up: bool = False

    @property
    def activations(self) -> tuple[str, ...]:
        """Those that send, in the order in which a quiet round runs them."""
        return (EVERYBODY, NOTES) if self.beside else (EVERYBODY,)

    @property
    def attributes(self) -> tuple[str, ...]:
        """What is kept up to date."""
        return (*ATTRIBUTES, "note") if self.beside else ATTRIBUTES

    @property
    def creates(self) -> bool:
        """Whether people who are not there are created."""
        return self.mode == "upsert"

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages that some of its runs go through beside those of all runs."""
        found = [Stage.WAITING] if self.beside else []
        found += [Stage.LOOKING_UP] if self.looks_up else []
        found += [Stage.REMOVING] if self.leave in {"suspend", "delete"} else []
        return tuple(found)

    def write(self, folder: Path, stand: Stand) -> None:
        """Write the project."""
        custom = {EVERYBODY: "plan, city", NOTES: "note"}
        text = PROJECT.format(destination=stand.destination(**self.settings)) + "".join(
            ACTIVATION.format(name=each, match=self.match, mode=self.mode, leave=self.leave, custom=custom[each])
            for each in self.activations
        )
        (folder / "penstock.yaml").write_text(text)


PLAIN = Way(name="plain")
BESIDE = Way(name="two activations, clear", leave="clear", beside=True)
WAYS: Mapping[str, tuple[Way, ...]] = {
    "zendesk": (
        Way(name="delete", leave="delete"),
        BESIDE,
        Way(name="update, searching", mode="update", looks_up=True),
        PLAIN,
        Way(
            name="update, listing",
            mode="update",
            looks_up=True,
            settings={"requests_per_minute": 30},
            newcomers=120,
        ),
        Way(name="suspend", leave="suspend"),
        Way(name="update, asking by external id", mode="update", match="external_id: id", looks_up=True),
    ),
    "iterable": (
        Way(
            name="update, reading",
            mode="update",
            looks_up=True,
            settings={"known_for_minutes": 0, "reads_per_second": 5000},
            share=0.1,
        ),
        Way(name="delete", leave="delete"),
        PLAIN,
        BESIDE,
        Way(
            name="update, exporting",
            mode="update",
            looks_up=True,
            settings={"reads_per_second": 60},
            share=0.25,
        ),
    ),
}
"""The ways of each destination; the first ones are those of the short form."""
