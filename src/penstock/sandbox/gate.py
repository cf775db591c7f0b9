"""Stands before an emulated API: reads the request, injects faults, writes the log.

Faults act here, except refusing a record and spoiling counts, which the endpoints do as the exchange says.
"""

import asyncio
from datetime import UTC, datetime

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from penstock.sandbox.connection import drop
from penstock.sandbox.emulator import Emulator
from penstock.sandbox.exchange import Exchange
from penstock.sandbox.faults import ActiveFault, FaultBook
from penstock.sandbox.request_log import LoggedRequest, RequestLog

_NONSENSE = "<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body><h1>It works!</h1></body></html>\n"


class Gate:
    """ASGI middleware; the sandbox's own paths pass untouched."""

    def __init__(self, app: ASGIApp, emulator: Emulator, faults: FaultBook, log: RequestLog) -> None:
        self._app = app
        self._emulator = emulator
        self._faults = faults
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or _is_own_path(scope["path"]):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        arrived = datetime.now(UTC)
        try:
            body = await request.body()
        except ClientDisconnect:
            return
        fault = self._faults.match(request.method, scope["path"], body)
        exchange = Exchange(body=body)
        scope["exchange"] = exchange
        if not await self._is_due(fault):
            await drop(scope, receive)
            return
        response = await self._answer(request, exchange, fault)
        self._log.add(
            LoggedRequest(
                time=arrived.isoformat(timespec="milliseconds"),
                method=request.method,
                path=scope["path"],
                query=scope["query_string"].decode("latin-1"),
                status=None if response is None else response.status_code,
                size=len(body),
                records=self._emulator.count_records(request, body),
                fault=None if fault is None else fault.fault.do,
                body=body,
            )
        )
        if response is None:
            await drop(scope, receive)
        else:
            await response(scope, receive, send)

    async def _is_due(self, active: ActiveFault | None) -> bool:
        """Hold a delayed request up; False if the account that it was for was reset meanwhile."""
        if active is None or active.fault.do != "delay":
            return True
        resets = self._log.resets
        self._log.delayed += 1
        try:
            await asyncio.sleep((active.fault.seconds or 0) / self._emulator.speed)
        finally:
            self._log.delayed -= 1
        return resets == self._log.resets

    async def _answer(self, request: Request, exchange: Exchange, active: ActiveFault | None) -> Response | None:
        if active is None:
            return await self._process(request)
        match active.fault.do:
            case "drop-before":
                return None
            case "drop-after":
                await self._process(request)
                return None
            case "429" | "503" | "500" | "401" | "409":
                return self._refusal(active, request)
            case "nonsense":
                return Response(_NONSENSE, media_type="text/html")
            case "truncate":
                return _truncated(await self._process(request))
            case "delay":
                pass
            case "reject-record":
                exchange.rejection = active.rejection()
            case "wrong-counts":
                exchange.wrong_counts = True
            case _:
                exchange.oddity = active.oddity()
        return await self._process(request)

    def _refusal(self, active: ActiveFault, request: Request) -> Response:
        response = self._emulator.injected_answer(active.fault.do, request)
        if active.fault.retry_after is not None:
            response.headers["Retry-After"] = str(active.fault.retry_after)
        return response

    async def _process(self, request: Request) -> Response:
        """Run the emulated endpoint and hold its answer back."""
        captured: list[Message] = []

        async def capture(message: Message) -> None:
            captured.append(message)

        await self._app(request.scope, _nothing_more, capture)
        start, *bodies = captured
        response = Response(b"".join(each.get("body", b"") for each in bodies), start["status"])
        response.raw_headers = list(start["headers"])
        return response


def _is_own_path(path: str) -> bool:
    return path in ("/", "/favicon.ico") or path.startswith("/_sandbox/")


async def _nothing_more() -> Message:
    """The body has been read already; endpoints find it in the exchange."""
    return {"type": "http.request", "body": b"", "more_body": False}


def _truncated(response: Response) -> Response:
    """The answer cut in the middle, with headers that fit the cut: the JSON is broken, not the HTTP."""
    content = bytes(response.body)[: len(response.body) // 2]
    cut = Response(content, response.status_code)
    kept = [(name, value) for name, value in response.raw_headers if name != b"content-length"]
    cut.raw_headers = [*kept, (b"content-length", str(len(content)).encode())]
    return cut
