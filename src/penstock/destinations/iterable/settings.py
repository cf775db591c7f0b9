"""The settings of an Iterable destination, typed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from penstock.catalog.entities import Destination
from penstock.destinations.iterable.declaration import (
    BULK_REQUESTS_PER_SECOND,
    KNOWN_FOR_MINUTES,
    READS_PER_SECOND,
)
from penstock.errors import ConfigurationError, Problem, Severity

LAG = timedelta(minutes=10)
"""Up to so long after a large run reads and exports have been seen not to show a new user."""
_BASE_URLS = {"us": "https://api.iterable.com", "eu": "https://api.eu.iterable.com"}


class ProjectType(StrEnum):
    """What identifies a user of the project; the API does not tell."""

    EMAIL = "email"
    USER_ID = "user_id"
    HYBRID = "hybrid"


@dataclass(frozen=True, slots=True, kw_only=True)
class IterableSettings:
    """Where the project is, what identifies its users, and how often it may be asked."""

    base_url: str
    api_key: str = field(repr=False)
    project_type: ProjectType
    requests_per_second: float
    reads_per_second: float
    known_for: timedelta
    """So long a user who was seen or written is taken to exist."""


def read_settings(destination: Destination) -> IterableSettings:
    """Read a destination's settings; ConfigurationError for what cannot be used."""
    settings = destination.settings
    region = str(settings.get("region") or "us")
    base_url = str(settings.get("base_url") or _BASE_URLS.get(region, ""))
    api_key = settings.get("api_key")
    project_type = str(settings.get("project_type") or ProjectType.EMAIL)
    if not isinstance(api_key, str) or not api_key.strip():
        raise _unusable(destination, "has no API key", "Give it `api_key`, a server-side key of the project.")
    if not (api_key.strip().isascii() and api_key.strip().isprintable()):
        raise _unusable(destination, "has an API key with characters that no key has", "Copy the key anew.")
    if not base_url:
        raise _unusable(destination, f"names an unknown region `{region}`", "Write `us` or `eu`.")
    if project_type not in set(ProjectType):
        fix = "Write `email`, `user_id` or `hybrid`."
        raise _unusable(destination, f"names an unknown project type `{project_type}`", fix)
    return IterableSettings(
        base_url=base_url,
        api_key=api_key.strip(),
        project_type=ProjectType(project_type),
        requests_per_second=_number(destination, "requests_per_second", BULK_REQUESTS_PER_SECOND),
        reads_per_second=_number(destination, "reads_per_second", READS_PER_SECOND),
        known_for=timedelta(minutes=_number(destination, "known_for_minutes", KNOWN_FOR_MINUTES, may_be_zero=True)),
    )


def lag_problems(known_for: timedelta) -> tuple[Problem, ...]:
    """Warn where users are looked up so soon after they were written that they may not be found."""
    if known_for >= LAG:
        return ()
    return (
        Problem(
            code="known_too_briefly",
            message=f"`known_for_minutes` is {known_for.total_seconds() / 60:g}, but after large runs Iterable shows"
            " new users to reads and exports only after some ten minutes: till then they would be taken for deleted.",
            fix="Set `known_for_minutes` of the destination to 10 or more, or remove it.",
            severity=Severity.WARNING,
        ),
    )


def _number(destination: Destination, name: str, default: float, *, may_be_zero: bool = False) -> float:
    value = destination.settings.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0 or (value == 0 and not may_be_zero):
        fix = f"Write a number {'of at least' if may_be_zero else 'above'} 0, such as {default:g}."
        raise _unusable(destination, f"has no usable `{name}`", fix)
    return float(value)


def _unusable(destination: Destination, what: str, fix: str) -> ConfigurationError:
    return ConfigurationError(f"The destination `{destination.name}` {what}.", fix=fix, code="bad_setting")
