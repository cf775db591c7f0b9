"""A user while a request works on it, and the profile fields that Iterable itself keeps."""

from dataclasses import dataclass, field

from penstock.sandbox.iterable.value_types import Json

# Calling codes of the regions most often seen in sample data; Iterable knows all of them.
_REGIONS = {
    "+1": "US", "+7": "RU", "+31": "NL", "+32": "BE", "+33": "FR", "+34": "ES", "+39": "IT", "+41": "CH",
    "+43": "AT", "+44": "GB", "+45": "DK", "+46": "SE", "+47": "NO", "+48": "PL", "+49": "DE", "+52": "MX",
    "+55": "BR", "+61": "AU", "+81": "JP", "+86": "CN", "+91": "IN", "+351": "PT", "+353": "IE", "+358": "FI",
}  # fmt: skip


@dataclass(slots=True, kw_only=True)
class User:
    """One user; `profile` is `dataFields` without the mirrored identifiers.

    `row` is 0 until stored; `renamed` tells that an identifier is not as it is stored.
    """

    row: int = 0
    renamed: bool = False
    email: str | None = None
    user_id: str | None = None
    profile: dict[str, Json] = field(default_factory=dict)

    def document(self) -> dict[str, Json]:
        """The `user` object of a read."""
        fields: dict[str, Json] = dict(self.profile)
        shown: dict[str, Json] = {}
        if self.email is not None:
            shown["email"] = fields["email"] = self.email
        shown["dataFields"] = fields
        if self.user_id is not None:
            shown["userId"] = fields["userId"] = self.user_id
        return shown


def sign_up(user: User, source: str, requested_at: str) -> None:
    """Give a new user the fields that every new user has; what the request says comes after."""
    user.profile["signupDate"] = requested_at
    user.profile["signupSource"] = source
    user.profile["itblInternal"] = {"documentCreatedAt": requested_at}


def touch(user: User, requested_at: str, processed_at: str) -> None:
    """Renew the fields that Iterable derives at every write; a request cannot set these."""
    internal: dict[str, Json] = {"documentUpdatedAt": processed_at}
    present = user.profile.get("itblInternal")
    if isinstance(present, dict):
        internal["documentCreatedAt"] = present.get("documentCreatedAt")
    if user.email is not None:
        internal["emailDomain"] = user.email.rpartition("@")[2]
    region = _region(user.profile.get("phoneNumber"))
    if region is not None:
        internal["regionCode"] = region
    user.profile["profileUpdatedAt"] = requested_at
    user.profile["itblInternal"] = internal


def _region(phone: Json) -> str | None:
    if not isinstance(phone, str):
        return None
    for length in (4, 3, 2):
        if phone[:length] in _REGIONS:
            return _REGIONS[phone[:length]]
    return None
