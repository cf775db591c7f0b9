"""The user schema: a field's type is that of the first value ever received, for the project and for good."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from penstock.sandbox.iterable.dates import stored_date
from penstock.sandbox.iterable.value_types import Json, oversized, possible_types

# What a fresh project knows already; these are never "new" and do not count against the limit.
SYSTEM_FIELDS: Mapping[str, str] = {
    "email": "string",
    "userId": "string",
    "signupDate": "date",
    "signupSource": "string",
    "profileUpdatedAt": "date",
    "phoneNumber": "string",
    "emailListIds": "long",
    "unsubscribedChannelIds": "long",
    "unsubscribedMessageTypeIds": "long",
    "subscribedMessageTypeIds": "long",
    "itblUserId": "string",
    "itblInternal": "object",
    "itblInternal.documentCreatedAt": "date",
    "itblInternal.documentUpdatedAt": "date",
    "itblInternal.emailDomain": "string",
    "itblInternal.regionCode": "string",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeMismatch:
    """A value that does not fit its field; `incoming` are the types it could have taken."""

    path: str
    expected: str
    incoming: tuple[str, ...]
    value: Json


@dataclass(slots=True, kw_only=True)
class Examination:
    """One user's data fields against the schema: what would be stored, and what stands against it."""

    data: dict[str, Json] = field(default_factory=dict)
    new_fields: dict[str, str] = field(default_factory=dict)
    mismatches: list[TypeMismatch] = field(default_factory=list)
    oversized: list[str] = field(default_factory=list)


# Values that fit their field as they are; nearly all are of this kind.
_PLAIN: Mapping[type, frozenset[str]] = {
    str: frozenset({"string"}),
    int: frozenset({"long", "double"}),
    float: frozenset({"double"}),
    bool: frozenset({"boolean"}),
}
_NOTHING: frozenset[str] = frozenset()


class SchemaCheck:
    """Examines the users of one request in turn; the fields of accepted ones bind the later ones."""

    def __init__(self, known: Mapping[str, str], *, create_new: bool) -> None:
        self._types = dict(known)
        self._create_new = create_new
        self.created: dict[str, str] = {}
        self.filtered_out: dict[str, None] = {}

    def examine(self, data: Mapping[str, Json]) -> Examination:
        """Check and convert one user's data fields without recording anything but dropped names."""
        found = Examination()
        self._examine_object("", data, found.data, found)
        return found

    def accept(self, examination: Examination) -> None:
        """Record the new fields of a user that will be applied."""
        if examination.new_fields:
            self.created.update(examination.new_fields)
            self._types.update(examination.new_fields)

    def _examine_object(
        self, prefix: str, data: Mapping[str, Json], kept: dict[str, Json], found: Examination
    ) -> None:
        for name, value in data.items():
            path = prefix + name if prefix else name
            expected = self._types.get(path) or found.new_fields.get(path)
            if type(value) is str and oversized(value):
                found.oversized.append(path)
            elif expected in _PLAIN.get(type(value), _NOTHING):
                kept[name] = value
            elif expected is None and not self._create_new:
                self._drop(path, value)
            elif self._fits(path, name, value, expected, found):
                kept[name] = self._converted(path, value, found)

    def _fits(self, path: str, name: str, value: Json, expected: str | None, found: Examination) -> bool:
        types = possible_types(name, value)
        if types is None:
            return True
        if expected is None and types:
            found.new_fields[path] = types[0]
        elif expected not in types:
            found.mismatches.append(
                TypeMismatch(path=path, expected=expected or "unknown", incoming=types, value=value)
            )
            return False
        return True

    def _converted(self, path: str, value: Json, found: Examination) -> Json:
        stored_as = self._types.get(path) or found.new_fields.get(path)
        if isinstance(value, str):
            return stored_date(value) if stored_as == "date" else value
        if isinstance(value, dict) and stored_as != "geo_location":
            kept: dict[str, Json] = {}
            self._examine_object(f"{path}.", value, kept, found)
            return kept
        if isinstance(value, list):
            return [self._converted(path, element, found) for element in value]
        return value

    def _drop(self, path: str, value: Json) -> None:
        if value is None:
            return
        self.filtered_out[path] = None
        if isinstance(value, dict):
            for name, inner in value.items():
                self._drop(f"{path}.{name}", inner)
