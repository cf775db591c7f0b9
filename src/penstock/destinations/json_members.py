"""The members of a JSON object as they are written: no value is read and written anew."""

from __future__ import annotations

import json
from collections.abc import Iterator

DECODER = json.JSONDecoder()


def members_of(text: str, position: int = 0) -> Iterator[tuple[str, str]]:
    """Yield names and texts of the members of the compact object that begins at `position`."""
    while text[position] != "}" and text[position + 1] != "}":
        name, end = DECODER.raw_decode(text, position + 1)
        _, after = DECODER.raw_decode(text, end + 1)
        yield name, text[end + 1 : after]
        position = after
