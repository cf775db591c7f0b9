"""`python -m penstock.sandbox`: the emulators without the rest of Penstock."""

import argparse
import asyncio
import sys
from pathlib import Path

from penstock.sandbox.errors import SandboxError
from penstock.sandbox.options import USUAL_PORTS, SandboxOptions
from penstock.sandbox.serve import serve


def main() -> int:
    """Serve until interrupted; 2 when the sandbox cannot start."""
    arguments = _parser().parse_args()
    try:
        settings = dict(_setting(text) for text in arguments.set)
        options = SandboxOptions(
            zendesk_port=arguments.zendesk_port,
            iterable_port=arguments.iterable_port,
            state=arguments.state,
            settings=settings,
            speed=arguments.speed,
        )
        asyncio.run(serve(options))
    except SandboxError as error:
        sys.stderr.write(f"{error.message}\n{error.fix}\n")
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m penstock.sandbox", description="Emulated destinations.")
    for name, port in USUAL_PORTS.items():
        parser.add_argument(
            f"--{name}-port",
            type=int,
            metavar="PORT",
            help=f"usually {port}; one port alone serves one emulator alone",
        )
    parser.add_argument("--state", type=Path, metavar="DIR", help="keep users and fields between runs")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting")
    parser.add_argument("--speed", type=float, default=1.0, metavar="FACTOR", help="divides delays and windows")
    return parser


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise SandboxError(f"'{text}' is not a setting.", "Write NAME=VALUE, such as iterable.new_fields=drop.")
    return name, value


if __name__ == "__main__":
    sys.exit(main())
