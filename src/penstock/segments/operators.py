"""The one table of what can be asked of which field, and what has to be given with it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from penstock.catalog.conditions import Operator
from penstock.fields import NUMBERS, TIMES, FieldType, Kind


class Needs(StrEnum):
    """What an operator needs beside the field; the value completes the sentence `… needs …`."""

    NOTHING = "nothing"
    TEXT = "a text"
    PIECE = "a text that is not empty"
    NUMBER = "a number"
    BOOLEAN = "true or false"
    DAY = "a day such as 2024-01-31"
    MOMENT = "a day such as 2024-01-31, or a day and time such as 2024-01-31 10:00"
    SPAN = "a span of time such as 30 days"
    ELEMENT = "a value of the same type as the list's elements"


class HowMany(StrEnum):
    """How many operands an operator takes; the value completes the sentence `… takes …`."""

    NONE = "no value but true"
    ONE = "one value"
    TWO = "two values, the lower first"
    ANY = "a list of values"


def _each(kinds: frozenset[Kind], needs: Needs) -> dict[Kind, Needs]:
    return dict.fromkeys(kinds, needs)


_TEXT = {Kind.TEXT: Needs.TEXT}
_PIECE = {Kind.TEXT: Needs.PIECE}
_NUMBER = _each(NUMBERS, Needs.NUMBER)
_TIME = _each(TIMES, Needs.MOMENT)
_EVERY_KIND = _each(frozenset(Kind), Needs.NOTHING)
_EMPTY = {Kind.TEXT: Needs.NOTHING, Kind.LIST: Needs.NOTHING}

OFFERED: Mapping[Operator, Mapping[Kind, Needs]] = {
    Operator.IS: {**_TEXT, **_NUMBER, Kind.BOOLEAN: Needs.BOOLEAN},
    Operator.IS_NOT: {**_TEXT, **_NUMBER, Kind.BOOLEAN: Needs.BOOLEAN},
    Operator.IS_ANY_OF: {**_TEXT, **_NUMBER},
    Operator.IS_NONE_OF: {**_TEXT, **_NUMBER},
    Operator.CONTAINS: {**_PIECE, Kind.LIST: Needs.ELEMENT},
    Operator.DOES_NOT_CONTAIN: {**_PIECE, Kind.LIST: Needs.ELEMENT},
    Operator.STARTS_WITH: _PIECE,
    Operator.ENDS_WITH: _PIECE,
    Operator.MATCHES: _PIECE,
    Operator.LESS_THAN: _NUMBER,
    Operator.AT_MOST: _NUMBER,
    Operator.GREATER_THAN: _NUMBER,
    Operator.AT_LEAST: _NUMBER,
    Operator.BETWEEN: {**_NUMBER, **_TIME},
    Operator.IS_EMPTY: _EMPTY,
    Operator.IS_NOT_EMPTY: _EMPTY,
    Operator.IS_KNOWN: _EVERY_KIND,
    Operator.IS_UNKNOWN: _EVERY_KIND,
    Operator.ON: _each(TIMES, Needs.DAY),
    Operator.BEFORE: _TIME,
    Operator.AFTER: _TIME,
    Operator.LAST: _each(TIMES, Needs.SPAN),
    Operator.NEXT: _each(TIMES, Needs.SPAN),
    Operator.MORE_THAN_AGO: _each(TIMES, Needs.SPAN),
    Operator.ANNIVERSARY: _each(TIMES, Needs.NOTHING),
    Operator.CONTAINS_ANY: {Kind.LIST: Needs.ELEMENT},
    Operator.CONTAINS_ALL: {Kind.LIST: Needs.ELEMENT},
    Operator.CONTAINS_NONE: {Kind.LIST: Needs.ELEMENT},
}

ELEMENT_OPERATORS = frozenset(
    operator for operator, kinds in OFFERED.items() if kinds.get(Kind.LIST) is Needs.ELEMENT
)
"""What is asked of a list and means its elements."""

HOW_MANY: Mapping[Operator, HowMany] = {
    **dict.fromkeys(Operator, HowMany.ONE),
    Operator.BETWEEN: HowMany.TWO,
    Operator.IS_ANY_OF: HowMany.ANY,
    Operator.IS_NONE_OF: HowMany.ANY,
    Operator.CONTAINS_ANY: HowMany.ANY,
    Operator.CONTAINS_ALL: HowMany.ANY,
    Operator.CONTAINS_NONE: HowMany.ANY,
    Operator.ANNIVERSARY: HowMany.NONE,
    Operator.IS_EMPTY: HowMany.NONE,
    Operator.IS_NOT_EMPTY: HowMany.NONE,
    Operator.IS_KNOWN: HowMany.NONE,
    Operator.IS_UNKNOWN: HowMany.NONE,
}

OPPOSITES: Mapping[Operator, Operator] = {
    Operator.IS_NOT: Operator.IS,
    Operator.IS_NONE_OF: Operator.IS_ANY_OF,
    Operator.DOES_NOT_CONTAIN: Operator.CONTAINS,
    Operator.CONTAINS_NONE: Operator.CONTAINS_ANY,
    Operator.IS_NOT_EMPTY: Operator.IS_EMPTY,
    Operator.IS_UNKNOWN: Operator.IS_KNOWN,
}
"""The negative operators, each with the one it is exactly the opposite of, unknown values included."""

_ELEMENTS: Mapping[Kind, Needs] = {Kind.TEXT: Needs.TEXT, **_NUMBER}


def needs(operator: Operator, field_type: FieldType) -> Needs | None:
    """Return what the operator needs for a field of this type; None if it is not available there."""
    needed = OFFERED[operator].get(field_type.kind)
    if needed is not Needs.ELEMENT:
        return needed
    return _ELEMENTS.get(field_type.members[0][1].kind) if field_type.members else None


def operators_for(field_type: FieldType) -> tuple[Operator, ...]:
    """Return what can be asked of a field of this type."""
    return tuple(operator for operator in Operator if needs(operator, field_type) is not None)
