"""The terms of the ledger's law: what is known, held, wanted and decided of a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

RECORD = None
"""Stands for a whole record among the fields of doubts and holds."""
RESTORING = 16
"""The lowest route of those whose suspension is lifted."""
CANNOT = object()
"""The desired value of a field that cannot be sent."""


@dataclass(slots=True)
class Known:
    """What the ledger must know of a record."""

    match: str
    member: bool
    exists: bool
    values: dict[str, Any] = field(default_factory=dict)
    remote_id: str | None = None
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class Hold:
    """What was refused and why, under which mapping, and until when it is not tried again."""

    code: str
    tried: object
    mapping: object
    until: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """A desired record; `values` by field, CANNOT where a value cannot be sent."""

    key: int
    match: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What must happen to a record."""

    op: str
    code: str | None
    match: str | None
    due: Mapping[str, Any]
    fixed: frozenset[str] = frozenset()
    """Fields that would be due if not only a creation might set them."""
