"""A plan: everything a run will do, as frozen data, with a Parquet file of its records beside it.

The file's columns: `op`, `code` (why a record is held, skipped or only marked), `route` (see `routes`), `known`
(whether the ledger has the record), `gone` (whether it is no longer desired), `unsendable` (whether it has a value
that cannot be sent), `key`, `match`, `address` (the match value as it is sent, where it is compared otherwise),
`remote_id`, `m<word>` (bits of the fields that are sent), `x<word>` (bits of those that are due but only set when a
user is created), `f<slot>` (desired values); where a ledger was compared also `p_match` (the confirmed match value;
null where nothing differs), `was_member`, `p<slot>` (confirmed values) and `s<word>` (bits of the confirmed fields);
where users are looked up, `seen_at` (when the user was last seen or written there) and `in_doubt` (whether it was
sent before without an answer); where attributes were read that are only sent while a user has none, `k<word>` (bits
of those that are not sent since the user has one).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from penstock.catalog.entities import Leave
from penstock.mapping.slots import MappedSlot, words


class Op(StrEnum):
    """What happens to a record; some of it concerns the ledger alone."""

    CREATE = "create"
    """First delivery; the destination may hold the user already."""
    UPDATE = "update"
    CLEAR = "clear"
    """The mapped attributes of somebody who left are emptied."""
    REMOVE = "remove"
    """The user of somebody who left is suspended or deleted."""
    LEAVE = "leave"
    RETURN = "return"
    HOLD = "hold"
    SKIP = "skip"
    """Was to be sent, until the destination was asked who exists there."""


SENT = (Op.CREATE, Op.UPDATE, Op.CLEAR, Op.REMOVE)
"""What is sent; the others concern the ledger alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """Records left out before comparing, for one reason, with some of their keys."""

    code: str
    records: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Records that are not sent although something is due, for one reason."""

    code: str
    records: int
    examples: tuple[str, ...]
    message: str = ""
    """The destination's own words, where it refused the record earlier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsendable:
    """Values of one field that cannot be sent: NaN, infinity, out of range, or none of the field's options."""

    field: str
    records: int
    examples: tuple[str, ...]
    refused: tuple[str, ...] = ()
    """Some of the values that are none of the options."""
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsentValues:
    """Values of one field that could be sent and are not, for one reason."""

    field: str
    records: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanCounts:
    """How many records a plan concerns; `desired` is the segment before anything is set aside."""

    desired: int
    create: int
    update: int
    held: int
    """Set aside or on hold: members that are not sent although they are not known to be equal."""
    left: int
    """Records that leave, whatever that does to them."""
    returned: int
    source_rows: int
    """Rows of the model."""
    skipped: int = 0
    """Of those that were to be sent, the ones that are not sent after all: see `Op.SKIP`."""
    clear: int = 0
    """Of those that leave, the ones whose attributes are emptied."""
    remove: int = 0
    """Of those that leave, the ones whose user is removed."""
    staying: int = 0
    """Records no longer desired that are not sent: on hold, or their user is still wanted."""

    @property
    def unchanged(self) -> int:
        """Members whose every field equals what is confirmed."""
        return self.desired - self.create - self.update - self.held

    @property
    def sent(self) -> int:
        """Records that are sent."""
        return self.create + self.update + self.clear + self.remove - self.skipped

    @property
    def set_back(self) -> int:
        """Records of which something is due and nothing is sent."""
        return self.held + self.staying + self.skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """Whose members a plan has, and how many entered and left since the last run; None where nobody knows."""

    model: str
    segment: str | None
    entered: int | None
    left: int | None


class RunKind(StrEnum):
    """Whether a run compares with the ledger or with nothing."""

    FULL = "full"
    DELTA = "delta"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run will do. `slots` are all mapped fields; those in `withheld` are not sent."""

    run: str
    activation: str
    kind: RunKind
    made_at: datetime
    ledger_id: str
    """Empty when a new ledger is started."""
    ledger_fold: int
    key_type: str
    compared: bool
    """Whether the file has the columns of what is confirmed."""
    mapping: str
    """A text that changes with the mapping."""
    slots: tuple[MappedSlot, ...]
    withheld: Mapping[int, int]
    """Slot of a withheld field → records that have a value for it."""
    accepted: tuple[int, ...]
    """Slots that were withheld and are now known at the destination."""
    reshapes: bool
    """Whether the ledger's fields change although perhaps no record does."""
    counts: PlanCounts
    changes: Mapping[str, int]
    """Field → records in which it is due."""
    set_aside: tuple[SetAside, ...] = ()
    held: tuple[Held, ...] = ()
    skipped: tuple[Held, ...] = ()
    unsendable: tuple[Unsendable, ...] = ()
    fixed: tuple[UnsentValues, ...] = ()
    """Values that are only set when a user is created."""
    filled: tuple[UnsentValues, ...] = ()
    """Values that are only sent to users who have none."""
    addresses_known: bool = False
    """Whether those who are known to exist are addressed by their remote id."""
    keeps_case: bool = False
    """Whether the match value is sent as the source has it, from the column `address`."""
    leave: Leave = Leave.KEEP
    """What happens to those that leave."""
    membership: Membership | None = None
    """None in a plan of an earlier version."""
    warnings: tuple[str, ...] = field(default=())

    @property
    def words(self) -> tuple[int, ...]:
        """The words of bits that the plan's file has."""
        return words(mapped.slot.number for mapped in self.slots)

    def name_of(self, slot: int) -> str:
        """The destination's name of the field in a slot."""
        return next(mapped.slot.name for mapped in self.slots if mapped.slot.number == slot)

    def slot_of(self, name: str) -> int:
        """The slot of a destination field; KeyError if it is not mapped."""
        for mapped in self.slots:
            if mapped.slot.name == name:
                return mapped.slot.number
        raise KeyError(name)
