"""Receipts: what is durably known of a run's batches, as read back from the journal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from penstock.plan.outcomes import Answer, RecordException
from penstock.plan.routes import route_of
from penstock.plan.shape import Addressing


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReceipt:
    """Records numbered `first` to `last` were started; without `answer` nobody knows how it ended.

    Numbers in between may belong to records that are not sent: `records` counts those that are. By `handle` an answer
    that never came can still be collected. `remote_ids` is a JSON list of pairs, number and id; `created` how many
    are new at the destination, None if it did not tell.
    """

    first: int
    last: int
    records: int
    answer: Answer | None
    ignored: tuple[str, ...] = ()
    code: str = ""
    reason: str = ""
    handle: str = ""
    remote_ids: str = ""
    created: int | None = None

    @property
    def is_lost(self) -> bool:
        """Whether it may or may not have been applied."""
        return self.answer is None or self.answer is Answer.LOST

    @property
    def is_by_id(self) -> bool:
        """Whether its records were addressed by remote id."""
        return route_of(self.last).addressing is Addressing.REMOTE_ID

    @property
    def is_reached(self) -> bool:
        """Whether it was sent, whatever became of it."""
        return self.answer is not Answer.NOT_SENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipts:
    """All batches of a run that were started, and the records that were not simply delivered."""

    batches: tuple[BatchReceipt, ...]
    exceptions: tuple[RecordException, ...]

    def delivered(self) -> dict[tuple[str, ...], list[tuple[int, int]]]:
        """Ranges of answered batches, coalesced, by the fields that were ignored in them."""
        ranges: dict[tuple[str, ...], list[tuple[int, int]]] = {}
        for batch in self.batches:
            if batch.answer is Answer.ANSWERED:
                ranges.setdefault(tuple(sorted(batch.ignored)), []).append((batch.first, batch.last))
        return {ignored: coalesce(parts) for ignored, parts in ranges.items()}

    def remote_ids(self) -> Iterator[tuple[int, str]]:
        """Numbers of records with the ids under which the destination keeps them."""
        for batch in self.batches:
            yield from json.loads(batch.remote_ids) if batch.remote_ids else ()

    def created_again(self) -> list[int]:
        """Numbers of records that were known by id and whose users were made anew, in full: they have another id."""
        renewed = [batch for batch in self.batches if batch.remote_ids and batch.is_by_id]
        return [number for batch in renewed for number, _ in json.loads(batch.remote_ids)]

    def lost(self) -> list[tuple[int, int]]:
        """Ranges of the batches in doubt, coalesced."""
        return coalesce((batch.first, batch.last) for batch in self.batches if batch.is_lost)


def coalesce(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join ranges (both ends included) that touch."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined


def range_sql(column: str, ranges: Sequence[tuple[int, int]]) -> str:
    """SQL that is true where a number lies in one of the ranges."""
    return "(" + (" OR ".join(f"{column} BETWEEN {lo} AND {hi}" for lo, hi in ranges) or "false") + ")"
