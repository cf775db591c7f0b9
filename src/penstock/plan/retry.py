"""What somebody asks to be tried again although it is on hold."""

from __future__ import annotations

from dataclasses import dataclass

from penstock.plan.outcomes import FIELD_IGNORED

FIELD_HELD = "field_held"
"""The reason under which reports name any value on hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """What is to be tried again: for some reasons, of some records by key or match value; empty sets mean all."""

    reasons: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()

    @property
    def frees_withheld(self) -> bool:
        """Whether withheld fields are sent again; they are nobody's in particular."""
        return not self.keys and (not self.reasons or FIELD_IGNORED in self.reasons)
