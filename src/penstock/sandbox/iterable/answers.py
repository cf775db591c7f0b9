"""Iterable's answers: the envelope, the recorded error bodies, and the pages that are not JSON at all."""

import html
from collections.abc import Mapping

import orjson
from starlette.responses import Response

from penstock.sandbox.iterable.value_types import Json


class ApiError(Exception):
    """The whole request fails; nothing of it is applied."""

    def __init__(self, status: int, code: str, message: str, params: Mapping[str, Json] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.params = params

    def response(self) -> Response:
        """The error as Iterable words it."""
        return envelope(self.message, self.code, self.params, self.status)


def json_response(content: Mapping[str, Json], status: int = 200) -> Response:
    """A JSON answer; 64-bit integers are carried exactly."""
    return Response(orjson.dumps(content), status, media_type="application/json")


def envelope(
    message: str = "",
    code: str = "Success",
    params: Mapping[str, Json] | None = None,
    status: int = 200,
) -> Response:
    """The answer of every endpoint that is neither a read nor a bulk call."""
    return json_response({"msg": message, "code": code, "params": params}, status)


def bad_api_key(ip: str, path: str) -> Response:
    """The answer to a missing, malformed or unknown key."""
    return envelope("Invalid API key", "BadApiKey", {"ip": ip, "endpoint": path}, 401)


def action_not_found(method: str, path: str) -> Response:
    """The HTML page for an unknown route, and for the wrong verb on a known one."""
    page = (
        '<!DOCTYPE html>\n<html lang="en">\n  <head>\n    <title>Action not found</title>\n  </head>\n'
        "  <body>\n    <h1>Action not found</h1>\n"
        f"    <p>For request '{html.escape(method)} {html.escape(path)}'</p>\n  </body>\n</html>\n"
    )
    return Response(page, 404, media_type="text/html")


def service_unavailable() -> Response:
    """The plain page of a gateway with nothing behind it."""
    page = (
        "<html>\n<head><title>503 Service Temporarily Unavailable</title></head>\n"
        "<body>\n<center><h1>503 Service Temporarily Unavailable</h1></center>\n</body>\n</html>\n"
    )
    return Response(page, 503, media_type="text/html")
