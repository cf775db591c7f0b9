"""A server that answers connection by connection as a script says, down to broken bytes."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

HANG_UP = b""
"""As an answer: read the request, then close the connection."""


def http(status: int, body: str = "", *, content_type: str = "application/json", headers: str = "") -> bytes:
    """A whole answer; `headers` are lines that end in CRLF."""
    content = body.encode()
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {len(content)}\r\n{headers}"
    return f"{head}Connection: close\r\n\r\n".encode() + content


@dataclass(slots=True)
class ScriptedServer:
    """What it was asked, head and body together, and at which moments."""

    url: str
    requests: list[str] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)


@asynccontextmanager
async def serving(serve: Callable[[StreamReader, StreamWriter], Awaitable[None]]) -> AsyncIterator[str]:
    """Serve every connection by `serve`, and leave none of them behind; yields the URL."""
    connections: set[asyncio.Task[None]] = set()

    async def connected(reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await serve(reader, writer)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await asyncio.gather(*connections)


@asynccontextmanager
async def scripted(*answers: bytes) -> AsyncIterator[ScriptedServer]:
    """Serve the answers in turn, the last of them for ever."""
    script: Iterator[bytes] = iter(answers)
    state = ScriptedServer(url="")

    async def serve(reader: StreamReader, writer: StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = head.lower().partition("content-length:")[2].partition("\r\n")[0] or "0"
        state.moments.append(asyncio.get_running_loop().time())
        state.requests.append(head + (await reader.readexactly(int(length))).decode())
        writer.write(next(script, answers[-1]))
        await writer.drain()

    async with serving(serve) as url:
        state.url = url
        yield state
