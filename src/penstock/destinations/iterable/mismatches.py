"""Which values a refusal for wrong types means: it names fields and offending values, but no user."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from penstock.destinations.iterable.attribution import SentRecord

TYPES_MISMATCHED = "RequestFieldsTypesMismatched"

# Iterable's accepted date strings: fractions of a second only with a `T`.
_DATE = re.compile(
    r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d( [+-]\d\d:\d\d)?|T\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d))?", re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """One field path that received a value of the wrong type."""

    path: str
    expected: str
    offending: object

    @property
    def attribute(self) -> str:
        """The top-level attribute, the unit of what is sent."""
        return self.path.partition(".")[0]


def read_mismatches(params: Mapping[str, Any]) -> tuple[Mismatch, ...]:
    """Read `params.validationErrors`; empty when it does not say which fields."""
    errors = params.get("validationErrors")
    if not isinstance(errors, dict):
        return ()
    return tuple(
        Mismatch(
            path=path,
            expected=str(error.get("expectedType") or "") if isinstance(error, dict) else "",
            offending=error.get("offendingValue") if isinstance(error, dict) else None,
        )
        for path, error in errors.items()
    )


def holders(records: Sequence[SentRecord], mismatch: Mismatch) -> tuple[int, ...]:
    """Positions of the records that hold exactly the offending value at the path."""
    return tuple(
        position
        for position, record in enumerate(records)
        if any(_same(value, mismatch.offending) for value in _values(record, mismatch.path))
    )


def alike(records: Sequence[SentRecord], mismatch: Mismatch) -> tuple[int, ...]:
    """Positions of the records whose value there is of the offending one's kind, well-formed dates excepted."""
    kind = _kind(mismatch.offending)
    return tuple(
        position
        for position, record in enumerate(records)
        if any(
            _kind(value) == kind and not _is_good_date(value, mismatch) for value in _values(record, mismatch.path)
        )
    )


def _is_good_date(value: object, mismatch: Mismatch) -> bool:
    return mismatch.expected == "date" and isinstance(value, str) and _DATE.fullmatch(value) is not None


def _values(record: SentRecord, path: str) -> Iterator[object]:
    """The values at a dotted path, those inside lists one by one; lists of plain values also as a whole."""
    yield from _inside(record.get("dataFields") or {}, path.split("."))


def _inside(value: object, names: Sequence[str]) -> Iterator[object]:
    if isinstance(value, list):
        if not names:
            yield value
        for element in value:
            yield from _inside(element, names)
    elif not names:
        yield value
    elif isinstance(value, dict) and names[0] in value:
        yield from _inside(value[names[0]], names[1:])


def _same(value: object, offending: object) -> bool:
    if value is None:
        return False
    if _kind(value) == _kind(offending):
        return value == offending
    # Iterable may quote a value as text.
    return isinstance(offending, str) and orjson.dumps(value).decode() == offending


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    return {int: "integer", float: "number", str: "text", dict: "object", list: "list"}.get(type(value), "nothing")
