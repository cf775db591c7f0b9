"""What a project consists of: source, model, segment, destination, activation, settings. Frozen data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from penstock.catalog.computed import ComputedField
from penstock.catalog.conditions import Condition
from penstock.errors import Location

NOTHING: Mapping[str, str] = MappingProxyType({})


class ModelKind(StrEnum):
    """What the rows of a model are."""

    USERS = "users"
    EVENTS = "events"
    CUSTOM = "custom"


class Mode(StrEnum):
    """Which records an activation may create or update."""

    UPSERT = "upsert"
    UPDATE = "update"
    INSERT = "insert"


class Leave(StrEnum):
    """What happens at the destination to records that leave."""

    KEEP = "keep"
    CLEAR = "clear"
    """The mapped attributes are emptied."""
    SUSPEND = "suspend"
    """The user may no longer sign in, until they return."""
    DELETE = "delete"

    @property
    def removes(self) -> bool:
        """Whether the user is taken away, not only some of their attributes."""
        return self in {Leave.SUSPEND, Leave.DELETE}


class WhenEmpty(StrEnum):
    """What an empty value does that was never confirmed: left alone, or sent as a clear."""

    LEAVE = "leave"
    CLEAR = "clear"


class When(StrEnum):
    """When a field is sent: whenever it is due, only while the destination has no value, never without a value."""

    ALWAYS = "always"
    ONLY_IF_EMPTY = "only_if_empty"
    NOT_EMPTY = "not_empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A connection to a warehouse, either by an absolute `path` or, of the type `postgres`, by a `url`.

    The URL holds a password and must never be shown; it is empty where nobody set the variable that it comes from.
    """

    name: str
    type: str
    path: Path = Path()
    url: str = field(default="", repr=False)
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Through:
    """A table of the same source that links two models: own field → its column, its column → the other's field."""

    table: str
    on: Mapping[str, str]
    to: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """How the rows of one model belong to those of another: by equal fields, or through a table of pairs.

    `on` maps own fields to the other's fields; it is empty where there is a `through`.
    """

    name: str
    model: str
    many: bool
    on: Mapping[str, str] = field(default_factory=dict)
    through: Through | None = None
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Rows with a business meaning: exactly one of `table` and `sql` is given."""

    name: str
    source: str
    table: str | None = None
    sql: str | None = None
    kind: ModelKind
    primary_key: str
    time: str | None = None
    """The field that says when a row happened."""
    relations: tuple[Relation, ...] = ()
    computed: tuple[ComputedField, ...] = ()
    formerly: str | None = None
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Top:
    """The first so many by a field, highest first or lowest; equals in the order of their primary key."""

    number: int
    by: str
    lowest: bool = False
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A share of the rows in percent, from `low` on and below `high`, by the hash of the primary key and a salt."""

    salt: str
    low: Decimal
    high: Decimal
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """The rows of one model for which `where` holds; of these the first, then a share, less those held out."""

    name: str
    model: str
    where: Condition
    top: Top | None = None
    split: Split | None = None
    hold_out: Split | None = None
    formerly: str | None = None
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """One account of a platform; `settings` are as written, environment variables filled in.

    `secrets` names the settings that must never be shown; `auth.token` is the setting `token` within `auth`.
    `lines` gives the place of each setting.
    """

    name: str
    type: str
    settings: Mapping[str, object] = field(repr=False)
    secrets: frozenset[str]
    lines: Mapping[str, Location] = field(default_factory=dict)
    formerly: str | None = None
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMapping:
    """A destination field filled from a model field."""

    target: str
    source: str
    when: When = When.ALWAYS
    when_empty: WhenEmpty = WhenEmpty.LEAVE
    custom: bool = False
    """Listed under `custom_attributes`: created at the destination under the same name when missing."""
    type: str | None = None
    """For a custom attribute: the destination's type asked for, such as `date`; None lets the field's type decide."""
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """A model or a segment (exactly one) sent to a service of a destination."""

    name: str
    model: str | None = None
    segment: str | None = None
    destination: str
    service: str
    match_key: str
    """The destination's identifier, such as `email`."""
    match_field: str
    """The model field that fills it."""
    mode: Mode = Mode.UPSERT
    fields: tuple[FieldMapping, ...]
    leave: Leave = Leave.KEEP
    recreate: bool = False
    """Whether users who were deleted at the destination are created again, in full."""
    formerly: str | None = None
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What holds for the whole project."""

    timezone: str = "UTC"
    """The zone of timestamps that name none, and of relative dates in segments."""
    max_first_run: int = 100_000
    """Most new records a first run may send without being allowed; a later one may add half as many as are known."""
    memory: str = "1GB"
    """What the embedded engine may use before it spills to disk."""
    threads: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """All of a project, by name."""

    root: Path
    sources: Mapping[str, Source]
    models: Mapping[str, Model]
    segments: Mapping[str, Segment]
    destinations: Mapping[str, Destination]
    activations: Mapping[str, Activation]
    settings: Settings
