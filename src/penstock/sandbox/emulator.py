"""What an emulator offers to the parts that all emulators share."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from penstock.sandbox.switches import Switchboard


@dataclass(frozen=True, slots=True, kw_only=True)
class UserCard:
    """A user in brief, for the page to look at; `identifier` leads to the whole user."""

    identifier: str
    detail: str
    attributes: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCard:
    """An asynchronous job in brief, for the page to look at."""

    identifier: str
    kind: str
    status: str
    progress: int | None
    total: int
    message: str


class Emulator(Protocol):
    """One emulated service.

    `speed` divides all of its delays. `base` is what follows the address in a client's base URL, `credentials` what
    such a client has to send. `faults` are what may be injected; `buckets` are where an injected refusal of a
    record may land, default first.
    """

    name: str
    title: str
    base: str
    credentials: str
    speed: float
    switches: Switchboard
    faults: Sequence[str]
    buckets: Sequence[str]

    def routes(self) -> list[BaseRoute]:
        """The emulated API's routes; a request finds its Exchange in the scope under `exchange`."""
        ...

    def not_found(self, request: Request) -> Response:
        """The service's answer to an unknown route, or to a wrong verb."""
        ...

    def injected_answer(self, do: str, request: Request) -> Response:
        """The service's own 429, 503, 500 or 401, or 409 where it has one."""
        ...

    def count_records(self, request: Request, body: bytes) -> int:
        """How many records a request carries, whatever becomes of it."""
        ...

    def users(self) -> Iterator[Mapping[str, object]]:
        """Every user with every attribute as of now."""
        ...

    def user(self, identifier: str) -> Mapping[str, object] | None:
        """One user by an identifier."""
        ...

    def users_page(self, offset: int, limit: int) -> Sequence[UserCard]:
        """Some users, for the page to look at."""
        ...

    def facts(self) -> Mapping[str, str]:
        """What identifies the emulated account, and counts, for the page to look at."""
        ...

    def fields(self) -> Mapping[str, str]:
        """The known user fields with their types."""
        ...

    def jobs(self) -> Sequence[JobCard]:
        """The latest asynchronous jobs, for the page to look at; none where a service has none."""
        ...

    def count_users(self) -> int:
        """How many users there are."""
        ...

    def reset(self) -> None:
        """Forget everything and become another account."""
        ...

    def forget(self, document: Mapping[str, object]) -> None:
        """Forget a user by privacy law; SandboxError when the document names none."""
        ...

    def close(self) -> None:
        """Release files."""
        ...
