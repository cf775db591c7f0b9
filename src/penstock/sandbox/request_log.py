"""Every API request since the last reset, with the latest bodies."""

from collections import deque
from dataclasses import dataclass

BODY_BYTES_KEPT = 64 * 1024 * 1024


@dataclass(slots=True, kw_only=True)
class LoggedRequest:
    """One API request; `status` is None when the connection was dropped, `body` when it is kept no more."""

    time: str
    method: str
    path: str
    query: str
    status: int | None
    size: int
    records: int
    fault: str | None
    body: bytes | None

    def as_json(self, *, with_body: bool) -> dict[str, object]:
        """A line of the log; query and fault only where there is one."""
        line: dict[str, object] = {
            "time": self.time,
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "bytes": self.size,
            "records": self.records,
        }
        if self.query:
            line["query"] = self.query
        if self.fault is not None:
            line["fault"] = self.fault
        if with_body:
            line["body"] = None if self.body is None else self.body.decode(errors="replace")
        return line


class RequestLog:
    """Keeps all requests, and the bodies of the latest ones up to a number of bytes.

    `resets` counts how often it was emptied, `delayed` the requests that a fault delays now.
    """

    def __init__(self, body_bytes_kept: int = BODY_BYTES_KEPT) -> None:
        self.requests: list[LoggedRequest] = []
        self.resets = 0
        self.delayed = 0
        self._with_body: deque[LoggedRequest] = deque()
        self._room = self._body_bytes_kept = body_bytes_kept

    def add(self, request: LoggedRequest) -> None:
        """Append a request, letting go of the oldest bodies when there is no room."""
        self.requests.append(request)
        self._with_body.append(request)
        self._room -= len(request.body or b"")
        while self._room < 0:
            oldest = self._with_body.popleft()
            self._room += len(oldest.body or b"")
            oldest.body = None

    def clear(self) -> None:
        """Forget everything."""
        self.resets += 1
        self.requests.clear()
        self._with_body.clear()
        self._room = self._body_bytes_kept
