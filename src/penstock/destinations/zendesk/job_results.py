"""A job's results, read record by record: by position, and not believed where they contradict what was sent.

A failed item's `id` is its position in the request, not a user's (recorded). Items of updates and deletions name the
user's id; those of creations its address and external id, where the user has them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeGuard

from penstock.counting import counted
from penstock.destinations.zendesk.envelopes import Refusal, refusal_in
from penstock.destinations.zendesk.job_status import JobKind
from penstock.destinations.zendesk.refusal_codes import is_conflict
from penstock.destinations.zendesk.sent_records import SentRecord

_DONE = {"Created", "Updated", "Deleted"}
_KEYS = ("email", "external_id")


class Fate(StrEnum):
    """What a result says of one record."""

    CREATED = "created"
    UPDATED = "updated"
    FAILED = "failed"
    CONFLICT = "conflict"
    """Not applied, and to be sent once more."""
    ABSENT = "absent"
    """There is no result, which is how users who are gone may be told."""
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one record: the user's id where it was done, Zendesk's words where it was not."""

    fate: Fate
    remote_id: int | None = None
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """The results cannot belong to the records."""

    reason: str


def read_results(kind: JobKind, results: object, records: Sequence[SentRecord]) -> tuple[Verdict, ...] | Mismatch:
    """Return a verdict for each record, in their order."""
    if not isinstance(results, list) or not all(isinstance(item, dict) for item in results):
        return Mismatch(
            reason=f"Zendesk's job ended without a result for each of its {counted(len(records), 'record')}."
        )
    items: Sequence[Mapping[str, Any] | None] = results
    if not kind.creates and len(results) < len(records):
        items = _with_gaps(results, records)
    if len(items) != len(records):
        return Mismatch(
            reason=f"Zendesk's job has {counted(len(results), 'result')} for {counted(len(records), 'record')}."
        )
    misplaced = _misplaced(kind, items, records)
    if misplaced is not None:
        return Mismatch(reason=f"The result at position {misplaced} of Zendesk's job belongs to another record.")
    return tuple(_verdict(kind, item) for item in items)


def addresses_in(results: object) -> dict[str, int]:
    """Return the ids of users whom any job's results name as created or updated, by their addresses in lower case."""
    items = [item for item in results if isinstance(item, dict)] if isinstance(results, list) else []
    done = [item for item in items if not _failed(item) and item.get("status") in _DONE and _is_id(item.get("id"))]
    return {address: item["id"] for item in done if (address := _folded(item.get("email")))}


def _with_gaps(results: Sequence[Mapping[str, Any]], records: Sequence[SentRecord]) -> list[Mapping[str, Any] | None]:
    """Put results into place by the users' ids: of users who are gone there may be none at all."""
    by_id = {item["id"]: item for item in results if _is_id(item.get("id"))}
    placed = [by_id.get(record.content["id"]) for record in records]
    complete = [item for item in placed if item is not None] == list(results)
    return placed if complete else list(results)


def _verdict(kind: JobKind, item: Mapping[str, Any] | None) -> Verdict:
    if item is None:
        return Verdict(fate=Fate.ABSENT)
    status, remote_id = item.get("status"), item.get("id")
    if _failed(item):
        refusal = refusal_in(item)
        return Verdict(fate=Fate.CONFLICT if is_conflict(refusal) else Fate.FAILED, refusal=refusal)
    if status in _DONE and _is_id(remote_id):
        created = status == "Created" and kind.creates
        return Verdict(fate=Fate.CREATED if created else Fate.UPDATED, remote_id=remote_id)
    words = f"Zendesk's result for the record is of the unknown status {status!r}"
    return Verdict(fate=Fate.UNCLEAR, refusal=Refusal(code="", words=f"{words}, id {remote_id!r}."))


def _misplaced(kind: JobKind, items: Sequence[Mapping[str, Any] | None], records: Sequence[SentRecord]) -> int | None:
    """Return the first position whose result is another record's."""
    holders = {key: _holders(key, records) for key in _KEYS}
    ids = {record.content.get("id") for record in records} if not kind.creates else set()
    # Two records may be one user, by a second address; then both results show the same keys.
    named = Counter(item.get("id") for item in items if item is not None and not _failed(item))
    for position, (item, record) in enumerate(zip(items, records, strict=True)):
        if item is None:
            continue
        if _failed(item):
            if _belongs_elsewhere(item, position, record, ids, count=len(records)):
                return position
        elif not kind.creates and _is_id(item.get("id")) and item["id"] != record.content.get("id"):
            return position
        for key in _KEYS if named[item.get("id")] < 2 else ():
            value = _folded(item.get(key))
            # The user's own address may be another than the one it was found by; but not that of another record.
            if value and value != _folded(record.content.get(key)) and value in holders[key]:
                return position
    return None


def _belongs_elsewhere(
    item: Mapping[str, Any], position: int, record: SentRecord, ids: set[object], *, count: int
) -> bool:
    index, named = item.get("index"), item.get("id")
    if isinstance(index, int) and not isinstance(index, bool):
        return index != position
    if not _is_id(named) or named == record.content.get("id"):
        return False
    return named in ids or (named < count and named != position)


def _holders(key: str, records: Sequence[SentRecord]) -> set[str]:
    return {_folded(record.content.get(key)) for record in records}


def _failed(item: Mapping[str, Any]) -> bool:
    return item.get("status") == "Failed" or item.get("success") is False or bool(item.get("error"))


def _is_id(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _folded(value: object) -> str:
    return value.strip().lower() if isinstance(value, str) else ""
