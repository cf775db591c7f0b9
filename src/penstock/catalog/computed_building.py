"""Entries of computed fields that hold → the entities."""

from __future__ import annotations

from penstock.catalog.computed import (
    Aggregated,
    Calculated,
    Case,
    Computation,
    ComputedField,
    Label,
    Lifted,
    MostRecent,
)
from penstock.catalog.computed_keys import FIGURES
from penstock.catalog.conditions import EVERYBODY, Aggregate, Comparison, Condition
from penstock.catalog.reading import Entry


def build_computed(entry: Entry) -> ComputedField:
    """Return the computed field."""
    return ComputedField(name=entry.required("name"), computation=_computation(entry), location=entry.location)


def _computation(entry: Entry) -> Computation:
    if (aggregate := entry.part("aggregate")) is not None:
        return _aggregate(aggregate)
    if (lifted := entry.part("lifted")) is not None:
        return Lifted(path=_path(lifted), field=lifted.required("field"))
    if (label := entry.part("label")) is not None:
        cases = [case.value for case in label.items("cases") if isinstance(case.value, Entry)]
        return Label(
            cases=tuple(Case(label=case.required("is"), where=condition_of(case)) for case in cases),
            otherwise=label.text("otherwise"),
        )
    formula = entry.values["formula"].value
    if not isinstance(formula, Calculated):
        raise TypeError(f"not a formula: {type(formula).__name__}")
    return formula


def _aggregate(entry: Entry) -> Aggregated | MostRecent:
    path, where, window = _path(entry), condition_of(entry), _window(entry)
    if (recent := entry.text("most_recent")) is not None:
        return MostRecent(path=path, field=recent, where=where, window=window)
    aggregate = next((Aggregate(key) for key in FIGURES if key in entry.values), Aggregate.COUNT)
    field = None if aggregate is Aggregate.COUNT else entry.required(aggregate)
    return Aggregated(path=path, aggregate=aggregate, field=field, where=where, window=window)


def condition_of(entry: Entry) -> Condition:
    """Return what stands under `where`; everybody if nothing does."""
    if "where" not in entry.values:
        return EVERYBODY
    condition = entry.values["where"].value
    if not isinstance(condition, Condition):
        raise TypeError(f"not a condition: {type(condition).__name__}")
    return condition


def _path(entry: Entry) -> tuple[str, ...]:
    return tuple(str(name) for name in _given(entry, "related"))


def _given(entry: Entry, key: str) -> tuple[object, ...]:
    found = entry.values[key].value
    if not isinstance(found, tuple):
        raise TypeError(f"not a path: {type(found).__name__}")
    return found


def _window(entry: Entry) -> Comparison | None:
    found = entry.values["within"].value if "within" in entry.values else None
    return found if isinstance(found, Comparison) else None
