"""The destination types that Penstock knows, and the way to open a service of one.

Each type is a folder here of the same name, with its `declaration` and its `opening`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from penstock.catalog.declaration import DestinationSpec
from penstock.catalog.entities import Destination, Mode
from penstock.destinations.iterable.declaration import ITERABLE
from penstock.destinations.zendesk.declaration import ZENDESK
from penstock.errors import ConfigurationError

if TYPE_CHECKING:
    from penstock.destinations.contract import Service
    from penstock.destinations.http.retry import RetryPolicy
    from penstock.destinations.http.session import Timeouts

    _Opener: TypeAlias = Callable[..., AbstractAsyncContextManager[Service]]

DESTINATION_TYPES: Mapping[str, DestinationSpec] = MappingProxyType({spec.type: spec for spec in (ITERABLE, ZENDESK)})


def open_service(
    destination: Destination,
    *,
    service: str,
    match_key: str,
    mode: Mode = Mode.UPSERT,
    recreate: bool = False,
    retry: RetryPolicy | None = None,
    timeouts: Timeouts | None = None,
    paces: Path | None = None,
) -> AbstractAsyncContextManager[Service]:
    """Make ready a service of a destination; nothing is sent before the context is entered and used.

    In the folder `paces` it is remembered between processes when the account may be asked again.

    Raises ConfigurationError for settings that cannot be used and for what the service does not offer.
    """
    spec = DESTINATION_TYPES.get(destination.type)
    if spec is None:
        raise ConfigurationError(
            f"The destination `{destination.name}` is of the unknown type `{destination.type}`.",
            fix=f"Use one of: {', '.join(DESTINATION_TYPES)}.",
            code="unknown_destination_type",
        )
    if service not in {each.name for each in spec.services}:
        raise ConfigurationError(
            f"{spec.label} has no service `{service}`.",
            fix=f"Use one of: {', '.join(each.name for each in spec.services)}.",
            code="unknown_service",
        )
    from penstock.destinations.http.retry import RetryPolicy  # late: whoever only declares needs no HTTP client
    from penstock.destinations.http.session import Timeouts

    opener: _Opener = import_module(f"penstock.destinations.{spec.type}.opening").open_service
    return opener(
        destination,
        service=service,
        match_key=match_key,
        mode=mode,
        recreate=recreate,
        retry=retry or RetryPolicy(),
        timeouts=timeouts or Timeouts(),
        paces=paces,
    )
