"""The account's user fields, inactive ones included. Source: Zendesk's API reference, User Fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from penstock.destinations.http.answers import expect_object, stop_if_hopeless
from penstock.destinations.http.messages import Request
from penstock.destinations.http.session import HttpSession

PATH = "/api/v2/user_fields"
_MOST_PAGES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class UserField:
    """A user field; `options` are pairs of name and value, in Zendesk's order."""

    id: int
    key: str
    title: str
    type: str
    active: bool = True
    options: tuple[tuple[str, str], ...] = ()
    regexp: str | None = None
    relationship_target_type: str | None = None

    @property
    def option_values(self) -> tuple[str, ...]:
        """The values of its options, the only ones that it takes."""
        return tuple(value for _, value in self.options)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFields:
    """All user fields of an account."""

    all: tuple[UserField, ...] = ()

    def with_key(self, key: str) -> UserField | None:
        """Return the field of exactly that key."""
        return next((each for each in self.all if each.key == key), None)

    def with_key_like(self, key: str) -> UserField | None:
        """Return the field of that key, whatever the case of its letters."""
        return self.with_key(key) or next((each for each in self.all if each.key.lower() == key.lower()), None)

    def titled(self, title: str) -> tuple[UserField, ...]:
        """Return the fields of exactly that title."""
        return tuple(each for each in self.all if each.title == title)


async def read_user_fields(session: HttpSession, *, credentials_fix: str) -> UserFields:
    """Read every page. Of a link to the next one only its query is followed, for hosts may differ."""
    found: dict[str, UserField] = {}
    query: Mapping[str, str] | None = {"per_page": "100"}
    seen: list[Mapping[str, str]] = []
    while query is not None and query not in seen and len(seen) < _MOST_PAGES:
        seen.append(query)
        request = Request(method="GET", path=PATH, query=query, purpose="reading the user fields", write=False)
        reply = await session.send(request)
        stop_if_hopeless(session, request, reply, credentials_fix=credentials_fix)
        content = expect_object(session, request, reply)
        fields = content.get("user_fields")
        for each in fields if isinstance(fields, list) else []:
            field = read_user_field(each)
            if field is not None:
                found[field.key] = field
        query = _next_query(content)
    return UserFields(all=tuple(found.values()))


def read_user_field(value: object) -> UserField | None:
    """Read one field of an answer; None if it is none that could be mapped."""
    if not isinstance(value, dict) or not isinstance(value.get("key"), str) or not isinstance(value.get("id"), int):
        return None
    return UserField(
        id=value["id"],
        key=value["key"],
        title=str(value.get("title") or value.get("raw_title") or value["key"]),
        type=str(value.get("type") or "text"),
        active=value.get("active") is not False,
        options=_options(value.get("custom_field_options")),
        regexp=_text(value.get("regexp_for_validation")),
        relationship_target_type=_text(value.get("relationship_target_type")),
    )


def _options(value: object) -> tuple[tuple[str, str], ...]:
    options: Sequence[Any] = value if isinstance(value, list) else ()
    return tuple(
        (str(each.get("name") or each["value"]), each["value"])
        for each in options
        if isinstance(each, dict) and isinstance(each.get("value"), str)
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _next_query(content: Mapping[str, Any]) -> Mapping[str, str] | None:
    """Return the query of the next page, told by page number or by cursor."""
    meta, links = content.get("meta"), content.get("links")
    following = content.get("next_page")
    if isinstance(meta, dict) and isinstance(links, dict):
        following = links.get("next") if meta.get("has_more") is True else None
    return dict(parse_qsl(urlsplit(following).query)) if isinstance(following, str) and following else None
