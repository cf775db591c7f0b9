"""The export of users: newline-delimited JSON of everybody, or of those changed in a window, flat with dotted names.

What is exported lags behind what is written: for a while new users are missing, and deleted ones still there.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

import orjson
from starlette.responses import Response

from penstock.sandbox.iterable.answers import ApiError
from penstock.sandbox.iterable.call import Call
from penstock.sandbox.iterable.dates import format_date
from penstock.sandbox.iterable.project import Project
from penstock.sandbox.iterable.user import User
from penstock.sandbox.iterable.value_types import Json

USERS_PER_PAGE = 1000
BROKEN_EVERY = 10
_DATA_TYPES = ("user", "emailSend", "emailOpen", "emailClick", "emailUnSubscribe", "purchase", "customEvent")
_Window = tuple[str, str]


def export_json(project: Project, call: Call) -> Response:
    """GET /api/export/data.json: `dataTypeName`, and `range` or `startDateTime` with `endDateTime`."""
    data_type = call.query.get("dataTypeName", "")
    if data_type not in _DATA_TYPES:
        raise ApiError(400, "BadParams", f"Invalid dataTypeName: {data_type}")
    window = _window(project, call)
    shown = _shown(call)
    breaks = project.switches["export_rows"] == "broken" and bool(call.query.getlist("onlyFields"))
    users = _pages(project, window, shown, breaks=breaks) if data_type == "user" else ()  # it keeps no events
    response = Response(b"".join(users), media_type="application/json")
    del response.headers["Content-Length"]  # so that it goes out in chunks
    return response


def _pages(project: Project, window: _Window, shown: Callable[[str], bool], *, breaks: bool) -> Iterator[bytes]:
    now = project.now()
    written = 0
    for page in _exported(project, now):
        lines = []
        for user in page:
            row = _flat(user.document()["dataFields"])
            if window[0] <= str(row.get("profileUpdatedAt", "")) < window[1]:
                written += 1
                line = orjson.dumps({name: value for name, value in row.items() if shown(name)})
                lines.append(line[:-1] if breaks and written % BROKEN_EVERY == 0 else line)
        yield b"".join(line + b"\n" for line in lines)


def _exported(project: Project, now: float) -> Iterable[list[User]]:
    yield project.store.still_exported(now)
    row = 0
    while users := project.store.users(row, USERS_PER_PAGE):
        hidden = project.store.not_yet_exported(row, users[-1].row, now)
        yield [user for user in users if user.row not in hidden]
        row = users[-1].row


def _flat(value: Json, prefix: str = "") -> dict[str, Json]:
    row: dict[str, Json] = {}
    for name, inner in value.items() if isinstance(value, Mapping) else ():
        if isinstance(inner, Mapping):
            row |= _flat(inner, f"{prefix}{name}.")
        else:
            row[prefix + name] = inner
    return row


def _shown(call: Call) -> Callable[[str], bool]:
    only = set(call.query.getlist("onlyFields"))
    omitted = set(call.query.get("omitFields", "").split(","))

    def shown(name: str) -> bool:
        parts = name.split(".")
        names = {".".join(parts[:length]) for length in range(1, len(parts) + 1)}
        return not names & omitted and (not only or bool(names & only))

    return shown


def _window(project: Project, call: Call) -> _Window:
    """The first moment of change to be exported and the one behind the last, as they are stored."""
    today = datetime.fromtimestamp(project.now(), UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    day = timedelta(days=1)
    ranges = {
        "Today": (format_date(today), "~"),
        "Yesterday": (format_date(today - day), format_date(today)),
        "BeforeToday": ("", format_date(today)),
        "All": ("", "~"),
    }
    named = call.query.get("range")
    if named is not None:
        if named not in ranges:
            raise ApiError(400, "BadParams", f"Invalid range: {named}")
        return ranges[named]
    if "startDateTime" not in call.query or "endDateTime" not in call.query:
        raise ApiError(400, "BadParams", "Either range or startDateTime and endDateTime must be specified")
    return _moment(call, "startDateTime"), _moment(call, "endDateTime")


def _moment(call: Call, name: str) -> str:
    text = call.query[name]
    try:
        moment = datetime.fromisoformat(text.replace(" +", "+").replace(" -", "-"))
    except ValueError:
        raise ApiError(400, "BadParams", f"Invalid {name}: {text}") from None
    return format_date((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC))
