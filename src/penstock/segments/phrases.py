"""One comparison as a clause about a record: `whose country is France`, `who signed up in the last 30 days`."""

from __future__ import annotations

from collections.abc import Sequence

from penstock.catalog.conditions import Comparison, Operator, Span
from penstock.segments.operands import Operand
from penstock.segments.operators import OPPOSITES
from penstock.segments.wording import field_words, listed, moment_words, value_words

_SIMPLE: dict[Operator, tuple[str, str]] = {
    Operator.IS: ("is", "is not"),
    Operator.CONTAINS: ("contains", "does not contain"),
    Operator.STARTS_WITH: ("starts with", "does not start with"),
    Operator.ENDS_WITH: ("ends with", "does not end with"),
    Operator.MATCHES: ("matches", "does not match"),
    Operator.LESS_THAN: ("is less than", "is not less than"),
    Operator.AT_MOST: ("is at most", "is not at most"),
    Operator.GREATER_THAN: ("is more than", "is not more than"),
    Operator.AT_LEAST: ("is at least", "is not at least"),
    Operator.IS_EMPTY: ("is empty", "is not empty"),
    Operator.IS_KNOWN: ("is known", "is unknown"),
    Operator.ANNIVERSARY: ("has its anniversary today", "does not have its anniversary today"),
}
_QUOTING = frozenset({Operator.CONTAINS, Operator.STARTS_WITH, Operator.ENDS_WITH, Operator.MATCHES})
_RECENT = frozenset({Operator.LAST, Operator.NEXT, Operator.MORE_THAN_AGO})
_WHEN = frozenset({Operator.ON, Operator.BEFORE, Operator.AFTER}) | _RECENT
_ELEMENTS = {Operator.CONTAINS_ANY: ("contains", "or"), Operator.CONTAINS_ALL: ("contains all of", "and")}
_DOINGS = {
    "signed up": "sign up",
    "signed in": "sign in",
    "logged in": "log in",
    "joined": "join",
    "registered": "register",
    "subscribed": "subscribe",
    "unsubscribed": "unsubscribe",
    "ordered": "order",
    "purchased": "purchase",
    "visited": "visit",
    "cancelled": "cancel",
    "churned": "churn",
}
"""What a person does, as field names tell it and as `did not …` needs it; anything else was done to them."""
_PEOPLE = frozenset(
    {"clients", "contacts", "customers", "leads", "members", "people", "persons", "subscribers", "users", "visitors"}
)


def is_negative(comparison: Comparison, *, negated: bool) -> bool:
    """Tell whether the clause says what is not."""
    return (comparison.operator in OPPOSITES) != negated


def clause(comparison: Comparison, *, model: str, negated: bool) -> str:
    """Return the comparison, or its negation, as a relative clause about the records of a model."""
    operator = OPPOSITES.get(comparison.operator, comparison.operator)
    negative = is_negative(comparison, negated=negated)
    case = ", case included," if comparison.match_case else ""
    if operator in _WHEN:
        return _when_clause(comparison, model, negative)
    if operator is Operator.IS_ANY_OF:
        asked = _any_of(comparison.operands, negative)
    elif operator in _ELEMENTS:
        verb, last = _ELEMENTS[operator]
        words = [value_words(value, quoted=True) for value in comparison.operands]
        verb = verb.replace("contains", "does not contain") if negative else verb
        asked = f"{verb} {listed(words, last)}"
    elif operator is Operator.BETWEEN:
        asked = f"is {'not ' if negative else ''}between {listed(_ends(comparison.operands), 'and')}"
    else:
        words = [_SIMPLE[operator][negative]]
        words += [value_words(value, quoted=operator in _QUOTING) for value in comparison.operands]
        asked = " ".join(words)
    return f"whose {field_words(comparison.field)} {asked}{case}".rstrip(",")


def who(model: str) -> str:
    """Return the pronoun for the records of a model."""
    return "who" if field_words(model).lower().split()[-1] in _PEOPLE else "that"


def _any_of(values: Sequence[Operand], negative: bool) -> str:
    words = [value_words(value) for value in values]
    if not words:
        return "is anything" if negative else "is one of no values"
    if negative and len(words) == 2:
        return f"is neither {words[0]} nor {words[1]}"
    if negative and len(words) > 2:
        return f"is none of {listed(words, 'or')}"
    return f"is {'not ' if negative else ''}{listed(words, 'or')}"


def _ends(values: Sequence[Operand]) -> list[str]:
    return [moment_words(value) if isinstance(value, str) else value_words(value) for value in values]


def when_words(comparison: Comparison) -> str | None:
    """Return when something was, as in `in the last 30 days`; None if the comparison asks something else."""
    if comparison.operator is Operator.BETWEEN:
        return f"between {listed(_ends(comparison.operands), 'and')}"
    if comparison.operator not in _WHEN:
        return None
    value = comparison.operands[0]
    if comparison.operator is Operator.MORE_THAN_AGO:
        return f"more than {'a ' if isinstance(value, Span) and value.count == 1 else ''}{value_words(value)} ago"
    if comparison.operator in _RECENT:
        return f"in the {comparison.operator} {value_words(value)}"
    return f"{comparison.operator} {moment_words(value)}"


def _when_clause(comparison: Comparison, model: str, negative: bool) -> str:
    when = when_words(comparison)
    words = field_words(comparison.field)
    event = words.removesuffix(" at").removesuffix(" on")
    if event in _DOINGS and event != words and who(model) == "who":
        return f"{who(model)} {f'did not {_DOINGS[event]}' if negative else event} {when}"
    if event != words and event.endswith("ed"):
        return f"{who(model)} were {'not ' if negative else ''}{event} {when}"
    return f"whose {words} is {'not ' if negative else ''}{when}"
