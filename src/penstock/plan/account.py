"""Which account a ledger speaks of, and whether another answer comes from the same one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Which account the destination's answers come from.

    `parts` must be the same for ledger and destination. `anchors` are ids that only this account can have; two
    sets that are both filled and share nothing are two accounts. `key_fingerprint` decides where anchors cannot:
    a key belongs to one account.
    """

    label: str
    parts: tuple[tuple[str, str], ...]
    anchors: frozenset[str]
    key_fingerprint: str

    @property
    def place(self) -> str:
        """A name for files about this account; another account may once take its place."""
        return hashlib.sha256(repr(self.parts).encode()).hexdigest()[:16]

    def is_same_as(self, other: Account) -> bool:
        """Whether both name one account: by parts, then by anchors, and where these are silent by the key."""
        if self.parts != other.parts:
            return False
        if self.anchors and other.anchors:
            return not self.anchors.isdisjoint(other.anchors)
        return self.key_fingerprint == other.key_fingerprint


def account_to_json(account: Account) -> dict[str, object]:
    """Write an account as JSON values."""
    return {
        "label": account.label,
        "parts": [list(part) for part in account.parts],
        "anchors": sorted(account.anchors),
        "key_fingerprint": account.key_fingerprint,
    }


def account_from_json(value: object) -> Account:
    """Read what `account_to_json` wrote. Raises KeyError or ValueError."""
    if not isinstance(value, Mapping):
        raise ValueError("account")
    return Account(
        label=str(value["label"]),
        parts=tuple((str(name), str(part)) for name, part in value["parts"]),
        anchors=frozenset(str(anchor) for anchor in value["anchors"]),
        key_fingerprint=str(value["key_fingerprint"]),
    )
