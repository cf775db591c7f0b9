"""From a destination's settings to its open service."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path

from penstock.catalog.entities import Destination, Mode
from penstock.destinations.contract import Service
from penstock.destinations.http.retry import RetryPolicy
from penstock.destinations.http.session import Timeouts
from penstock.destinations.zendesk.service import open_users
from penstock.destinations.zendesk.settings import read_settings
from penstock.errors import ConfigurationError

MATCH_KEYS = ("email", "external_id")


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
    if match_key not in MATCH_KEYS:
        raise ConfigurationError(
            f"Zendesk does not recognise users by `{match_key}`.",
            fix="Match on `email` or `external_id`.",
            code="unknown_match_key",
        )
    settings = read_settings(destination)
    return open_users(settings, match_key=match_key, mode=mode, retry=retry, timeouts=timeouts, paces=paces)
