"""`penstock sandbox`: emulated destinations to try things with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from penstock.cli.parameters import JsonOption, ProjectOption


def sandbox(
    zendesk_port: Annotated[
        int | None,
        typer.Option(
            "--zendesk-port", metavar="PORT", help="Where Zendesk's emulator listens, usually 8091; 0: anywhere."
        ),
    ] = None,
    iterable_port: Annotated[
        int | None,
        typer.Option(
            "--iterable-port", metavar="PORT", help="Where Iterable's emulator listens, usually 8092; 0: anywhere."
        ),
    ] = None,
    state: Annotated[
        Path | None, typer.Option("--state", metavar="DIR", help="Keep users and fields here between starts.")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A switch, such as iterable.new_fields=drop; repeatable."),
    ] = None,
    speed: Annotated[
        float, typer.Option("--speed", metavar="FACTOR", help="Divide the emulators' delays and windows.")
    ] = 1.0,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> int:
    """Serve emulated destinations on this machine until interrupted.

    With one port given, that emulator alone is served.
    """
    import asyncio

    from penstock.cli.announcement import announcing
    from penstock.cli.screen import Screen
    from penstock.errors import ConfigurationError
    from penstock.sandbox.errors import SandboxError
    from penstock.sandbox.options import SandboxOptions
    from penstock.sandbox.serve import serve

    folder = state if state is None or project is None else project / state
    screen = Screen(as_json=as_json)
    options = SandboxOptions(
        zendesk_port=zendesk_port,
        iterable_port=iterable_port,
        state=folder,
        settings=dict(map(_setting, settings or ())),
        speed=speed,
    )
    try:
        with announcing(screen, len(options.ports())):
            asyncio.run(serve(options))
    except SandboxError as error:
        raise ConfigurationError(error.message, fix=error.fix, code="sandbox") from error
    return 0


def _setting(text: str) -> tuple[str, str]:
    name, equals, given = text.partition("=")
    if not equals:
        raise typer.BadParameter(f"write NAME=VALUE instead of {text}", param_hint="--set")
    return name, given
