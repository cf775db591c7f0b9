"""From a destination's settings to its open service."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path

from penstock.catalog.entities import Destination, Mode
from penstock.destinations.contract import Service
from penstock.destinations.http.retry import RetryPolicy
from penstock.destinations.http.session import Timeouts
from penstock.destinations.iterable.matching import matching_of
from penstock.destinations.iterable.service import open_users
from penstock.destinations.iterable.settings import read_settings


def open_service(
    destination: Destination,
    *,
    service: str,
    match_key: str,
    mode: Mode,
    recreate: bool,
    retry: RetryPolicy,
    timeouts: Timeouts,
    paces: Path | None,
) -> AbstractAsyncContextManager[Service]:
    """Open the only service, *users*. Raises ConfigurationError."""
    settings = read_settings(destination)
    matching = matching_of(settings.project_type, match_key=match_key, mode=mode, recreate=recreate)
    return open_users(settings, matching, retry=retry, timeouts=timeouts, paces=paces)
