"""What happened in all examples, and how often: an example shows nothing if nothing happened in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from tests.acceptance.machine.people import Person, Value
from tests.acceptance.machine.place import Place
from tests.acceptance.machine.runner import End, Point

_RECORDS = ("create", "update", "clear", "held", "left", "returned", "delivered", "rejected", "skipped", "unknown")


class Tally:
    """Counts steps that did something, faults that hit a request, and what edits did to values."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def expect(self, steps: Iterable[str], place: Place) -> None:
        """These steps are possible, and with them whatever else is counted."""
        faults = {fault["do"] for fault in (*place.write_faults, *place.read_faults)}
        expected = (
            *steps,
            *(f"fault {do}" for do in faults),
            *(ending(how, point) for how in End for point in Point),
            *(f"records {name}" for name in _RECORDS),
            "a field is withheld",
        )
        self.counts.update(dict.fromkeys(expected, 0))

    def step(self, name: str) -> None:
        """A step of the machine did something."""
        self.counts[name] += 1

    def faults(self, faults: Iterable[Mapping[str, Any]]) -> None:
        """Faults as the sandbox shows them at the end of a run."""
        for fault in faults:
            if fault["fired"]:
                self.counts[f"fault {fault['do']}"] += 1

    def edit(self, person: Person, column: str, value: Value) -> None:
        """A value is about to be edited."""
        was = value in person.former.get(column, ())
        self.counts[f"a value {'becomes null' if value is None else 'is as it was' if was else 'is another'}"] += 1

    def end(self, report: Mapping[str, Any]) -> None:
        """A run ended with this report."""
        self.counts.update(
            {f"records {name}": n for name, n in {**report["planned"], **report["outcomes"]}.items() if n}
        )
        for reason in report["reasons"]:
            self.counts[f"reason {reason['code']}"] += 1
        if report["withheld"]:
            self.counts["a field is withheld"] += 1

    @property
    def never(self) -> set[str]:
        """What was expected and never happened."""
        return {name for name, count in self.counts.items() if not count}

    def __str__(self) -> str:
        return "\n".join(f"{count:>7} {name}" for name, count in sorted(self.counts.items()))


def ending(how: End, point: Point) -> str:
    """What is told and counted of a run that was ended from outside."""
    return f"a run is {how} {point}"
