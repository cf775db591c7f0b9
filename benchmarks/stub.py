"""A destination that answers at once: what little of Iterable's API a run asks for, without keeping anything.

Run as a process: `python -m benchmarks.stub PORT [CORE]`; it counts what it was asked, told at GET /_stub.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys

from benchmarks.child import pin
from benchmarks.data import FIELDS, ONE_MORE

HOST = "127.0.0.1"
READY = "ready"
_KNOWN_FIELDS = json.dumps({"fields": {**FIELDS, **ONE_MORE}}).encode()
_LISTS = b'{"lists":[{"id":1,"name":"Everyone","createdAt":0,"listType":"Standard"}]}'
_RECORD_MARK = b'"dataFields":'


class Counts:
    """What was asked since the last reset."""

    def __init__(self) -> None:
        self.write = self.read = self.records = 0

    def answer(self, method: bytes, path: bytes, body: memoryview) -> bytes:
        """Return the JSON that a request is answered with."""
        if path == b"/_stub":
            told = json.dumps({"write": self.write, "read": self.read, "records": self.records}).encode()
            if method == b"DELETE":
                self.__init__()  # type: ignore[misc]
            return told
        if method == b"POST":
            records = bytes(body).count(_RECORD_MARK)
            self.write += 1
            self.records += records
            return b'{"successCount":%d,"failCount":0,"failedUpdates":{},"filteredOutFields":[]}' % records
        self.read += 1
        return _LISTS if path == b"/api/lists" else _KNOWN_FIELDS


class Connection(asyncio.Protocol):
    """One connection: requests with a Content-Length, one after the other."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection."""
        self._transport = transport if isinstance(transport, asyncio.Transport) else None

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete."""
        self._buffer += data
        while (head_end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._buffer[:head_end])
            end = head_end + 4 + _content_length(head)
            if len(self._buffer) < end:
                return
            method, path, _ = head.split(b" ", 2)
            with memoryview(self._buffer) as view, view[head_end + 4 : end] as body:
                answer = self._counts.answer(method, path, body)
            del self._buffer[:end]
            if self._transport is not None:
                self._transport.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                    % (len(answer), answer)
                )


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def serve(port: int) -> None:
    """Listen until the process is ended."""
    counts = Counts()
    # Without the protocol named, asyncio leaves Nagle's algorithm on and answers take 40 ms longer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    server = await asyncio.get_running_loop().create_server(lambda: Connection(counts), sock=listener)
    sys.stdout.write(f"{READY} http://{HOST}:{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    pin({int(core) for core in sys.argv[2:]})
    asyncio.run(serve(int(sys.argv[1])))
