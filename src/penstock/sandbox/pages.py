"""Pages to look at an emulator: server-rendered, without JavaScript, under a strict content policy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from penstock.sandbox.emulator import Emulator, JobCard, UserCard
from penstock.sandbox.faults import FaultBook
from penstock.sandbox.request_log import LoggedRequest, RequestLog
from penstock.sandbox.switches import Switch

_USERS_PER_PAGE = 10
_REQUESTS_SHOWN = 20
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchRow:
    """A switch and where it stands."""

    switch: Switch
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What the start page shows."""

    template: ClassVar[str] = "overview.html"

    title: str
    address: str
    credentials: str
    facts: Mapping[str, str]
    users: Sequence[UserCard]
    user_count: int
    page: int
    pages: int
    jobs: Sequence[JobCard]
    requests: Sequence[LoggedRequest]
    request_count: int
    faults: Sequence[Mapping[str, object]]
    fields: Mapping[str, str]
    switches: Sequence[SwitchRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserDetails:
    """What a user's page shows; `attributes` are flat, `document` is the API's own."""

    template: ClassVar[str] = "user.html"

    title: str
    identifier: str
    attributes: Mapping[str, object] | None
    document: str


class Pages:
    """The pages of one emulator."""

    def __init__(self, emulator: Emulator, faults: FaultBook, log: RequestLog) -> None:
        self._emulator = emulator
        self._faults = faults
        self._log = log
        self._templates = Environment(
            loader=PackageLoader("penstock.sandbox"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["shown"] = _shown

    def routes(self) -> list[BaseRoute]:
        """The pages and their style sheet."""
        static = StaticFiles(directory=Path(__file__).parent / "static")
        return [
            Route("/", self._overview),
            Route("/favicon.ico", _no_icon),
            Route("/_sandbox/user", self._user),
            Mount("/_sandbox/static", static),
        ]

    async def _overview(self, request: Request) -> Response:
        count = self._emulator.count_users()
        pages = max(1, -(-count // _USERS_PER_PAGE))
        page = min(_page_number(request.query_params.get("page", "")), pages)
        positions = self._emulator.switches.positions()
        return self._render(
            Overview(
                title=f"{self._emulator.title} sandbox",
                address=f"{request.url.scheme}://{request.url.netloc}{self._emulator.base}",
                credentials=self._emulator.credentials,
                facts=self._emulator.facts(),
                users=self._emulator.users_page((page - 1) * _USERS_PER_PAGE, _USERS_PER_PAGE),
                user_count=count,
                page=page,
                pages=pages,
                jobs=self._emulator.jobs(),
                requests=self._log.requests[: -_REQUESTS_SHOWN - 1 : -1],
                request_count=len(self._log.requests),
                faults=self._faults.as_json(),
                fields=self._emulator.fields(),
                switches=[
                    SwitchRow(switch=switch, value=positions[name])
                    for name, switch in self._emulator.switches.switches.items()
                ],
            )
        )

    async def _user(self, request: Request) -> Response:
        identifier = next(iter(request.query_params.values()), "")
        document = self._emulator.user(identifier)
        details = UserDetails(
            title=f"{self._emulator.title} sandbox",
            identifier=identifier,
            attributes=None if document is None else dict(_flat("", document)),
            document="" if document is None else orjson.dumps(document, option=orjson.OPT_INDENT_2).decode(),
        )
        return self._render(details, 200 if document is not None else 404)

    def _render(self, view: Overview | UserDetails, status: int = 200) -> Response:
        page = self._templates.get_template(view.template).render(view=view)
        return HTMLResponse(page, status, headers=_HEADERS)


async def _no_icon(_request: Request) -> Response:
    return Response(status_code=204)


def _page_number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def _flat(prefix: str, document: Mapping[str, object]) -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = []
    for name, value in document.items():
        if isinstance(value, dict) and value:
            rows.extend(_flat(f"{prefix}{name}.", value))
        else:
            rows.append((prefix + name, value))
    return rows


def _shown(value: object) -> str:
    """A value as a person reads it: text as it is, anything else as JSON."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()
