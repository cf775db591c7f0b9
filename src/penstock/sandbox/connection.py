"""Closing a client's connection without an answer, which ASGI alone does not offer."""

import asyncio

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

_EXTENSION = "sandbox.transport"


class DroppableProtocol(H11Protocol):
    """uvicorn's HTTP protocol, with the connection's transport handed to the application."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wrap the application, once per connection."""
        super().connection_made(transport)
        self.app = _with_transport(self.app, transport)


def _with_transport(app: ASGIApp, transport: asyncio.Transport) -> ASGIApp:
    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("extensions", {})[_EXTENSION] = transport
        await app(scope, receive, send)

    return wrapped


async def drop(scope: Scope, receive: Receive) -> None:
    """Close the connection at once, then wait until the server has noticed."""
    scope["extensions"][_EXTENSION].abort()
    while (await receive())["type"] != "http.disconnect":
        pass
