"""One API call as the endpoints see it."""

from dataclasses import dataclass

from starlette.datastructures import QueryParams

from penstock.sandbox.exchange import Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The request, its route and its place in the log; `path_value` is the identifier in the path."""

    endpoint: str
    query: QueryParams
    path_value: str
    body: bytes
    exchange: Exchange
