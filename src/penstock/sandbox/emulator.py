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


class Emulator(Protocol):
    """One emulated service. `buckets` are where an injected refusal of a record may land, default first."""

    name: str
    title: str
    switches: Switchboard
    buckets: Sequence[str]

    def routes(self) -> list[BaseRoute]:
        """The emulated API's routes; a request finds its Exchange in the scope under `exchange`."""
        ...

    def not_found(self, request: Request) -> Response:
        """The service's answer to an unknown route, or to a wrong verb."""
        ...

    def injected_answer(self, do: str, request: Request) -> Response:
        """The service's own 429, 503, 500 or 401."""
        ...

    def count_records(self, path: str, body: bytes) -> int:
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
