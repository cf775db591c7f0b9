"""One API call as the endpoints see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson
from starlette.datastructures import QueryParams

from penstock.sandbox.exchange import Exchange
from penstock.sandbox.zendesk.answers import record_not_found, titled, too_many_values
from penstock.sandbox.zendesk.json_types import Json

MOST_VALUES = 100


@dataclass(slots=True, kw_only=True)
class Call:
    """The request and who sent it.

    `base` is what URLs in the answer begin with, `own_path` what follows it in this request,
    `path` the values in the path, `action` such as users/update.
    `dropped` are attributes that the answer reports as ignored, `headers` what else it says.
    """

    action: str
    base: str
    own_path: str
    path: Mapping[str, str]
    query: QueryParams
    exchange: Exchange
    is_json: bool
    login: str | None
    dropped: dict[str, None] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Json]:
        """The JSON object of the body; empty where there is none, or where its content type is another."""
        if not self.exchange.body or not self.is_json:
            return {}
        try:
            document = orjson.loads(self.exchange.body)
        except orjson.JSONDecodeError as error:
            raise titled(400, "Invalid JSON", "The request body is not valid JSON.") from error
        return document if isinstance(document, dict) else {}

    def id(self, name: str = "id") -> int:
        """An id in the path; anything else is not found."""
        text = self.path[name]
        if not text.isdecimal() or len(text) > 18:
            raise record_not_found()
        return int(text)

    def listed(self, name: str) -> list[str] | None:
        """The values of a parameter, separated by commas; None when it is not given. A hundred at most."""
        text = self.query.get(name)
        if text is None:
            return None
        values = [each for each in text.split(",") if each]
        if len(values) > MOST_VALUES:
            raise too_many_values(
                f"Parameter {name} cannot specify more than {MOST_VALUES} values", max_count=MOST_VALUES
            )
        return values

    def listed_ids(self, name: str) -> list[int] | None:
        """The ids of a parameter; what is no number is no id of anything."""
        values = self.listed(name)
        return None if values is None else [int(each) for each in values if each.isdecimal() and len(each) < 19]

    @property
    def include(self) -> set[str]:
        """What is to be side-loaded."""
        return set((self.query.get("include") or "").split(","))
