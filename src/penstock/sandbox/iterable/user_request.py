"""The shape of write requests: JSON to typed users, or the 400 that names the path of what is wrong.

The recorded texts are "Boolean value expected" and "Number value expected"; the others follow their pattern.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson

from penstock.sandbox.iterable.answers import ApiError
from penstock.sandbox.iterable.value_types import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class UserUpdate:
    """One user of a write request, as sent."""

    email: str | None = None
    user_id: str | None = None
    data: Mapping[str, Json] = field(default_factory=dict)
    merge_nested: bool = False
    prefer_user_id: bool = False


class BodyReader:
    """Reads the fields of a JSON body and collects every complaint, keyed by path."""

    def __init__(self, endpoint: str, body: bytes) -> None:
        self._endpoint = endpoint
        self.problems: dict[str, Json] = {}
        try:
            parsed: Json = orjson.loads(body)
        except orjson.JSONDecodeError:
            self.problems["obj"] = "JSON value expected"
            self.finish()
        self.root = self._object("obj", parsed)
        self.finish()

    def finish(self) -> None:
        """Raise BadJsonBody when anything was wrong."""
        if self.problems:
            message = f"[{self._endpoint}] Invalid JSON body"
            raise ApiError(400, "BadJsonBody", message, self.problems)

    def boolean(self, path: str, parent: Mapping[str, Json], name: str) -> bool | None:
        """An optional boolean."""
        value = parent.get(name)
        if value is None or isinstance(value, bool):
            return value
        self.problems[f"{path}.{name}"] = "Boolean value expected"
        return None

    def text(self, path: str, parent: Mapping[str, Json], name: str) -> str | None:
        """An optional string."""
        value = parent.get(name)
        if value is None or isinstance(value, str):
            return value
        self.problems[f"{path}.{name}"] = "String value expected"
        return None

    def integer(self, path: str, parent: Mapping[str, Json], name: str) -> int:
        """A required integer."""
        value = parent.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.problems[f"{path}.{name}"] = "Number value expected"
        return 0

    def users(self, name: str) -> list[UserUpdate]:
        """The required array of users."""
        value = self.root.get(name)
        if not isinstance(value, list):
            self.problems[f"obj.{name}"] = "Array value expected"
            return []
        return [
            self.user(path, self._object(path, each))
            for path, each in ((f"obj.{name}[{index}]", each) for index, each in enumerate(value))
        ]

    def user(self, path: str, parent: Mapping[str, Json]) -> UserUpdate:
        """One user object."""
        data = parent.get("dataFields")
        return UserUpdate(
            email=self.text(path, parent, "email"),
            user_id=self.text(path, parent, "userId"),
            data={} if data is None else self._object(f"{path}.dataFields", data),
            merge_nested=self.boolean(path, parent, "mergeNestedObjects") or False,
            prefer_user_id=self.boolean(path, parent, "preferUserId") or False,
        )

    def _object(self, path: str, value: Json) -> Mapping[str, Json]:
        if isinstance(value, dict):
            return value
        self.problems[path] = "Object value expected"
        return {}


_ARRAYS = {"/api/users/bulkUpdate": "users", "/api/lists/subscribe": "subscribers"}


def count_users(path: str, body: bytes) -> int:
    """How many users a write request carries, for the log; a request that is refused has them too."""
    if path == "/api/users/update":
        return 1
    if path not in _ARRAYS:
        return 0
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return 0
    users = document.get(_ARRAYS[path]) if isinstance(document, dict) else None
    return len(users) if isinstance(users, list) else 0
