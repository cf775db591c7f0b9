"""Keeps aiohttp from sending a request twice by itself: whether one is repeated is decided here, and counted."""

from __future__ import annotations

import aiohttp


class SentOnceError(aiohttp.ClientError):
    """The connection broke after the request may have been sent."""


async def send_once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Give a broken connection another name, for aiohttp repeats a PUT, a DELETE or a read that met one."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise SentOnceError(str(error)) from error
