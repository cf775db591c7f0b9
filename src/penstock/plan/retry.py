"""What somebody asks to be tried again although it is on hold."""

from __future__ import annotations

from dataclasses import dataclass

FIELD_HELD, FIELD_IGNORED = "field_held", "field_ignored"
"""The reasons under which reports name any value on hold, and a withheld field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """What is to be tried again: for some reasons, of some records by key or match value; empty sets mean all."""

    reasons: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()

    @property
    def frees_withheld(self) -> bool:
        """Whether withheld fields are sent again; they are nobody's in particular."""
        return not self.keys and (not self.reasons or FIELD_IGNORED in self.reasons)
