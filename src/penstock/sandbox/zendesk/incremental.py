"""The incremental export of users by cursor (contract, section 9)."""

import base64
import binascii
from urllib.parse import urlencode

from starlette.responses import Response

from penstock.sandbox.zendesk.answers import described, json_response
from penstock.sandbox.zendesk.call import Call
from penstock.sandbox.zendesk.json_types import Json
from penstock.sandbox.zendesk.paging import whole
from penstock.sandbox.zendesk.service import Service
from penstock.sandbox.zendesk.user import User

_LARGEST_PAGE = 1000
_RECENT_SECONDS = 60
_Position = tuple[int, int]


def users(service: Service, call: Call) -> Response:
    """GET /incremental/users/cursor: everybody changed since a time, deleted ones too, not the last minute."""
    account = service.account
    recent = account.now() - _RECENT_SECONDS / account.speed
    position = _position(call, recent)
    size = whole(call, "per_page", _LARGEST_PAGE, _LARGEST_PAGE)
    # A second has to be over: whoever is changed within it later would be missed behind the cursor.
    found = account.store.select_users(
        "changed < ? AND (changed, id) > (?, ?)", (int(recent), *position), order="changed, id", limit=size
    )
    if found:
        position = (found[-1].updated_at, found[-1].id)
    cursor = _cursor(position)
    again = {"per_page": str(size)} if "per_page" in call.query else {}
    return json_response(
        {
            "users": _documents(service, call, found),
            "after_url": f"{call.base}/incremental/users/cursor.json?{urlencode({'cursor': cursor, **again})}",
            "before_url": None,
            "after_cursor": cursor,
            "before_cursor": None,
            "end_of_stream": len(found) < size,
        }
    )


def _documents(service: Service, call: Call, found: list[User]) -> list[dict[str, Json]]:
    fields = list(service.account.shown_fields())
    return [each.document(call.base, fields) for each in found]


def _position(call: Call, recent: float) -> _Position:
    cursor = call.query.get("cursor")
    if cursor is not None:
        return _read_cursor(cursor)
    start = call.query.get("start_time", "")
    if not start.isdecimal() or len(start) > 15:
        raise described(400, "InvalidValue", "start_time must be a time in epoch seconds")
    if int(start) > recent:
        raise described(400, "StartTimeTooRecent", "Too recent start_time. Use a start_time older than 60 seconds")
    return int(start), -1


def _cursor(position: _Position) -> str:
    return base64.b64encode(f"{position[0]}.0||{max(0, position[1])}|".encode()).decode()


def _read_cursor(text: str) -> _Position:
    try:
        changed, user_id = base64.b64decode(text, validate=True).decode().split("||")
        return int(float(changed)), int(user_id.rstrip("|"))
    except (binascii.Error, ValueError, UnicodeDecodeError) as error:
        raise described(400, "InvalidCursor", "cursor is not valid") from error
