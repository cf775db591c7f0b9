"""The Zendesk emulator: an account behind Zendesk's routes, and what the shared parts ask of it."""

from collections.abc import Iterator, Mapping, Sequence

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from penstock.sandbox.emulator import JobCard, UserCard
from penstock.sandbox.errors import SandboxError
from penstock.sandbox.faults import ACTIONS
from penstock.sandbox.options import SandboxOptions
from penstock.sandbox.switches import Switchboard
from penstock.sandbox.zendesk.account import Account
from penstock.sandbox.zendesk.answers import (
    described,
    invalid_endpoint,
    invalid_token,
    not_authenticated,
    service_unavailable,
)
from penstock.sandbox.zendesk.api import Api, too_many_requests
from penstock.sandbox.zendesk.identity import EMAIL
from penstock.sandbox.zendesk.jobs import Jobs
from penstock.sandbox.zendesk.router import BASE
from penstock.sandbox.zendesk.service import Service
from penstock.sandbox.zendesk.store import Store
from penstock.sandbox.zendesk.switch_list import SWITCHES
from penstock.sandbox.zendesk.user import User
from penstock.sandbox.zendesk.user_writes import delete

OWN_FAULTS = (
    "409",
    "fail-job",
    "kill-job",
    "slow-job",
    "lose-job",
    "results-null",
    "results-object",
    "shuffle-results",
    "ignore-field",
)
_USERS_PER_QUERY = 1000
_JOBS_SHOWN = 10


class ZendeskEmulator:
    """One emulated Zendesk account."""

    name = "zendesk"
    title = "Zendesk"
    base = BASE
    credentials = "any address and API token, or any OAuth token"
    faults: Sequence[str] = (*(each for each in ACTIONS if each != "wrong-counts"), *OWN_FAULTS)
    buckets: Sequence[str] = ("UserUpdateError", "UserCreateError", "DatabaseConflict")

    def __init__(self, options: SandboxOptions) -> None:
        self.speed = options.speed
        self.switches = Switchboard(self.name, SWITCHES)
        self.switches.change(options.settings)
        account = Account(Store(options.state), self.switches, speed=options.speed)
        self._service = Service(account=account, jobs=Jobs(account))
        self._account = account

    def routes(self) -> list[BaseRoute]:
        """One route for the whole API, which finds its endpoints itself."""
        api = Api(self._service)
        route = Route(f"{BASE}/{{rest:path}}", api.handle)
        route.methods = {"GET", "POST", "PUT", "PATCH", "DELETE"}
        return [route]

    def not_found(self, request: Request) -> Response:  # noqa: ARG002
        """Zendesk's 404."""
        return invalid_endpoint().response()

    def injected_answer(self, do: str, request: Request) -> Response:
        """Zendesk's own error answers."""
        match do:
            case "429":
                return too_many_requests(self._service)
            case "401":
                bearer = request.headers.get("authorization", "").lower().startswith("bearer")
                return (invalid_token() if bearer else not_authenticated()).response()
            case "409":
                return described(409, "DatabaseConflict", "Database collision").response()
            case "500":
                return described(500, "InternalError", "Internal server error").response()
            case _:
                return service_unavailable()

    def count_records(self, request: Request, body: bytes) -> int:
        """The users of a write request; 0 for anything else, and for what cannot be read."""
        if request.method == "GET":
            return 0
        for name in ("ids", "external_ids"):
            if name in request.query_params:
                return len([each for each in request.query_params[name].split(",") if each])
        try:
            document = orjson.loads(body) if body else None
        except orjson.JSONDecodeError:
            return 0
        if not isinstance(document, dict):
            return 0
        users = document.get("users")
        if isinstance(users, list):
            return len(users)
        return int(isinstance(document.get("user"), dict))

    def users(self) -> Iterator[Mapping[str, object]]:
        """Every user as of now but the account's owner, deleted ones too, in the order of their ids."""
        self._service.jobs.advance()
        last = 0
        while users := self._account.store.select_users("id > ?", (last,), limit=_USERS_PER_QUERY):
            for user in users:
                if user.id != self._account.owner_id:
                    yield self._whole(user)
            last = users[-1].id

    def user(self, identifier: str) -> Mapping[str, object] | None:
        """A user by id, address or external id."""
        self._service.jobs.advance()
        store = self._account.store
        found = store.user_with_identity((EMAIL, identifier.lower())) or store.user_with_external_id(
            identifier.lower()
        )
        if found is None and identifier.isdecimal() and len(identifier) < 19:
            found = store.user(int(identifier))
        return None if found is None else self._whole(found)

    def users_page(self, offset: int, limit: int) -> Sequence[UserCard]:
        """Some users, the oldest first."""
        users = self._account.store.select_users(
            "id <> ?", (self._account.owner_id,), order="made, id", limit=limit, offset=offset
        )
        return [self._card(user) for user in users]

    def facts(self) -> Mapping[str, str]:
        """The account's identity."""
        return {
            "subdomain": self._account.store.subdomain,
            "admin": str(self._account.owner_id),
            "jobs running": str(self._service.jobs.limit - self._service.jobs.room),
        }

    def fields(self) -> Mapping[str, str]:
        """The user fields."""
        return {each.key: each.type for each in self._account.shown_fields()}

    def jobs(self) -> Sequence[JobCard]:
        """The latest jobs."""
        now = self._account.now()
        cards = []
        for job in self._service.jobs.latest(_JOBS_SHOWN):
            status = job.status(now)
            cards.append(
                JobCard(
                    identifier=job.id,
                    kind=job.kind,
                    status=status,
                    progress=job.done,
                    total=job.total,
                    message="hidden by a fault" if job.lost else job.oddity or "",
                )
            )
        return cards

    def count_users(self) -> int:
        """How many users there are beside the owner."""
        self._service.jobs.advance()
        return self._account.store.count_users() - 1

    def reset(self) -> None:
        """Become another account."""
        self._service.reset()

    def forget(self, document: Mapping[str, object]) -> None:
        """Delete a user, as an administrator would by hand."""
        named = document.get("email") or document.get("external_id")
        found = self.user(named) if isinstance(named, str) else None
        user = self._account.store.user(int(str(found["id"]))) if found is not None else None
        if user is None:
            raise SandboxError("Nobody to forget.", 'Send {"email": "…"} or {"external_id": "…"} of a user.')
        with self._account.store.transaction():
            delete(self._account, user)

    def close(self) -> None:
        """Close the database."""
        self._account.store.close()

    def _whole(self, user: User) -> Mapping[str, object]:
        document = user.document(BASE, self._account.shown_fields())
        return {
            **document,
            "identities": [each.document(user.id, BASE) for each in user.identities],
            "verification_mails": user.verification_mails,
        }

    def _card(self, user: User) -> UserCard:
        attributes: dict[str, object] = {"name": user.name, **user.fields}
        if user.tags:
            attributes["tags"] = user.tags
        if not user.active:
            attributes["active"] = False
        if user.verification_mails:
            attributes["verification_mails"] = user.verification_mails
        return UserCard(
            identifier=user.email or user.external_id or str(user.id),
            detail=user.external_id or "" if user.email else "",
            attributes=attributes,
        )
