"""An identity: one of the addresses and numbers by which a user is known (contract, section 8)."""

from dataclasses import dataclass

from penstock.sandbox.zendesk.json_types import Json
from penstock.sandbox.zendesk.times import iso_time

EMAIL = "email"
PHONE = "phone_number"
TYPES = (EMAIL, PHONE, "twitter", "facebook", "google", "agent_forwarding", "any_channel", "foreign", "sdk")
_EXAMPLES = ("example.com", "example.org", "example.net", "example.edu")


@dataclass(slots=True, kw_only=True)
class Identity:
    """One identity; unique over the account by type and value, in any case. Times are in epoch seconds."""

    id: int
    type: str
    value: str
    verified: bool
    primary: bool
    created_at: int
    updated_at: int

    @property
    def key(self) -> tuple[str, str]:
        """What no other user may have."""
        return identity_key(self.type, self.value)

    def document(self, user_id: int, base: str) -> dict[str, Json]:
        """The identity as the API gives it."""
        shown: dict[str, Json] = {
            "url": f"{base}/users/{user_id}/identities/{self.id}.json",
            "id": self.id,
            "user_id": user_id,
            "type": self.type,
            "value": self.value,
            "verified": self.verified,
            "primary": self.primary,
            "created_at": iso_time(self.created_at),
            "updated_at": iso_time(self.updated_at),
        }
        if self.type == EMAIL:
            reserved = self.value.rpartition("@")[2] in _EXAMPLES
            shown["undeliverable_count"] = 0
            shown["deliverable_state"] = "reserved_example" if reserved else "deliverable"
        return shown


def identity_key(kind: str, value: str) -> tuple[str, str]:
    """Type and value as they are compared: without case."""
    return kind, value.strip().lower()
