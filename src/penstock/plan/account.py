"""Which account a ledger speaks of, and whether another answer comes from the same one."""

from __future__ import annotations

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

    def is_same_as(self, other: Account) -> bool:
        """Whether both name one account: by parts, then by anchors, and where these are silent by the key."""
        if self.parts != other.parts:
            return False
        if self.anchors and other.anchors:
            return not self.anchors.isdisjoint(other.anchors)
        return self.key_fingerprint == other.key_fingerprint
