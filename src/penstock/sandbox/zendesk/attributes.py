"""Which attributes of a user may be written, with their JSON types (contract, sections 2 and 4).

A wrong type fails the whole request with 400. Unknown and read-only attributes are dropped and reported.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from penstock.sandbox.zendesk.answers import ApiError, invalid_attribute
from penstock.sandbox.zendesk.json_types import Json

_TRUE = (True, "true", "1", 1)
_FALSE = (False, "false", "0", 0)


class _WrongType(ValueError):
    """The value has another type."""


def _string(value: Json) -> Json:
    if value is None or isinstance(value, str):
        return value
    raise _WrongType("must be a string")


def _integer(value: Json) -> Json:
    if isinstance(value, str) and (value == "" or value.removeprefix("-").isdecimal()):
        value = int(value) if value else None
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 63):
        return value
    raise _WrongType("must be an integer")


def _id(value: Json) -> Json:
    """An empty text is taken for nothing, null is refused."""
    if value is None:
        raise _WrongType("must be an integer")
    return _integer(value)


def _boolean(value: Json) -> Json:
    if value is None:
        return None
    if isinstance(value, bool | int | str):
        if value in _TRUE:
            return True
        if value in _FALSE:
            return False
    raise _WrongType("must be a boolean")


def _strings(value: Json) -> Json:
    if not isinstance(value, list):
        raise _WrongType("must be an array")
    return [str(each) for each in value if each is not None]


def _integers(value: Json) -> Json:
    if not isinstance(value, list):
        raise _WrongType("must be an array")
    return [_integer(each) for each in value]


def _object(value: Json) -> Json:
    if value is None or isinstance(value, dict):
        return value
    raise _WrongType("must be a hash")


def _objects(value: Json) -> Json:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise _WrongType("must be an array")
    return value


WRITABLE: Mapping[str, Callable[[Json], Json]] = {
    "name": _string,
    "email": _string,
    "external_id": _string,
    "phone": _string,
    "shared_phone_number": _boolean,
    "organization_id": _integer,
    "organization": _object,
    "tags": _strings,
    "user_fields": _object,
    "role": _string,
    "locale": _string,
    "locale_id": _integer,
    "time_zone": _string,
    "verified": _boolean,
    "skip_verify_email": _boolean,
    "suspended": _boolean,
    "notes": _string,
    "details": _string,
    "alias": _string,
    "signature": _string,
    "moderator": _boolean,
    "only_private_comments": _boolean,
    "ticket_restriction": _string,
    "default_group_id": _integer,
    "custom_role_id": _integer,
    "agent_brand_ids": _integers,
    "remote_photo_url": _string,
    "password": _string,
    "identities": _objects,
    "id": _id,
}
PLAIN = (
    "suspended", "notes", "details", "alias", "signature", "moderator", "only_private_comments",
    "ticket_restriction", "default_group_id", "custom_role_id", "time_zone",
)  # fmt: skip
"""Kept as they are given."""

Attributes = dict[str, Any]


class AttributeReader:
    """Reads the users of one request, collecting what it drops."""

    def __init__(
        self, action: str, fields: Collection[str], *, creating: bool, ignored: str | None, warn_fields: bool
    ) -> None:
        self._action = action
        self._fields = fields
        self._creating = creating
        self._ignored = ignored
        self._warn_fields = warn_fields
        self.dropped: dict[str, None] = {}

    def wrapped(self, body: Mapping[str, Json]) -> Attributes:
        """The user of a request that carries one."""
        if "user" not in body:
            raise self.missing("user")
        return self.read(body["user"], "user", "user")

    def read(self, raw: Json, where: str, name: str) -> Attributes:
        """One user; `where` is its place in the body for errors, `name` its place for warnings."""
        if not isinstance(raw, dict):
            raise invalid_attribute(where, "must be a hash", self._action)
        taken: Attributes = {}
        for key, value in raw.items():
            convert = WRITABLE.get(key)
            if convert is None or (key == "identities" and not self._creating) or key == self._ignored:
                self.dropped[f"{name}.{key}"] = None
                continue
            try:
                taken[key] = convert(value)
            except _WrongType as wrong:
                raise invalid_attribute(f"{where}.{key}", str(wrong), self._action) from wrong
        if taken.get("user_fields"):
            taken["user_fields"] = self._known_fields(taken["user_fields"], name)
        return taken

    def missing(self, wrapper: str) -> ApiError:
        """A body without the object that it has to have."""
        return invalid_attribute(wrapper, "is required", self._action)

    def _known_fields(self, given: Mapping[str, Json], name: str) -> dict[str, Json]:
        known = {}
        for key, value in given.items():
            if key not in self._fields:
                if self._warn_fields:
                    self.dropped[f"{name}.user_fields.{key}"] = None
            elif f"user_fields.{key}" == self._ignored:
                self.dropped[f"{name}.user_fields.{key}"] = None
            else:
                known[key] = value
        return known
