"""A user: what is stored, and the object that the API gives (contract, section 4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from penstock.sandbox.zendesk.field_definition import FieldDefinition
from penstock.sandbox.zendesk.identity import EMAIL, PHONE, Identity
from penstock.sandbox.zendesk.json_types import Json
from penstock.sandbox.zendesk.locales import ACCOUNT_TIME_ZONE, iana_name
from penstock.sandbox.zendesk.times import iso_time


@dataclass(slots=True, kw_only=True)
class User:
    """One user. `values` has the plain attributes that were ever set; times are in epoch seconds."""

    id: int
    created_at: int
    updated_at: int
    name: str = ""
    external_id: str | None = None
    role: str = "end-user"
    active: bool = True
    shared_phone: str | None = None
    tags: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)
    identities: list[Identity] = field(default_factory=list)
    verification_mails: int = 0

    @property
    def external_key(self) -> str | None:
        """The external id as it is compared: without case."""
        return None if self.external_id is None else self.external_id.lower()

    @property
    def verified(self) -> bool:
        """Whether any identity is."""
        return any(each.verified for each in self.identities)

    def has(self, kind: str, key: str) -> bool:
        """Whether an identity is this one; `key` is lower-cased."""
        return any(each.type == kind and each.value.lower() == key for each in self.identities)

    @property
    def email(self) -> str | None:
        """The primary address."""
        return next((each.value for each in self.identities if each.type == EMAIL and each.primary), None)

    @property
    def phone(self) -> str | None:
        """The shared number, or else the first direct line."""
        return self.shared_phone or self.direct_line

    @property
    def direct_line(self) -> str | None:
        """The first phone identity."""
        return next((each.value for each in self.identities if each.type == PHONE), None)

    def stored(self) -> bytes:
        """The user as it is kept."""
        return orjson.dumps(self)

    def document(
        self, base: str, definitions: Iterable[FieldDefinition], *, as_written: bool = False
    ) -> dict[str, Json]:
        """The user as the API gives it, in the recorded order; the answer to a write keeps the order of tags."""
        value = self.values.get
        phone = self.phone
        zone = value("time_zone") or ACCOUNT_TIME_ZONE
        return {
            "id": self.id,
            "url": f"{base}/users/{self.id}.json",
            "name": self.name,
            "email": self.email,
            "created_at": iso_time(self.created_at),
            "updated_at": iso_time(self.updated_at),
            "time_zone": zone,
            "iana_time_zone": iana_name(zone),
            "phone": phone,
            "shared_phone_number": None if phone is None else self.shared_phone is not None,
            "photo": None,
            "locale_id": value("locale_id", 1),
            "locale": value("locale", "en-US"),
            "organization_id": value("organization_id"),
            "role": self.role,
            "verified": self.verified,
            "external_id": self.external_id,
            "tags": list(self.tags) if as_written else sorted(self.tags),
            "alias": value("alias"),
            "active": self.active,
            "shared": False,
            "shared_agent": False,
            "last_login_at": None,
            "two_factor_auth_enabled": False,
            "signature": value("signature"),
            "details": value("details"),
            "notes": value("notes"),
            "role_type": None,
            "custom_role_id": value("custom_role_id"),
            "moderator": value("moderator", False),
            "ticket_restriction": value("ticket_restriction", "requested"),
            "only_private_comments": value("only_private_comments", False),
            "restricted_agent": self.role != "admin",
            "suspended": value("suspended", False),
            "default_group_id": value("default_group_id"),
            "report_csv": self.role == "admin",
            "user_fields": {each.key: each.shown(self.fields.get(each.key)) for each in definitions},
        }


def restored(text: bytes) -> User:
    """A user from what is kept."""
    raw: dict[str, Any] = orjson.loads(text)
    raw["identities"] = [Identity(**each) for each in raw["identities"]]
    return User(**raw)


def anonymous(base: str) -> Mapping[str, Json]:
    """Who is asking without credentials: 200, but no id (contract, section 1)."""
    document = User(id=0, created_at=0, updated_at=0, name="Anonymous user").document(base, ())
    return document | {"id": None, "url": None, "created_at": None, "updated_at": None}
