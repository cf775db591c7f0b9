"""What aiohttp's exceptions mean: whether the request can have arrived, and a sentence for whoever must act."""

from __future__ import annotations

import asyncio
import errno
import ssl
from dataclasses import dataclass, replace

import aiohttp

from penstock.destinations.http.retry import Trouble

TRANSPORT_ERRORS = (aiohttp.ClientError, asyncio.TimeoutError, OSError)
"""Everything that aiohttp raises when a request fails on its way."""

_NETWORK = "Check the network, the proxy settings and the destination's address, then run again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why no answer came: `what` completes the sentence "<host> cannot be used: …"."""

    trouble: Trouble
    code: str
    what: str
    fix: str
    lasting: bool = False
    """Trying again at once cannot help."""


def failure_of(error: BaseException, *, write: bool) -> Failure:
    """Explain one of `TRANSPORT_ERRORS`, met while writing or reading."""
    failure = _failure_of(error)
    if failure.trouble is Trouble.LOST and not write:
        return replace(failure, fix=_NETWORK)
    return failure


def _failure_of(error: BaseException) -> Failure:
    if isinstance(error, aiohttp.ClientProxyConnectionError | aiohttp.ClientHttpProxyError):
        return _unreachable("proxy_unreachable", "the proxy does not let the connection through", _NETWORK)
    if isinstance(error, aiohttp.ClientConnectorCertificateError | ssl.SSLCertVerificationError):
        return _unreachable(
            "certificate_refused",
            "its certificate cannot be verified",
            "Check the address; if a proxy of your network signs with its own authority, make this machine trust it.",
            lasting=True,
        )
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return _unreachable(
            "tls_failed",
            "no encrypted connection comes about",
            "Check that the address begins with https:// only where the server speaks TLS.",
            lasting=True,
        )
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return _unreachable("name_not_resolved", "its name cannot be resolved", _NETWORK)
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return _unreachable("connect_timeout", "no connection came about in time", _NETWORK)
    if isinstance(error, aiohttp.ClientConnectorError):
        refused = error.os_error.errno == errno.ECONNREFUSED
        what = "the connection is refused" if refused else "no connection comes about"
        return _unreachable("connection_refused" if refused else "not_connected", what, _NETWORK)
    if isinstance(error, aiohttp.InvalidURL | aiohttp.NonHttpUrlClientError):
        return _unreachable("bad_url", "its address is not a web address", "Correct the base URL.", lasting=True)
    if isinstance(error, asyncio.TimeoutError):
        return _lost("answer_timeout", "no answer came in time")
    if isinstance(error, aiohttp.ClientPayloadError):
        return _lost("answer_cut_off", "the answer was cut off")
    if isinstance(error, aiohttp.ClientResponseError):
        return _lost("answer_not_http", "the answer is not HTTP")
    return _lost("connection_lost", "the connection was lost before the answer")


def _unreachable(code: str, what: str, fix: str, *, lasting: bool = False) -> Failure:
    return Failure(trouble=Trouble.UNREACHABLE, code=code, what=what, fix=fix, lasting=lasting)


def _lost(code: str, what: str) -> Failure:
    fix = "Run again: what may have been applied is in doubt and is sent again."
    return Failure(trouble=Trouble.LOST, code=code, what=what, fix=fix)
