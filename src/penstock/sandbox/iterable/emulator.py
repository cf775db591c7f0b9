"""The Iterable emulator: a project behind Iterable's routes, and what the shared parts ask of it."""

from collections.abc import Iterator, Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from penstock.sandbox.emulator import JobCard, UserCard
from penstock.sandbox.errors import SandboxError
from penstock.sandbox.faults import ACTIONS
from penstock.sandbox.iterable.answers import (
    action_not_found,
    bad_api_key,
    envelope,
    service_unavailable,
)
from penstock.sandbox.iterable.identifiers import normal_email
from penstock.sandbox.iterable.project import Project
from penstock.sandbox.iterable.routes import api_routes, client_ip, rate_limited
from penstock.sandbox.iterable.schema import SYSTEM_FIELDS
from penstock.sandbox.iterable.store import Store
from penstock.sandbox.iterable.switch_list import SWITCHES
from penstock.sandbox.iterable.user import User
from penstock.sandbox.iterable.user_request import count_users
from penstock.sandbox.options import SandboxOptions
from penstock.sandbox.switches import Switchboard

_USERS_PER_QUERY = 1000


class IterableEmulator:
    """One emulated Iterable project."""

    name = "iterable"
    title = "Iterable"
    base = ""
    credentials = "any key of 32 hexadecimal digits"
    faults: Sequence[str] = ACTIONS
    buckets: Sequence[str] = ("invalidData", "invalid", "notFound", "conflict", "forgotten")

    def __init__(self, options: SandboxOptions) -> None:
        self.speed = options.speed
        self.switches = Switchboard(self.name, SWITCHES)
        self.switches.change(options.settings)
        self._project = Project(Store(options.state), self.switches, speed=options.speed)

    def routes(self) -> list[BaseRoute]:
        """Iterable's endpoints."""
        return api_routes(self._project)

    def not_found(self, request: Request) -> Response:
        """Iterable's HTML page."""
        return action_not_found(request.method, request.url.path)

    def injected_answer(self, do: str, request: Request) -> Response:
        """Iterable's own error answers."""
        path = request.scope["path"]
        if do == "429":
            return rate_limited(self._project, path)
        if do == "401":
            return bad_api_key(client_ip(request), path)
        if do == "500":
            return envelope("An internal error occurred", "GenericError", None, 500)
        return service_unavailable()

    def count_records(self, request: Request, body: bytes) -> int:
        """The users of a write request; 0 for anything else, and for what cannot be read."""
        return count_users(request.scope["path"], body)

    def users(self) -> Iterator[Mapping[str, object]]:
        """Every user as of now, the oldest first."""
        row = 0
        while users := self._project.store.users(row, _USERS_PER_QUERY):
            for user in users:
                yield user.document()
            row = users[-1].row

    def user(self, identifier: str) -> Mapping[str, object] | None:
        """A user by address or userId."""
        found = self._project.store.find([identifier.lower()], [identifier])
        return found[0].document() if found else None

    def users_page(self, offset: int, limit: int) -> Sequence[UserCard]:
        """Some users, the oldest first, with what was sent for them."""
        return [_card(user) for user in self._project.store.users_page(offset, limit)]

    def facts(self) -> Mapping[str, str]:
        """The project's identity."""
        return {
            "project": str(self._project.id),
            "project type": self.switches["project_type"],
            "list": str(self._project.list_id),
        }

    def fields(self) -> Mapping[str, str]:
        """The schema."""
        return dict(sorted(self._project.store.fields.items()))

    def jobs(self) -> Sequence[JobCard]:
        """Iterable answers at once; it has none."""
        return ()

    def count_users(self) -> int:
        """How many users there are."""
        return self._project.store.count_users()

    def reset(self) -> None:
        """Become another project."""
        self._project.reset()

    def forget(self, document: Mapping[str, object]) -> None:
        """Delete a user by address or userId and refuse both of its identifiers from now on."""
        email, user_id = document.get("email"), document.get("userId")
        if isinstance(email, str) and not isinstance(user_id, str):
            address = normal_email(email)
            if address is None:
                raise SandboxError(f"'{email}' is not an e-mail address.", "Give the address of a user.")
            self._project.forget([address], [])
        elif isinstance(user_id, str) and not isinstance(email, str):
            self._project.forget([], [user_id])
        else:
            raise SandboxError("Nobody to forget.", 'Send {"email": "…"} or {"userId": "…"}.')

    def close(self) -> None:
        """Close the database."""
        self._project.store.close()


def _card(user: User) -> UserCard:
    return UserCard(
        identifier=user.email or user.user_id or "",
        detail=user.user_id or "" if user.email else "",
        attributes={
            name: value
            for name, value in user.profile.items()
            if name not in SYSTEM_FIELDS or name in ("phoneNumber", "emailListIds")
        },
    )
