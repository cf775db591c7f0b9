"""Organizations and memberships, as far as users need them (contract, section 11)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from penstock.sandbox.zendesk.json_types import Json
from penstock.sandbox.zendesk.store import Store
from penstock.sandbox.zendesk.times import iso_time


@dataclass(slots=True, kw_only=True)
class Organization:
    """One organization. Times are in epoch seconds."""

    id: int
    name: str
    created_at: int
    updated_at: int
    external_id: str | None = None
    domain_names: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    def document(self, base: str) -> dict[str, Json]:
        """The organization as the API gives it."""
        value = self.values.get
        return {
            "url": f"{base}/organizations/{self.id}.json",
            "id": self.id,
            "name": self.name,
            "shared_tickets": value("shared_tickets", False),
            "shared_comments": value("shared_comments", False),
            "external_id": self.external_id,
            "created_at": iso_time(self.created_at),
            "updated_at": iso_time(self.updated_at),
            "domain_names": self.domain_names,
            "details": value("details"),
            "notes": value("notes"),
            "group_id": value("group_id"),
            "tags": value("tags", []),
            "organization_fields": value("organization_fields", {}),
        }


@dataclass(slots=True, kw_only=True)
class Membership:
    """A user's place in an organization."""

    id: int
    user_id: int
    organization_id: int
    default: bool
    created_at: int

    def document(self, base: str) -> dict[str, Json]:
        """The membership as the API gives it."""
        at = iso_time(self.created_at)
        return {
            "url": f"{base}/organization_memberships/{self.id}.json",
            "id": self.id,
            "user_id": self.user_id,
            "organization_id": self.organization_id,
            "default": self.default,
            "created_at": at,
            "updated_at": at,
            "view_tickets": True,
        }


class Organizations:
    """All organizations and memberships of an account, in memory and in the store."""

    def __init__(self, store: Store, now: Callable[[], float]) -> None:
        self._store = store
        self._now = now
        self.by_id = {each["id"]: Organization(**each) for each in store.documents.load("organization")}
        self._by_name = {each.name.lower(): each for each in self.by_id.values()}
        self._by_domain = {name: each for each in self.by_id.values() for name in each.domain_names}
        self.memberships = {each["id"]: Membership(**each) for each in store.documents.load("membership")}
        self._of_user: dict[int, list[Membership]] = {}
        for membership in self.memberships.values():
            self._of_user.setdefault(membership.user_id, []).append(membership)

    def named(self, name: str) -> Organization | None:
        """The organization of that name, in any case."""
        return self._by_name.get(name.strip().lower())

    def of_domain(self, email: str) -> Organization | None:
        """The organization that takes new users with this address."""
        return self._by_domain.get(email.rpartition("@")[2].lower())

    def create(self, name: str, external_id: str | None = None, **values: Any) -> Organization:
        """A new organization; that its name is free has been checked."""
        now = int(self._now())
        domains = values.pop("domain_names", [])
        created = Organization(
            id=self._store.next_id(),
            name=name,
            created_at=now,
            updated_at=now,
            external_id=external_id,
            domain_names=[each.lower() for each in domains],
            values=values,
        )
        self.keep(created)
        return created

    def keep(self, organization: Organization) -> None:
        """Store a new or changed organization."""
        self._store.documents.put("organization", organization.id, organization)
        self.by_id[organization.id] = organization
        self._by_name = {each.name.lower(): each for each in self.by_id.values()}
        self._by_domain = {name: each for each in self.by_id.values() for name in each.domain_names}

    def remove(self, organization: Organization) -> list[int]:
        """Forget an organization; the ids of its members."""
        members = [each for each in self.memberships.values() if each.organization_id == organization.id]
        for membership in members:
            self.leave(membership)
        self._store.documents.remove("organization", organization.id)
        del self.by_id[organization.id]
        self._by_name.pop(organization.name.lower(), None)
        self._by_domain = {name: each for each in self.by_id.values() for name in each.domain_names}
        return [each.user_id for each in members]

    def memberships_of(self, user_id: int) -> list[Membership]:
        """A user's memberships."""
        return list(self._of_user.get(user_id, ()))

    def join(self, user_id: int, organization_id: int, *, default: bool) -> Membership:
        """A new membership; that there is none yet has been checked."""
        joined = Membership(
            id=self._store.next_id(),
            user_id=user_id,
            organization_id=organization_id,
            default=default,
            created_at=int(self._now()),
        )
        self.memberships[joined.id] = joined
        self._of_user.setdefault(user_id, []).append(joined)
        self._store.documents.put("membership", joined.id, joined)
        return joined

    def make_default(self, membership: Membership) -> None:
        """Make one membership the default of its user."""
        for each in self._of_user.get(membership.user_id, ()):
            each.default = each is membership
            self._store.documents.put("membership", each.id, each)

    def leave(self, membership: Membership) -> None:
        """End a membership."""
        del self.memberships[membership.id]
        self._of_user[membership.user_id].remove(membership)
        self._store.documents.remove("membership", membership.id)

    def belong_only_to(self, user_id: int, organization_ids: Iterable[int]) -> None:
        """Replace a user's memberships, as a written `organization_id` does."""
        wanted = list(organization_ids)
        held = self.memberships_of(user_id)
        if [each.organization_id for each in held] == wanted:
            return
        for membership in held:
            self.leave(membership)
        for organization_id in wanted:
            self.join(user_id, organization_id, default=True)
