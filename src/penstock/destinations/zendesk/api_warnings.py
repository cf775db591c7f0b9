"""The header X-Zendesk-API-Warn: attributes that were dropped although the request succeeded (recorded).

It is written as Ruby writes a hash, `:unpermitted_keys=>["user.url", "user"]`; earlier it was a sentence,
`Removed restricted keys ["url"] from parameters according to whitelist`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from penstock.destinations.zendesk.judgement import USER_FIELDS, Place

HEADER = "x-zendesk-api-warn"

_LIST = re.compile(r"(?:unpermitted_keys\s*=>|\"?unpermitted_keys\"?\s*:|restricted keys)\s*\[([^\]]*)\]")
_ENTRY = re.compile(r'"((?:[^"\\]|\\.)*)"')
_WRAPPER = re.compile(r"(?:users(?:\.\d+)?|user)(?:\.|$)")


def dropped_places(headers: Mapping[str, str]) -> tuple[Place, ...]:
    """Return the places in a user's JSON that were dropped; all user fields at once are the place `user_fields`."""
    places: dict[Place, None] = {}
    for listed in _LIST.findall(headers.get(HEADER, "")):
        for entry in _ENTRY.findall(listed):
            path = _WRAPPER.sub("", entry, count=1) if _WRAPPER.match(entry) else entry
            member, dot, key = path.partition(".")
            if path and member == USER_FIELDS and dot:
                places[Place(member=USER_FIELDS, key=key)] = None
            elif path:
                places[Place(key=path)] = None
    return tuple(places)
