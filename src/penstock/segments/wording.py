"""How values and fields are worded in a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from penstock.catalog.conditions import Span
from penstock.counting import counted
from penstock.segments.operands import Operand, as_moment

_LONGEST_LIST = 12
_PLAIN = re.compile(r"[^\W_]+(?:[ .@+-][^\W_]+)*")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OUR_OWN_WORDS = frozenset({"and", "but", "either", "neither", "nor", "not", "or", "others", "that", "who", "whose"})


def field_words(name: str) -> str:
    """Return a field's name as words: `order_total` and `OrderTotal` are both `order total`."""
    words = _HUMP.sub(" ", name.replace("_", " ")).split()
    return " ".join(word if word.isupper() else word.lower() for word in words) or name


def article(words: str) -> str:
    """Return `a ` or `an `."""
    return "an " if words[:1].lower() in set("aeiou") else "a "


def singular(words: str) -> str:
    """Return `order` for `orders`, `category` for `categories`, as names of relations go."""
    if words.endswith("ies"):
        return f"{words.removesuffix('ies')}y"
    if words.endswith(("xes", "ches", "shes", "sses")):
        return words.removesuffix("es")
    return words if words.endswith(("ss", "us", "is")) else words.removesuffix("s")


def plural(words: str) -> str:
    """Return `products` for `product`; what ends in s is left as it is."""
    if words.endswith("s"):
        return words
    if words.endswith("y") and words[-2:-1] not in set("aeiou"):
        return f"{words.removesuffix('y')}ies"
    return f"{words}es" if words.endswith(("x", "ch", "sh")) else f"{words}s"


def possessive(words: str) -> str:
    """Return whose something is: `track's`, `address'`."""
    return f"{words}'" if words.endswith("s") else f"{words}'s"


def value_words(value: Operand, *, quoted: bool = False) -> str:
    """Return a value as read aloud; text is put in quotes where it could be taken for words of ours."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Span):
        return span_words(value)
    if isinstance(value, date):
        return moment_words(value)
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and not _OUR_OWN_WORDS & set(value.lower().split())
        return value if plain and not quoted else _quoted(value)
    return format(value, ",f") if isinstance(value, Decimal) else f"{value:,}"


def _quoted(text: str) -> str:
    shown = text.replace("\\", "\\\\").replace("”", "\\”")
    return f"“{''.join(part if part.isprintable() else repr(part)[1:-1] for part in shown)}”"


def moment_words(value: Operand) -> str:
    """Return a day, or a day and time, as `31 January 2024 at 10:00`."""
    moment = as_moment(value)
    if moment is None:
        return value_words(value, quoted=True)
    day = f"{moment.day} {moment:%B} {moment.year}"
    if not isinstance(moment, datetime):
        return day
    clock = moment.time().isoformat("auto" if moment.second or moment.microsecond else "minutes")
    offset = "" if moment.tzinfo is None else f" UTC{moment:%z}"
    return f"{day} at {clock}{offset}"


def span_words(span: Span) -> str:
    """Return a span as it follows `the last`: `30 days`, or `day` for one."""
    return str(span.unit)[:-1] if span.count == 1 else f"{span.count:,} {span.unit}"


def listed(words: Sequence[str], last: str) -> str:
    """Join words with commas and, before the last one, `or` or `and`; a long list is cut and its rest counted."""
    if len(words) > _LONGEST_LIST:
        rest = counted(len(words) - _LONGEST_LIST + 1, "other")
        words = [*words[: _LONGEST_LIST - 1], rest]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
