"""The sandbox's own endpoints, under /_sandbox/: what happened, reset, faults, switches."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from penstock.sandbox.emulator import Emulator
from penstock.sandbox.errors import SandboxError
from penstock.sandbox.faults import FaultBook
from penstock.sandbox.request_log import RequestLog

_Handler = Callable[[Request], Awaitable[Response]]


class Control:
    """Control of one emulator."""

    def __init__(self, emulator: Emulator, faults: FaultBook, log: RequestLog) -> None:
        self._emulator = emulator
        self._faults = faults
        self._log = log

    def routes(self) -> list[BaseRoute]:
        """All control endpoints."""
        endpoints: list[tuple[str, str, _Handler]] = [
            ("GET", "requests", self._requests),
            ("GET", "delayed", self._delayed),
            ("GET", "users", self._users),
            ("POST", "reset", self._reset),
            ("GET", "faults", self._get_faults),
            ("POST", "faults", self._set_faults),
            ("GET", "settings", self._get_settings),
            ("POST", "settings", self._set_settings),
            ("POST", "forget", self._forget),
        ]
        return [
            Route(f"/_sandbox/{name}", _guarded(handler), methods=[method]) for method, name, handler in endpoints
        ]

    async def _requests(self, request: Request) -> Response:
        with_body = request.query_params.get("bodies") == "1"
        return _json_lines(each.as_json(with_body=with_body) for each in list(self._log.requests))

    async def _delayed(self, _request: Request) -> Response:
        return _json({"requests": self._log.delayed})

    async def _users(self, _request: Request) -> Response:
        return _json_lines(self._emulator.users())

    async def _reset(self, _request: Request) -> Response:
        self._emulator.reset()
        self._faults.replace([])
        self._log.clear()
        return _json({"reset": True, **self._emulator.facts()})

    async def _get_faults(self, _request: Request) -> Response:
        return _json(self._faults.as_json())

    async def _set_faults(self, request: Request) -> Response:
        self._faults.replace(await _document(request))
        return _json(self._faults.as_json())

    async def _get_settings(self, _request: Request) -> Response:
        return _json(self._emulator.switches.positions())

    async def _set_settings(self, request: Request) -> Response:
        document = await _document(request)
        if not isinstance(document, dict):
            raise SandboxError("Settings are a JSON object.", 'Send one like {"new_fields": "drop"}.')
        self._emulator.switches.change({name: _setting_text(value) for name, value in document.items()})
        return _json(self._emulator.switches.positions())

    async def _forget(self, request: Request) -> Response:
        document = await _document(request)
        self._emulator.forget(document if isinstance(document, dict) else {})
        return _json({"forgotten": True})


def _guarded(handler: _Handler) -> _Handler:
    """Turn a refusal into a 400 with its sentence, and keep other sites' pages from posting here."""

    async def guarded(request: Request) -> Response:
        if request.method == "POST" and request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
            return _json({"error": "Another site's page may not control the sandbox."}, 403)
        try:
            return await handler(request)
        except SandboxError as error:
            return _json({"error": error.message, "fix": error.fix}, 400)

    return guarded


async def _document(request: Request) -> object:
    try:
        document: object = orjson.loads(await request.body())
    except orjson.JSONDecodeError as error:
        raise SandboxError(f"The body is not JSON: {error}.", "Send a JSON document.") from error
    return document


def _setting_text(value: object) -> str:
    """A setting given as JSON number or boolean in the words that switches know."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)


def _json(content: object, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")


def _json_lines(lines: Iterable[object]) -> Response:
    async def chunks() -> AsyncIterator[bytes]:
        buffer = bytearray()
        for line in lines:
            buffer += orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
            if len(buffer) > 1 << 18:
                yield bytes(buffer)
                buffer.clear()
        yield bytes(buffer)

    return StreamingResponse(chunks(), media_type="application/x-ndjson")
