"""Pages of users: by cursor, whose last page may be empty, and by offset (contract, section 9)."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from penstock.sandbox.zendesk.answers import ApiError, titled
from penstock.sandbox.zendesk.call import Call
from penstock.sandbox.zendesk.json_types import Json
from penstock.sandbox.zendesk.service import Service
from penstock.sandbox.zendesk.user import User

_LARGEST_PAGE = 100
_DEEPEST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page by number."""

    number: int
    size: int

    @property
    def offset(self) -> int:
        """How many records come before it."""
        return (self.number - 1) * self.size


def whole(call: Call, name: str, default: int, most: int) -> int:
    """A whole number of the query; anything else counts as not given."""
    text = call.query.get(name, "")
    return min(most, max(1, int(text))) if text.isdecimal() and len(text) < 10 else default


def wants_cursor(call: Call) -> bool:
    """Whether a list is asked for by cursor."""
    return any(name.startswith("page[") for name in call.query)


def offset_page(call: Call) -> Page:
    """The page asked for; ApiError beyond ten thousand records."""
    page = Page(number=whole(call, "page", 1, 10**9), size=whole(call, "per_page", _LARGEST_PAGE, _LARGEST_PAGE))
    if page.offset + page.size > _DEEPEST:
        error: dict[str, Json] = {
            "code": "InvalidPaginationDepth",
            "title": "Invalid pagination depth",
            "detail": "Requests beyond 10,000 records are not allowed, use cursor pagination instead",
        }
        raise ApiError(400, {"errors": [error]})
    return page


def offset_envelope(call: Call, page: Page, total: int) -> dict[str, Json]:
    """What goes with a page by number."""
    return {
        "next_page": _page_url(call, page.number + 1) if page.offset + page.size < total else None,
        "previous_page": _page_url(call, page.number - 1) if page.number > 1 else None,
        "count": total,
    }


def cursor_page(
    service: Service,
    call: Call,
    condition: str,
    values: Sequence[object],
    documents: Callable[[Sequence[User]], list[dict[str, Json]]],
) -> dict[str, Json]:
    """A page by cursor. A full page promises more, even where nothing comes: the last page may be empty."""
    size = whole(call, "page[size]", _LARGEST_PAGE, _LARGEST_PAGE)
    after = _read_cursor(call.query.get("page[after]"))
    users = service.account.store.select_users(f"{condition} AND id > ?", (*values, after), limit=size)
    has_more = len(users) == size
    after_cursor = _cursor(users[-1].id) if users else None
    before_cursor = _cursor(users[0].id) if users else None
    return {
        "users": documents(users),
        "meta": {"has_more": has_more, "after_cursor": after_cursor, "before_cursor": before_cursor},
        "links": {
            "prev": _link(call, "page[before]", before_cursor, size),
            "next": _link(call, "page[after]", after_cursor, size) if has_more else None,
        },
    }


def _page_url(call: Call, number: int) -> str:
    query = [(name, value) for name, value in call.query.multi_items() if name != "page"]
    return f"{call.base}{call.own_path}?{urlencode([*query, ('page', str(number))])}"


def _link(call: Call, name: str, cursor: str | None, size: int) -> str | None:
    if cursor is None:
        return None
    query = [(key, value) for key, value in call.query.multi_items() if not key.startswith("page[")]
    return f"{call.base}{call.own_path}?{urlencode([*query, (name, cursor), ('page[size]', str(size))])}"


def _cursor(user_id: int) -> str:
    return base64.b64encode(f"id:{user_id}".encode()).decode()


def _read_cursor(text: str | None) -> int:
    if text is None:
        return 0
    try:
        return int(base64.b64decode(text, validate=True).decode().removeprefix("id:"))
    except (binascii.Error, ValueError) as error:
        raise titled(400, "Invalid attribute", "page[after] is not valid") from error
