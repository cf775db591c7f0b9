"""Puts an emulator, its control endpoints and its pages together as one ASGI application."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from penstock.sandbox.control import Control
from penstock.sandbox.emulator import Emulator
from penstock.sandbox.faults import FaultBook
from penstock.sandbox.gate import Gate
from penstock.sandbox.pages import Pages
from penstock.sandbox.request_log import RequestLog


def build_application(emulator: Emulator) -> ASGIApp:
    """The application of one emulator, ready to serve."""
    faults = FaultBook(emulator.buckets, emulator.faults)
    log = RequestLog()

    async def not_found(request: Request, _error: Exception) -> Response:
        return emulator.not_found(request)

    app = Starlette(
        routes=[
            *Pages(emulator, faults, log).routes(),
            *Control(emulator, faults, log).routes(),
            *emulator.routes(),
        ],
        exception_handlers={404: not_found, 405: not_found},
    )
    app.router.redirect_slashes = False
    return Gate(app, emulator, faults, log)
