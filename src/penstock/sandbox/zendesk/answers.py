"""Zendesk's answers: JSON bodies and the four error envelopes (contract, section 2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson
from starlette.responses import Response

from penstock.sandbox.zendesk.json_types import Json

_JSON = "application/json; charset=utf-8"
_NO_ACCESS = (
    "You do not have access to this page. Please contact the account owner of this help desk for further help."
)


class ApiError(Exception):
    """The whole request fails; nothing of it is applied. A text body is sent as text/plain."""

    def __init__(self, status: int, body: Mapping[str, Json] | str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body
        self.headers = dict(headers or {})

    def response(self) -> Response:
        """The error as Zendesk words it."""
        if isinstance(self.body, str):
            return Response(self.body, self.status, headers=self.headers, media_type="text/plain")
        return json_response(self.body, self.status, self.headers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One thing that is wrong with an attribute; the recorded malformed address has no code."""

    attribute: str
    description: str
    code: str | None = None

    def detail(self) -> dict[str, Json]:
        """An entry of `details`."""
        entry: dict[str, Json] = {"description": self.description}
        if self.code is not None:
            entry["error"] = self.code
        return entry


class RecordInvalid(ApiError):
    """422, or a Failed item of a job."""

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        details: dict[str, list[Json]] = {}
        for each in complaints:
            details.setdefault(each.attribute, []).append(each.detail())
        body: dict[str, Json] = {
            "error": "RecordInvalid",
            "description": "Record validation errors",
            "details": details,
        }
        super().__init__(422, body)
        self.complaints = tuple(complaints)


def json_response(
    content: Mapping[str, Json], status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(content), status, headers=headers, media_type=_JSON)


def described(
    status: int, code: str, description: str, headers: Mapping[str, str] | None = None, **more: Json
) -> ApiError:
    """The envelope with `error` and `description`."""
    return ApiError(status, {"error": code, "description": description, **more}, headers)


def titled(status: int, title: str, message: str) -> ApiError:
    """The envelope with a title and a message."""
    return ApiError(status, {"error": {"title": title, "message": message}})


def record_not_found() -> ApiError:
    """An id that is not there."""
    return described(404, "RecordNotFound", "Not found")


def invalid_endpoint() -> ApiError:
    """An unknown route."""
    return described(404, "InvalidEndpoint", "Not found")


def forbidden() -> ApiError:
    """The role may not do this."""
    return titled(403, "Forbidden", _NO_ACCESS)


def invalid_attribute(parameter: str, requirement: str, action: str) -> ApiError:
    """A wrong JSON type; `requirement` is such as 'must be an integer', `action` such as users/create_many."""
    return titled(
        400,
        "Invalid attribute",
        f"You passed an invalid value for the {parameter} attribute."
        f" Invalid parameter: {parameter} {requirement} from api/v2/{action}",
    )


def too_many_values(description: str, **more: Json) -> ApiError:
    """More than a hundred of something in one request."""
    return described(400, "TooManyValues", description, None, **more)


def not_authenticated() -> ApiError:
    """No credentials, or a wrong API token."""
    return ApiError(401, {"error": "Couldn't authenticate you"})


def invalid_token() -> ApiError:
    """A bearer token that is not, or no longer, good."""
    description = "The access token provided is expired, revoked, malformed or invalid for other reasons."
    challenge = (
        'Bearer realm="Zendesk::OAuth Bearer Token Authentication", error="invalid_token",'
        f' error_description="{description}"'
    )
    body: dict[str, Json] = {"error": "invalid_token", "error_description": description}
    return ApiError(401, body, {"WWW-Authenticate": challenge})


def service_unavailable() -> Response:
    """The plain page of a gateway with nothing behind it."""
    page = (
        "<html>\n<head><title>503 Service Temporarily Unavailable</title></head>\n"
        "<body>\n<center><h1>503 Service Temporarily Unavailable</h1></center>\n</body>\n</html>\n"
    )
    return Response(page, 503, media_type="text/html")
