"""What a destination type declares of itself: its settings and services. Validation and forms derive from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from penstock.catalog.entities import Leave, Mode


class SettingKind(StrEnum):
    """What a setting holds."""

    TEXT = "text"
    CHOICE = "choice"
    FLAG = "flag"
    URL = "url"
    SUBDOMAIN = "subdomain"
    """The account's part of an address, below the platform's own `domain`."""
    NUMBER = "number"
    VARIANT = "variant"
    """A mapping whose settings depend on its `type`, one of the `variants`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingSpec:
    """One setting of a destination as written in a project file.

    A secret setting must be written as `${NAME}`, never as text; `variable` is the name to suggest. A number without
    `least` must be above 0.
    """

    name: str
    kind: SettingKind
    label: str
    help: str
    required: bool = False
    secret: bool = False
    default: str | float | bool | None = None
    choices: tuple[str, ...] = ()
    variants: tuple[VariantSpec, ...] = ()
    least: float | None = None
    most: float | None = None
    domain: str = ""
    example: str = ""
    variable: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantSpec:
    """One form that a setting can take: the word under `type`, and what belongs to it."""

    name: str
    label: str
    help: str
    settings: tuple[SettingSpec, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchKeySpec:
    """An identifier by which a service recognises a user.

    `fold_case`: two values that differ only in case name the same user, and are compared in lower case.
    `keep_case`: nevertheless they are sent as the source has them, for the destination keeps them so.
    """

    name: str
    label: str
    fold_case: bool
    keep_case: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonSpec:
    """Why a record was not delivered: a stable code, what it means, and what to do about it."""

    code: str
    meaning: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSpec:
    """What a destination can receive: `leaves` are the choices for records that leave."""

    name: str
    label: str
    match_keys: tuple[MatchKeySpec, ...]
    modes: tuple[Mode, ...]
    leaves: tuple[Leave, ...]
    recreates: bool = False
    """Whether users who were deleted there can be told apart and created again."""
    reads_values: bool = False
    """Whether it can be read which attributes of a user have a value there."""
    attribute_types: tuple[str, ...] = ()
    """Types that may be asked for a custom attribute, beside those that follow from the model."""
    reasons: tuple[ReasonSpec, ...] = ()
    """The codes that its outcomes can carry."""

    def match_key(self, name: str) -> MatchKeySpec:
        """Return the match key of that name; KeyError when the service has none."""
        for key in self.match_keys:
            if key.name == name:
                return key
        raise KeyError(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class DestinationSpec:
    """A destination type: `settings` in the order in which a form shows them.

    `at_least_one` names settings of which one or more must be given.
    """

    type: str
    label: str
    settings: tuple[SettingSpec, ...]
    services: tuple[ServiceSpec, ...]
    at_least_one: tuple[str, ...] = ()

    def service(self, name: str) -> ServiceSpec:
        """Return the service of that name; KeyError when there is none."""
        for service in self.services:
            if service.name == name:
                return service
        raise KeyError(name)
