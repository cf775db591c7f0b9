"""Serves the emulators on 127.0.0.1 until cancelled or interrupted."""

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import uvicorn

from penstock.sandbox.application import build_application
from penstock.sandbox.connection import DroppableProtocol
from penstock.sandbox.emulator import Emulator
from penstock.sandbox.errors import SandboxError
from penstock.sandbox.iterable.emulator import IterableEmulator
from penstock.sandbox.options import SandboxOptions
from penstock.sandbox.settings import split_settings
from penstock.sandbox.zendesk.emulator import ZendeskEmulator

_HOST = "127.0.0.1"
_EMULATORS: Mapping[str, Callable[[SandboxOptions], Emulator]] = {
    "zendesk": ZendeskEmulator,
    "iterable": IterableEmulator,
}


async def serve(options: SandboxOptions) -> None:
    """Run until cancelled, SIGINT or SIGTERM; one line per emulator on standard output when it listens.

    SandboxError: a port is taken, a setting is unknown or has a bad value, the state cannot be kept.
    """
    if not 0 < options.speed <= 1_000_000:
        raise SandboxError(f"The speed cannot be {options.speed:g}.", "Give a number above 0, such as 10.")
    ports = options.ports()
    settings = split_settings(options.settings, served=list(ports), known=list(_EMULATORS))
    with contextlib.ExitStack() as open_things:
        servers = []
        for name, port in ports.items():
            listener = open_things.enter_context(_listen(port, name))
            emulator = _EMULATORS[name](replace(options, settings=settings[name]))
            open_things.callback(emulator.close)
            servers.append(_Server(emulator, listener))
        await _run(servers)


async def _run(servers: "list[_Server]") -> None:
    loop = asyncio.get_running_loop()
    with _on_signals(loop, servers):
        tasks = [asyncio.create_task(server.serve([server.listener])) for server in servers]
        try:
            await asyncio.gather(*tasks)
        finally:
            for server in servers:
                server.should_exit = True
            await asyncio.gather(*tasks, return_exceptions=True)


@contextlib.contextmanager
def _on_signals(loop: asyncio.AbstractEventLoop, servers: "list[_Server]") -> Iterator[None]:
    def stop() -> None:
        for server in servers:
            server.should_exit = True

    signals = (signal.SIGINT, signal.SIGTERM)
    for each in signals:
        # Where handlers cannot be set (another thread, Windows), cancelling remains.
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(each, stop)
    try:
        yield
    finally:
        for each in signals:
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop.remove_signal_handler(each)


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling, saying when it really listens."""

    def __init__(self, emulator: Emulator, listener: socket.socket) -> None:
        super().__init__(
            uvicorn.Config(
                build_application(emulator),
                http=DroppableProtocol,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=1,
            )
        )
        self.listener = listener
        self._name = emulator.name

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to `serve`, which may run several servers."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Announce the address once connections are accepted."""
        await super().startup(sockets)
        host, port = self.listener.getsockname()
        sys.stdout.write(f"{self._name} sandbox ready: http://{host}:{port}\n")
        sys.stdout.flush()


def _listen(port: int, name: str) -> socket.socket:
    # Without the protocol named, asyncio leaves Nagle's algorithm on and answers take 40 ms longer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_HOST, port))
        listener.listen(1024)
    except (OSError, OverflowError) as error:
        listener.close()
        raise SandboxError(
            f"The {name} sandbox cannot listen on port {port}: {error}.",
            f"Stop what uses it, or choose another with --{name}-port (0 takes any free one).",
        ) from error
    return listener
