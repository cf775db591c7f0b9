"""Addresses and numbers that Zendesk keeps: sent for somebody who is there, others are added beside them.

Source: Zendesk's API reference (users, identities), and recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from penstock.destinations.zendesk.comparison import same_attribute

_LABELS = {"email": "e-mail address", "phone": "phone number", "shared_phone_number": "kind of phone number"}


def kept_attributes(
    sent: Mapping[str, Any], user: Mapping[str, Any], create_only: Mapping[str, str]
) -> dict[str, str]:
    """Return by field name why it is not as it was sent; `create_only` gives the names by attribute."""
    return {
        name: _words(key, user.get(key))
        for key, name in create_only.items()
        if key in sent and not same_attribute(key, sent[key], user.get(key))
    }


def _words(key: str, shown: object) -> str:
    label = _LABELS.get(key, key)
    if shown is None or shown == "":
        return f"The user is still without {label}."
    return f"The user's {label} is still {shown}."
