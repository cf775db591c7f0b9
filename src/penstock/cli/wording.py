"""Figures, names, times and values as people read them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, tzinfo

LONGEST_VALUE = 60
NOTHING = "(none)"
UNPRINTABLE = "\N{REPLACEMENT CHARACTER}"


def listed(names: Sequence[str], *, most: int = 6) -> str:
    """Join names: `a`, `a and b`, `a, b and c`, `a, b, c and 9 more`."""
    shown = list(names) if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1:,} more"]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def joined(parts: Sequence[str]) -> str:
    """Join parts of a line of figures."""
    return " · ".join(part for part in parts if part)


def moment(stamp: str, zone: tzinfo) -> str:
    """Write an instant in a time zone, to the minute."""
    return f"{datetime.fromisoformat(stamp).astimezone(zone):%Y-%m-%d %H:%M %Z}"


def duration(seconds: float) -> str:
    """Write how long something took."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def value(raw: object) -> str:
    """Write a value: text bare unless it would be mistaken for something else; control characters never raw."""
    if raw is None:
        return NOTHING
    if not isinstance(raw, str):
        return shortened(printable(json.dumps(raw, ensure_ascii=False)))
    if raw == "" or raw != raw.strip() or not raw.isprintable() or _looks_otherwise(raw):
        return shortened(json.dumps(raw, ensure_ascii=False))
    return shortened(raw)


def shortened(text: str) -> str:
    """Cut a long text."""
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def printable(text: str) -> str:
    """Take out what could steer a terminal; line breaks become blanks."""
    return "".join(each if each.isprintable() else " " if each in "\n\r\t" else UNPRINTABLE for each in text)


def _looks_otherwise(text: str) -> bool:
    if text == NOTHING:
        return True
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
