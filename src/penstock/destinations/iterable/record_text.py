"""The records of a batch, taken apart and put together again without touching a value.

Read into Python and written anew, `1234567890123456789.10` would become another number; so the text of every
attribute is kept as it was written.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from penstock.destinations.json_members import DECODER, members_of

ATTRIBUTES = "dataFields"


@dataclass(slots=True)
class RecordText:
    """One record: `content` to look at, and to take attributes out of; the texts to send."""

    content: dict[str, Any]
    members: dict[str, str]
    attributes: dict[str, str]

    def text(self) -> bytes:
        """The record as JSON with a comma behind it, with those attributes that `content` still has."""
        parts = [f"{name}:{text}" for name, text in self.members.items()]
        kept = self.content.get(ATTRIBUTES)
        if kept is not None:
            written = ",".join(f"{json.dumps(name)}:{self.attributes[name]}" for name in kept)
            parts.append(f'"{ATTRIBUTES}":{{{written}}}')
        return ("{" + ",".join(parts) + "},").encode()


def read_records(body: bytes | memoryview) -> list[RecordText]:
    """Take apart the records of a batch: compact JSON objects, each with a comma behind it."""
    text = bytes(body).decode()
    records = []
    position = 0
    while position < len(text):
        content, end = DECODER.raw_decode(text, position)
        members = {json.dumps(name): value for name, value in members_of(text, position)}
        attributes = members.pop(f'"{ATTRIBUTES}"', None)
        fields = dict(members_of(attributes)) if attributes is not None else {}
        records.append(RecordText(content=content, members=members, attributes=fields))
        position = end + 1
    return records
