"""What an unquoted YAML scalar means: YAML 1.2's core types and dates, nothing that surprises.

`NO`, `on` and `12:30` are text. So is a number with a leading zero, since `07001` is a postcode.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

from penstock.catalog.nodes import Plain

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,99})")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]{1,100}|[0-9]{1,100}\.[0-9]{0,100})")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)[eE][-+]?[0-9]+")
_BASED = re.compile(r"0x[0-9a-fA-F]{1,100}|0o[0-7]{1,100}")
_NO_NUMBERS = {
    ".nan": "nan",
    ".inf": "inf",
    "+.inf": "inf",
    "-.inf": "-inf",
}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIMESTAMP = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})(?:[Tt]|[ \t]+)(?P<time>\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)"
    r"[ \t]*(?P<zone>Z|[-+]\d{2}(?::?\d{2})?)?",
    re.ASCII,
)


def plain_value(text: str) -> Plain:
    """Return the value that an unquoted scalar stands for."""
    if text in _WORDS:
        return _WORDS[text]
    number = _number(text)
    if number is not None:
        return number
    moment = moment_of(text)
    return text if moment is None else moment


def _number(text: str) -> int | Decimal | float | None:
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _BASED.fullmatch(text):
        return int(text, 0)
    special = _NO_NUMBERS.get(text.lower())
    return None if special is None else float(special)


def moment_of(text: str) -> date | datetime | None:
    """Return the date, or date and time, that the text is in ISO 8601; None if it is none."""
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
        found = _TIMESTAMP.fullmatch(text)
        if found is None:
            return None
        return datetime.fromisoformat(f"{found['day']}T{found['time']}{found['zone'] or ''}")
    except ValueError:
        # 30 February and the like: no date, so it stays the text that it is.
        return None
