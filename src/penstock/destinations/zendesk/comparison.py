"""Whether a user at Zendesk is as a record wants it, although Zendesk shows some values otherwise than sent.

Dates come back with a time, an empty alias as an empty text, an unset checkbox as false (recorded).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from penstock.destinations.zendesk.judgement import USER_FIELDS, Place

CONSTANTS = frozenset({"id", "skip_verify_email"})
"""Members of a record that are no attributes of its user."""

_DAY_LENGTH = 10
"""Dates are sent as `2026-01-31`; what has a time is a text, and shown as it is."""
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})T00:00:00(?:\.0+)?(?:Z|\+00:00)")


def differences(sent: Mapping[str, Any], user: Mapping[str, Any]) -> list[Place]:
    """Return where a user is not as the record says; what Zendesk does not show counts as different."""
    found = []
    for key, value in sent.items():
        if key == USER_FIELDS and isinstance(value, dict):
            shown = user.get(USER_FIELDS)
            fields = shown if isinstance(shown, dict) else {}
            found += [
                Place(member=USER_FIELDS, key=each)
                for each, wanted in value.items()
                if each not in fields or not _same(wanted, fields[each])
            ]
        elif key not in CONSTANTS and (key not in user or not same_attribute(key, value, user[key])):
            found.append(Place(key=key))
    return found


def same_attribute(key: str, sent: object, shown: object) -> bool:
    """Whether an attribute of the user itself has the value that was sent."""
    if key in {"email", "external_id"}:
        return _folded(sent) == _folded(shown)
    if key == "phone":
        return _digits(sent) == _digits(shown)
    if key == "tags":
        return _texts(sent) == _texts(shown)
    return _same(sent, shown)


def _same(sent: object, shown: object) -> bool:
    if sent == shown and isinstance(sent, bool) == isinstance(shown, bool):
        return True
    if is_empty(sent) and is_empty(shown):
        return True
    if isinstance(sent, list) and isinstance(shown, list):
        return _texts(sent) == _texts(shown)
    day = _DAY.fullmatch(shown) if isinstance(shown, str) else None
    if day and isinstance(sent, str) and len(sent) == _DAY_LENGTH:
        return sent == day[1]
    if isinstance(sent, str) and isinstance(shown, str):
        return False
    number, other = _number(sent), _number(shown)
    return number is not None and number == other


def is_empty(value: object) -> bool:
    """Whether a value says nothing: a checkbox that was never set is false."""
    return value is None or value is False or value == "" or value == []


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _folded(value: object) -> str:
    return value.strip().lower() if isinstance(value, str) else ""


def _digits(value: object) -> str:
    return re.sub(r"\D", "", value) if isinstance(value, str) else ""


def _texts(value: object) -> set[str]:
    return {str(each).lower() for each in value} if isinstance(value, list) else set()
