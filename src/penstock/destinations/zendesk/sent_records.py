"""The records of a batch, taken apart and put together again without touching a value.

Read into Python and written anew, `1234567890123456789.10` would become another number; so texts stay as they are.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from penstock.destinations.json_members import DECODER, members_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SentRecord:
    """One record: its number in the plan, what it says, and the text to send."""

    number: int
    content: dict[str, Any]
    text: str

    def removal(self, remote_id: int, *, suspends: bool) -> SentRecord:
        """Return the record as the suspension or the deletion of the user of that id."""
        content: dict[str, Any] = {"id": remote_id, **({"suspended": True} if suspends else {})}
        return SentRecord(number=self.number, content=content, text=json.dumps(content, separators=(",", ":")))

    def by_id(self, remote_id: int, *, without: Collection[str]) -> SentRecord:
        """Return the record as an update of the user of that id, without some of its members."""
        members = [(name, text) for name, text in members_of(self.text) if name != "id" and name not in without]
        written = ",".join(f"{json.dumps(name)}:{text}" for name, text in [("id", str(remote_id)), *members])
        kept = {name: self.content[name] for name, _ in members}
        return SentRecord(number=self.number, content={"id": remote_id, **kept}, text=f"{{{written}}}")


def read_records(numbers: Sequence[int], body: bytes | memoryview) -> list[SentRecord]:
    """Take apart the records of a batch: compact JSON objects, each with a comma behind it."""
    text = bytes(body).decode()
    records: list[SentRecord] = []
    position = 0
    for number in numbers:
        content, end = DECODER.raw_decode(text, position)
        records.append(SentRecord(number=number, content=content, text=text[position:end]))
        position = end + 1
    if position != len(text):
        raise ValueError(f"{len(numbers)} records end at {position} of {len(text)} characters")
    return records


def users_body(records: Sequence[SentRecord]) -> bytes:
    """Write the body of a bulk request."""
    return b'{"users":[' + ",".join(record.text for record in records).encode() + b"]}"
