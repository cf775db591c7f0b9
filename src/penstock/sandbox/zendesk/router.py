"""Finds the endpoint of a request; a trailing `.json` changes nothing (contract, section 1)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from penstock.sandbox.zendesk.routes import ApiRoute

BASE = "/api/v2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An endpoint with the values in the path."""

    route: ApiRoute
    values: Mapping[str, str]


class Router:
    """All endpoints: fixed paths are looked up, the others tried in order."""

    def __init__(self, routes: Iterable[ApiRoute]) -> None:
        self._fixed: dict[tuple[str, str], ApiRoute] = {}
        self._patterns: list[tuple[re.Pattern[str], ApiRoute]] = []
        for route in routes:
            if "{" in route.path:
                pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route.path)
                self._patterns.append((re.compile(pattern), route))
            else:
                self._fixed[route.method, route.path] = route

    def find(self, method: str, path: str) -> Match | None:
        """The endpoint of a method and a path below the base."""
        path = path.removesuffix(".json")
        fixed = self._fixed.get((method, path))
        if fixed is not None:
            return Match(route=fixed, values={})
        if any(known == path for _, known in self._fixed):
            return None
        for pattern, route in self._patterns:
            found = pattern.fullmatch(path) if route.method == method else None
            if found is not None:
                return Match(route=route, values=found.groupdict())
        return None
