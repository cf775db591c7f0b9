"""One session per account: requests at the permitted pace, repeated where that is safe, counted and logged."""

from __future__ import annotations

import io
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import stamina

from penstock import __version__
from penstock.clock import now
from penstock.destinations.contract import Traffic
from penstock.destinations.http.failures import TRANSPORT_ERRORS, failure_of
from penstock.destinations.http.log import LOGGER
from penstock.destinations.http.messages import GATEWAY_STATUSES, NoReplyError, Reply, Request
from penstock.destinations.http.once import send_once
from penstock.destinations.http.pacing import Pacing, Throttling
from penstock.destinations.http.proxy import environment_proxy
from penstock.destinations.http.redaction import Redactor
from penstock.destinations.http.repetition import Repetition, UnansweredError
from penstock.destinations.http.retry import RetryPolicy, Trouble, retry_after_seconds
from penstock.engine import state_errors

# Stamina would log every retry to standard output, with the exception as it is; the session logs by itself.
stamina.instrumentation.set_on_retry_hooks(())

_LARGE_BODY_BYTES = 1 << 20
_NOTHING_LISTENS = (
    "Nothing listens at that address of this machine: if it is the sandbox, start it with `penstock sandbox`."
)
_KEEP_ALIVE_SECONDS = 4.0
"""Shorter than servers keep idle connections: a write on one that is just being closed would be lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """How long a connection and a whole request may take, and how long one that fills a file may stand still."""

    connect_seconds: float = 10.0
    total_seconds: float = 60.0
    silent_seconds: float = 300.0


class HttpSession:
    """Sends requests to one account; `traffic` counts every attempt.

    `pace` is that of most requests, `paces` has those that a request names.
    """

    def __init__(
        self,
        client: aiohttp.ClientSession,
        *,
        base_url: str,
        pace: Pacing,
        paces: Mapping[str, Pacing],
        retry: RetryPolicy,
        timeouts: Timeouts,
        redactor: Redactor,
    ) -> None:
        self.traffic = Traffic()
        self.redactor = redactor
        self.host = urlsplit(base_url).netloc.rpartition("@")[2]
        self._client = client
        self._base_url = base_url.rstrip("/")
        self._paces = {"": pace, **paces}
        self._retry = retry
        self._timeouts = timeouts

    async def send(self, request: Request) -> Reply:
        """Return the answer whatever its status, also one to be repeated once patience is at an end.

        Raises NoReplyError when none came.
        """
        pace = self._paces[request.pace]
        repetition = Repetition(
            policy=self._retry,
            read=not request.write,
            patient=request.write or request.patient,
            pace=pace if request.paced else None,
        )
        met: UnansweredError | None = None
        try:
            # Hardly any request needs more than one attempt: what repeats them is made for those that do.
            return await self._attempt(request, repetition, pace)
        except UnansweredError as error:
            met = error
        try:
            async for attempt in stamina.retry_context(on=repetition.decide, attempts=None, timeout=None):
                with attempt:
                    if met is not None:
                        first, met = met, None
                        raise first
                    return await self._attempt(request, repetition, pace)
        except UnansweredError as last:
            if isinstance(last.outcome, NoReplyError):
                raise last.outcome from last
            return last.outcome
        raise AssertionError("a retry context ends with an answer or an exception")

    async def _attempt(self, request: Request, repetition: Repetition, pace: Pacing) -> Reply:
        if request.paced:
            await pace.wait(urgent=request.urgent)
        self._count(request, repeated=repetition.attempts > 0)
        repetition.attempts += 1
        try:
            reply, after = await self._exchange(request)
        except TRANSPORT_ERRORS as error:
            failure = failure_of(error, write=request.write)
            self._log(request, repetition, failure.code)
            if failure.trouble is Trouble.LOST:
                repetition.doubtful = True
            no_reply = NoReplyError(
                f"{self.host} cannot be used: {failure.what}, while {request.purpose}.",
                fix=_NOTHING_LISTENS if failure.code == "connection_refused" and self._is_here() else failure.fix,
                code=failure.code,
                trouble=failure.trouble,
                maybe_sent=repetition.doubtful,
            )
            raise UnansweredError(failure.trouble, no_reply, after=None, lasting=failure.lasting) from error
        self._log(request, repetition, str(reply.status))
        pace.note(reply)
        reply = repetition.mark(reply)
        if reply.status == 429:
            self.traffic.throttled += 1
            throttling = pace.judge(reply)
            if throttling is Throttling.CALLER:
                return reply
            raise UnansweredError(Trouble.THROTTLED, reply, after=after, everyone=throttling is Throttling.EVERYONE)
        if reply.status in request.repeat_on:
            repetition.doubtful = repetition.doubtful or reply.status in GATEWAY_STATUSES
            raise UnansweredError(Trouble.UNAVAILABLE, reply, after=after)
        return reply

    async def _exchange(self, request: Request) -> tuple[Reply, float | None]:
        body: bytes | io.BytesIO | None = request.body
        if isinstance(body, bytes) and len(body) > _LARGE_BODY_BYTES:
            body = io.BytesIO(body)  # written in pieces, so that other tasks are not held up
        async with self._client.request(
            request.method,
            self._base_url + request.path,
            data=body,
            params=request.query or None,
            allow_redirects=False,
            timeout=self._timeout_of(request),
        ) as response:
            content = await _body(response, request.into)
            reply = Reply(
                status=response.status,
                body=content,
                content_type=response.content_type,
                location=response.headers.get("Location", ""),
                headers={name.lower(): value for name, value in response.headers.items()},
            )
            return reply, retry_after_seconds(response.headers.get("Retry-After"), now=now())

    def _timeout_of(self, request: Request) -> aiohttp.ClientTimeout:
        limits = self._timeouts
        if request.into is None:
            return aiohttp.ClientTimeout(total=limits.total_seconds, connect=limits.connect_seconds)
        return aiohttp.ClientTimeout(connect=limits.connect_seconds, sock_read=limits.silent_seconds)

    def _is_here(self) -> bool:
        return urlsplit(self._base_url).hostname in {"127.0.0.1", "localhost", "::1"}

    def _count(self, request: Request, *, repeated: bool) -> None:
        if request.write:
            self.traffic.write += 1
        else:
            self.traffic.read += 1
        if repeated:
            self.traffic.retried += 1

    def _log(self, request: Request, repetition: Repetition, result: str) -> None:
        if not LOGGER.isEnabledFor(logging.DEBUG):
            return
        LOGGER.debug(
            "request",
            method=request.method,
            url=self.redactor.quote(self._base_url + request.path),
            attempt=repetition.attempts,
            result=result,
            bytes=len(request.body or b""),
        )


async def _body(response: aiohttp.ClientResponse, into: Path | None) -> bytes:
    """Read an answer; a successful one goes into a file where one is given. Raises StorageError."""
    if into is None or not response.ok:
        return await response.read()
    with ExitStack() as files:
        with state_errors("keep what the destination lists"):
            file = files.enter_context(into.open("wb"))
        async for piece in response.content.iter_chunked(_LARGE_BODY_BYTES):
            with state_errors("keep what the destination lists"):
                file.write(piece)
    return b""


@asynccontextmanager
async def open_session(
    *,
    base_url: str,
    headers: Mapping[str, str],
    secrets: tuple[str, ...],
    pace: Pacing,
    retry: RetryPolicy,
    timeouts: Timeouts,
    paces: Mapping[str, Pacing] | None = None,
) -> AsyncIterator[HttpSession]:
    """Open the session of one account and close its connections afterwards."""
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_ALIVE_SECONDS)
    async with aiohttp.ClientSession(
        connector=connector,
        headers={"User-Agent": f"penstock/{__version__}", "Accept": "application/json", **headers},
        proxy=environment_proxy(base_url),
        cookie_jar=aiohttp.DummyCookieJar(),
        middlewares=(send_once,),
    ) as client:
        yield HttpSession(
            client,
            base_url=base_url,
            pace=pace,
            paces=paces or {},
            retry=retry,
            timeouts=timeouts,
            redactor=Redactor(secrets),
        )
