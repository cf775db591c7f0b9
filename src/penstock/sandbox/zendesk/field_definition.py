"""A user field: its definition, and which values it takes (contract, section 10)."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from penstock.sandbox.zendesk.json_types import Json
from penstock.sandbox.zendesk.times import iso_time

TYPES = (
    "text", "textarea", "checkbox", "date", "integer", "decimal", "regexp", "dropdown", "multiselect", "lookup",
)  # fmt: skip
DATE_PATTERN = r"\A([0-9]{4})-(1[0-2]|0[1-9])-(3[01]|[12][0-9]|0[1-9])\z"
_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s?(Z|UTC|[+-]\d\d:?\d\d)?)?", re.ASCII)


class WrongValue(ValueError):
    """A value that a field of this type does not take; says what it should be."""


@dataclass(slots=True, kw_only=True)
class FieldDefinition:
    """One user field; `options` are those of dropdown and multiselect. Times are in epoch seconds."""

    id: int
    key: str
    type: str
    title: str
    created_at: int
    updated_at: int
    description: str = ""
    position: int = 9999
    active: bool = True
    regexp: str | None = None
    tag: str | None = None
    options: list[dict[str, Any]] = field(default_factory=list)
    relationship_target_type: str | None = None

    def document(self, base: str) -> dict[str, Json]:
        """The field as the API gives it."""
        shown: dict[str, Json] = {
            "url": f"{base}/user_fields/{self.id}.json",
            "id": self.id,
            "type": self.type,
            "key": self.key,
            "title": self.title,
            "description": self.description,
            "raw_title": self.title,
            "raw_description": self.description,
            "position": self.position,
            "active": self.active,
            "system": False,
            "regexp_for_validation": self.regexp,
            "created_at": iso_time(self.created_at),
            "updated_at": iso_time(self.updated_at),
        }
        if self.type == "checkbox":
            shown["tag"] = self.tag
        if self.type in ("dropdown", "multiselect"):
            shown["custom_field_options"] = self.options
        if self.type == "lookup":
            shown["relationship_target_type"] = self.relationship_target_type
        return shown

    def shown(self, value: Json) -> Json:
        """A user's value of this field; a checkbox is never null."""
        return False if value is None and self.type == "checkbox" else value

    @property
    def has_tags(self) -> bool:
        """Whether values of this field bring tags to their users."""
        return self.type in ("checkbox", "dropdown", "multiselect")

    def tags(self, value: Json) -> list[str]:
        """The tags that a value brings to its user."""
        if self.type == "checkbox":
            return [self.tag] if value and self.tag else []
        if self.type == "dropdown":
            return [value] if isinstance(value, str) else []
        if self.type == "multiselect" and isinstance(value, list):
            return [each for each in value if isinstance(each, str)]
        return []

    def accept(self, value: Json) -> Json:
        """The value as it is kept; WrongValue."""
        if value is None or (value == "" and self.type != "checkbox"):
            return None
        match self.type:
            case "integer" | "lookup":
                return _whole(value)
            case "decimal":
                return _decimal(value)
            case "checkbox":
                return _checked(value)
            case "date":
                return _day(value)
            case "dropdown":
                return self._option(value)
            case "multiselect":
                return self._options(value)
            case _:
                return self._text(value)

    def _text(self, value: Json) -> str:
        if not isinstance(value, str):
            raise WrongValue("must be a string")
        if self.regexp and self.type == "regexp" and not _matches(self.regexp, value):
            raise WrongValue("does not match the regular expression")
        return value

    def _option(self, value: Json) -> str:
        if not isinstance(value, str) or all(value != each["value"] for each in self.options):
            raise WrongValue("is not one of the options")
        return value

    def _options(self, value: Json) -> list[str]:
        if not isinstance(value, list):
            raise WrongValue("must be an array")
        return [self._option(each) for each in value]


def _whole(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise WrongValue("must be an integer")
    return value


def _decimal(value: Json) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WrongValue("must be a number")
    return value


def _checked(value: Json) -> bool:
    if value not in (True, False, 0, 1) or isinstance(value, float):
        raise WrongValue("must be true or false")
    return bool(value)


def _day(value: Json) -> str:
    try:
        if not isinstance(value, str) or not _DATE.fullmatch(value):
            raise ValueError(value)
        if len(value) > 10:
            datetime.fromisoformat(value[:16])
        day = date.fromisoformat(value[:10])
    except ValueError as error:
        raise WrongValue("must be a date such as 2020-08-19") from error
    return f"{day.isoformat()}T00:00:00+00:00"


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.search(pattern.replace(r"\z", r"\Z"), value) is not None
    except re.error:
        return True
