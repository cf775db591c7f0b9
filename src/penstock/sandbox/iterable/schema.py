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


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """One user's data fields against the schema: what would be stored, and what stands against it."""

    data: dict[str, Json]
    new_fields: dict[str, str] = field(default_factory=dict)
    mismatches: list[TypeMismatch] = field(default_factory=list)
    oversized: list[str] = field(default_factory=list)


class SchemaCheck:
    """Examines the users of one request in turn; the fields of accepted ones bind the later ones."""

    def __init__(self, known: Mapping[str, str], *, create_new: bool) -> None:
        self._known = known
        self._create_new = create_new
        self.created: dict[str, str] = {}
        self.filtered_out: dict[str, None] = {}

    def examine(self, data: Mapping[str, Json]) -> Examination:
        """Check and convert one user's data fields without recording anything but dropped names."""
        found = Examination(data={})
        found.data.update(self._object("", data, found))
        return found

    def accept(self, examination: Examination) -> None:
        """Record the new fields of a user that will be applied."""
        self.created.update(examination.new_fields)

    def _type_of(self, path: str, found: Examination) -> str | None:
        return self._known.get(path) or self.created.get(path) or found.new_fields.get(path)

    def _object(self, prefix: str, data: Mapping[str, Json], found: Examination) -> dict[str, Json]:
        kept: dict[str, Json] = {}
        for name, value in data.items():
            path = prefix + name
            expected = self._type_of(path, found)
            if expected is None and not self._create_new:
                self._drop(path, value)
                continue
            if oversized(value):
                found.oversized.append(path)
            elif self._fits(path, name, value, expected, found):
                kept[name] = self._converted(path, value, found)
        return kept

    def _fits(self, path: str, name: str, value: Json, expected: str | None, found: Examination) -> bool:
        # Strings in string fields are most of the traffic, and any string fits.
        if expected == "string" and isinstance(value, str):
            return True
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
        if isinstance(value, str):
            if self._type_of(path, found) == "date":
                return stored_date(value)
            return value
        if isinstance(value, dict):
            if self._type_of(path, found) == "geo_location":
                return value
            return self._object(f"{path}.", value, found)
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
