"""Iterable's routes with their documented rate limits, and what every endpoint does first."""

import re
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from penstock.sandbox.iterable import export, read_endpoints, write_endpoints
from penstock.sandbox.iterable.answers import ApiError, bad_api_key, envelope
from penstock.sandbox.iterable.call import Call
from penstock.sandbox.iterable.project import Project

_KEY = re.compile(r"[0-9a-fA-F]{32}")
_PERIOD_SECONDS = {"second": 1.0, "minute": 60.0}
_KEY_HEADERS = ("api-key", "api_key")
_SERVER = f"iterable-ingress {secrets.token_hex(2)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRoute:
    """One endpoint; `endpoint` is its name in messages, `requests` its limit per `period`, for the whole project."""

    method: str
    path: str
    endpoint: str
    requests: float
    period: str = "second"
    handler: Callable[[Project, Call], Response]


# The order matters: fixed names come before /api/users/{email}. An identifier may contain a slash.
ROUTES = (
    ApiRoute(
        method="POST",
        path="/api/users/bulkUpdate",
        endpoint="/api/users/bulkUpdate",
        requests=5,
        handler=write_endpoints.bulk_update,
    ),
    ApiRoute(
        method="POST",
        path="/api/users/update",
        endpoint="/api/users/update",
        requests=500,
        handler=write_endpoints.update,
    ),
    # Not published; five a second is the cautious reading.
    ApiRoute(
        method="POST",
        path="/api/lists/subscribe",
        endpoint="/api/lists/subscribe",
        requests=5,
        handler=write_endpoints.subscribe,
    ),
    ApiRoute(
        method="GET",
        path="/api/users/getFields",
        endpoint="/api/users/getFields",
        requests=3,
        handler=read_endpoints.get_fields,
    ),
    ApiRoute(
        method="GET",
        path="/api/lists",
        endpoint="/api/lists",
        requests=100,
        handler=read_endpoints.get_lists,
    ),
    ApiRoute(
        method="GET",
        path="/api/export/data.json",
        endpoint="/api/export/data.json",
        requests=4,
        period="minute",
        handler=export.export_json,
    ),
    ApiRoute(
        method="GET",
        path="/api/users/getByEmail",
        endpoint="/api/users/getByEmail",
        requests=100,
        handler=read_endpoints.get_by_email,
    ),
    ApiRoute(
        method="GET",
        path="/api/users/byUserId",
        endpoint="/api/users/byUserId",
        requests=100,
        handler=read_endpoints.get_by_user_id,
    ),
    ApiRoute(
        method="GET",
        path="/api/users/byUserId/{value:path}",
        endpoint="/api/users/byUserId",
        requests=100,
        handler=read_endpoints.get_by_user_id,
    ),
    ApiRoute(
        method="GET",
        path="/api/users/{value:path}",
        endpoint="/api/users",
        requests=100,
        handler=read_endpoints.get_by_email,
    ),
    ApiRoute(
        method="DELETE",
        path="/api/users/byUserId/{value:path}",
        endpoint="/api/users/byUserId",
        requests=100,
        handler=read_endpoints.delete_by_user_id,
    ),
    ApiRoute(
        method="DELETE",
        path="/api/users/{value:path}",
        endpoint="/api/users",
        requests=100,
        handler=read_endpoints.delete_by_email,
    ),
)


def api_routes(project: Project) -> list[BaseRoute]:
    """The routes as Starlette has them, without the HEAD that it would add to every GET."""
    routes: list[BaseRoute] = []
    for each in ROUTES:
        route = Route(each.path, _endpoint(project, each), methods=[each.method])
        route.methods = {each.method}
        routes.append(route)
    return routes


def client_ip(request: Request) -> str:
    """The caller's address, which a refused key's answer tells."""
    return request.client.host if request.client else "127.0.0.1"


def rate_limited(project: Project, endpoint: str, limit: str = "") -> Response:
    """The recorded 429; newer answers do not tell the limit, as in ` of 4.0 per minute`."""
    message = f"Exceeded rate limit{limit} for endpoint: {endpoint}, project: {project.id} "
    response = envelope(message, "RateLimitExceeded", {}, 429)
    if project.switches["retry_after"] != "off":
        response.headers["Retry-After"] = project.switches["retry_after"]
    return response


def _endpoint(project: Project, route: ApiRoute) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        started = time.perf_counter()
        response = _answer(project, route, request)
        response.headers["Vary"] = "Origin"
        response.headers["Request-Time"] = str(round((time.perf_counter() - started) * 1000))
        response.headers["Server"] = _SERVER
        return response

    return endpoint


def _answer(project: Project, route: ApiRoute, request: Request) -> Response:
    if not _is_authorised(request):
        return bad_api_key(client_ip(request), request.scope["path"])
    bucket = f"{route.method} {route.endpoint}"
    if not project.permits(bucket, route.requests, _PERIOD_SECONDS[route.period]):
        return rate_limited(project, route.endpoint, f" of {route.requests:.1f} per {route.period}")
    call = Call(
        endpoint=route.endpoint,
        query=request.query_params,
        path_value=request.path_params.get("value", ""),
        body=request.scope["exchange"].body,
        exchange=request.scope["exchange"],
    )
    try:
        return route.handler(project, call)
    except ApiError as error:
        return error.response()


def _is_authorised(request: Request) -> bool:
    keys = [request.headers[name] for name in _KEY_HEADERS if name in request.headers]
    return bool(keys) and _KEY.fullmatch(keys[0]) is not None
