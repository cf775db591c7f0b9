"""What each operator of a condition takes, and what it asks: the one table for reading and for editors."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

from penstock.catalog.conditions import Operator


class Takes(Enum):
    """What stands behind an operator; the value says it in words."""

    VALUE = "one value"
    VALUES = "a list of values"
    TEXT = "text"
    PART = "text, or a number of a list"
    ORDERED = "a number"
    PAIR = "a list of two values, the lower one first"
    MOMENT = "a date, or a date and time"
    SPAN = "a span of time such as `30 days`"
    TRUE = "`true`"


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorSpec:
    """An operator: what it takes, what it asks, an example, and the operator that asks the contrary."""

    takes: Takes
    help: str
    example: str
    contrary: Operator | None = None


def _spec(takes: Takes, help_text: str, example: str, contrary: Operator | None = None) -> OperatorSpec:
    return OperatorSpec(takes=takes, help=help_text, example=example, contrary=contrary)


OPERATORS: Final = MappingProxyType(
    {
        Operator.IS: _spec(Takes.VALUE, "The field has this value.", "France"),
        Operator.IS_NOT: _spec(Takes.VALUE, "The field has another value than this.", "France"),
        Operator.IS_ANY_OF: _spec(Takes.VALUES, "The field has one of these values.", "[pro, team]"),
        Operator.IS_NONE_OF: _spec(Takes.VALUES, "The field has none of these values.", "[pro, team]"),
        Operator.CONTAINS: _spec(Takes.PART, "The text, or the list, contains this.", "garden"),
        Operator.DOES_NOT_CONTAIN: _spec(Takes.PART, "The text, or the list, does not contain this.", "garden"),
        Operator.STARTS_WITH: _spec(Takes.TEXT, "The text starts with this one.", '"+33"'),
        Operator.ENDS_WITH: _spec(Takes.TEXT, "The text ends with this one.", '"@example.com"'),
        Operator.MATCHES: _spec(
            Takes.TEXT, "The whole text fits this pattern; `*` is any text, `?` any character.", '"A-????-*"'
        ),
        Operator.LESS_THAN: _spec(Takes.ORDERED, "The field is below this value.", "50"),
        Operator.AT_MOST: _spec(Takes.ORDERED, "The field is this value or below it.", "50"),
        Operator.GREATER_THAN: _spec(Takes.ORDERED, "The field is above this value.", "50"),
        Operator.AT_LEAST: _spec(Takes.ORDERED, "The field is this value or above it.", "50"),
        Operator.BETWEEN: _spec(Takes.PAIR, "The field is within these two values or one of them.", "[10, 20]"),
        Operator.IS_EMPTY: _spec(Takes.TRUE, "The field has no value, or empty text.", "true", Operator.IS_NOT_EMPTY),
        Operator.IS_NOT_EMPTY: _spec(
            Takes.TRUE, "The field has a value that is not empty text.", "true", Operator.IS_EMPTY
        ),
        Operator.IS_KNOWN: _spec(Takes.TRUE, "The field has a value.", "true", Operator.IS_UNKNOWN),
        Operator.IS_UNKNOWN: _spec(Takes.TRUE, "The field has no value.", "true", Operator.IS_KNOWN),
        Operator.ON: _spec(Takes.MOMENT, "The field falls on this day.", "2026-01-31"),
        Operator.BEFORE: _spec(Takes.MOMENT, "The field is earlier than this.", "2026-01-31"),
        Operator.AFTER: _spec(Takes.MOMENT, "The field is later than this.", "2026-01-31"),
        Operator.LAST: _spec(Takes.SPAN, "The field lies in the time up to now.", "30 days"),
        Operator.NEXT: _spec(Takes.SPAN, "The field lies in the time from now.", "30 days"),
        Operator.MORE_THAN_AGO: _spec(Takes.SPAN, "The field lies before the time up to now.", "30 days"),
        Operator.ANNIVERSARY: _spec(
            Takes.TRUE,
            "The field's day and month are today's; 29 February counts on the 28th of a common year.",
            "true",
        ),
        Operator.CONTAINS_ANY: _spec(Takes.VALUES, "The list has at least one of these values.", "[garden, cook]"),
        Operator.CONTAINS_ALL: _spec(Takes.VALUES, "The list has all of these values.", "[garden, cook]"),
        Operator.CONTAINS_NONE: _spec(Takes.VALUES, "The list has none of these values.", "[garden, cook]"),
    }
)

OTHER_WORDS: Final = MappingProxyType(
    {
        "equals": Operator.IS,
        "equal": Operator.IS,
        "eq": Operator.IS,
        "=": Operator.IS,
        "==": Operator.IS,
        "not_equal": Operator.IS_NOT,
        "ne": Operator.IS_NOT,
        "!=": Operator.IS_NOT,
        "in": Operator.IS_ANY_OF,
        "one_of": Operator.IS_ANY_OF,
        "not_in": Operator.IS_NONE_OF,
        "like": Operator.MATCHES,
        "lt": Operator.LESS_THAN,
        "<": Operator.LESS_THAN,
        "lte": Operator.AT_MOST,
        "<=": Operator.AT_MOST,
        "gt": Operator.GREATER_THAN,
        ">": Operator.GREATER_THAN,
        "gte": Operator.AT_LEAST,
        ">=": Operator.AT_LEAST,
        "is_null": Operator.IS_UNKNOWN,
        "is_not_null": Operator.IS_KNOWN,
    }
)
"""What other tools call the operators, for the suggestion."""

OTHER_GROUPS: Final = MappingProxyType({"and": "all", "or": "any", "none": "not", "every": "all", "some": "any"})
"""What other tools call the groups; the nearest word by letters would turn `and` into `any`."""

TAKES_TEXT: Final = frozenset(
    operator for operator, spec in OPERATORS.items() if spec.takes in (Takes.TEXT, Takes.PART)
)
CASE_MATTERS_TO: Final = TAKES_TEXT | {
    Operator.IS,
    Operator.IS_NOT,
    Operator.IS_ANY_OF,
    Operator.IS_NONE_OF,
    Operator.CONTAINS_ANY,
    Operator.CONTAINS_ALL,
    Operator.CONTAINS_NONE,
}
"""The operators beside which `match_case` has a meaning."""
