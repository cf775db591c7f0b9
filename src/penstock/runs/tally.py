"""Counting outcomes: receipts give whole batches, the plan's file gives the records behind the exceptions."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from penstock.engine import open_engine
from penstock.mapping.slots import WORD_BITS, mask
from penstock.plan.outcomes import Answer, Outcome
from penstock.plan.plan import Op, Plan
from penstock.plan.receipts import Receipts, range_sql
from penstock.plan.records import records_errors, records_sql
from penstock.plan.routes import restores_sql, route_of

EXAMPLES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Records of a plan by what became of them."""

    delivered: int = 0
    rejected: int = 0
    skipped: int = 0
    unknown: int = 0
    ignored_only: int = 0
    """Records of which the destination ignored every attribute that was sent."""
    ignored_examples: tuple[str, ...] = ()
    """Keys of some of those."""
    created: int | None = None
    """Delivered records that are new at the destination; None if it did not tell."""
    removed: int = 0
    """Delivered removals of those who left."""
    not_sent: int = 0
    not_sent_reason: str = ""
    sent_without_a_value: int = 0
    withheld: tuple[tuple[str, int], ...] = ()
    exceptions: tuple[tuple[Outcome, str, int, str, tuple[str, ...]], ...] = ()
    """Outcome, code, records, the destination's words for the first of them, some keys."""
    lost: tuple[tuple[str, int], ...] = ()
    """Why answers were lost → records."""

    @property
    def not_taken(self) -> int:
        """Planned records that were skipped after all: for a reason, with nothing kept of them, or not sent."""
        return self.skipped + self.ignored_only + self.not_sent


def tally(plan: Plan, path: Path | None, receipts: Receipts) -> Tally:
    """Count the outcomes of a plan. Raises StorageError if its file cannot be read."""
    withheld = {plan.name_of(slot): records for slot, records in plan.withheld.items()}
    if path is None or not plan.counts.sent:
        return Tally(withheld=_nonzero(withheld))
    exceptions = Counter(exception.outcome for exception in receipts.exceptions)
    numbers = sorted(exception.number for exception in receipts.exceptions)
    lost: Counter[str] = Counter()
    answered, not_sent, reason = 0, plan.counts.sent, ""
    for batch in receipts.batches:
        records = batch.records
        if batch.answer is Answer.NOT_SENT:
            reason = reason or batch.reason
            continue
        not_sent -= records
        if batch.answer is Answer.ANSWERED:
            answered += records
        else:
            inside = bisect_right(numbers, batch.last) - bisect_left(numbers, batch.first)
            lost[batch.reason or "The run was interrupted before the answer came."] += records - inside
    with records_errors(path):
        connection = open_engine(memory="256MB", scratch=path.parent)
        try:
            connection.execute(f"CREATE VIEW plan AS FROM {records_sql(path)}")
            ignored = _ignored(connection, plan, receipts)
            examples = _examples(connection, receipts)
            without = connection.execute(
                "SELECT count(*) FILTER (unsendable AND seq IS NOT NULL) FROM plan"
            ).fetchone()
        finally:
            connection.close()
    in_answered = _exceptions_in_answered(receipts)
    unknown = sum(lost.values()) + exceptions[Outcome.UNKNOWN]
    delivered = answered - in_answered - ignored.only
    return Tally(
        delivered=delivered,
        rejected=exceptions[Outcome.REJECTED],
        skipped=exceptions[Outcome.SKIPPED],
        unknown=unknown,
        ignored_only=ignored.only,
        ignored_examples=ignored.examples,
        created=_created(receipts, delivered),
        removed=_removed(receipts),
        not_sent=not_sent,
        not_sent_reason=reason,
        sent_without_a_value=without[0] if without else 0,
        withheld=_nonzero({**withheld, **ignored.fields}),
        exceptions=examples,
        lost=tuple((said, records) for said, records in lost.items() if records),
    )


def _created(receipts: Receipts, delivered: int) -> int | None:
    """New users among the delivered records; a destination may count those as well of which a field was refused."""
    told = [batch.created for batch in receipts.batches if batch.created is not None]
    return min(sum(told), delivered) if told else None


def _removed(receipts: Receipts) -> int:
    """Users who were removed: records of removals that were answered, without the exceptions among them."""
    answered = sum(
        each.records for each in receipts.batches if each.answer is Answer.ANSWERED and _removes(each.last)
    )
    return answered - _exceptions_in_answered(receipts, removals=True)


def _removes(number: int) -> bool:
    return route_of(number).action.removes


def _nonzero(records: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((name, count) for name, count in records.items() if count)


def _exceptions_in_answered(receipts: Receipts, *, removals: bool = False) -> int:
    """Count exceptions of answered batches, perhaps only those of removals."""
    ranges = [part for parts in receipts.delivered().values() for part in parts]
    numbers = [each.number for each in receipts.exceptions if not removals or _removes(each.number)]
    return sum(any(first <= number <= last for first, last in ranges) for number in numbers)


@dataclass(frozen=True, slots=True)
class _Ignored:
    """What was ignored: records of which nothing was kept, some of their keys, and each field's records."""

    only: int
    examples: tuple[str, ...]
    fields: Mapping[str, int]


def _ignored(connection: duckdb.DuckDBPyConnection, plan: Plan, receipts: Receipts) -> _Ignored:
    """Count records of which nothing was kept, and for each ignored field the records in which it was due.

    A field that was due in none went with users who were created again, in full; those had been known by id. Of them,
    and of those whose suspension was lifted, something was kept.
    """
    by_id = [each for each in receipts.batches if each.ignored and each.is_by_id]
    again = max(sum(batch.created or 0 for batch in by_id), min(1, len(by_id)))
    only = 0
    examples: list[str] = []
    fields: Counter[str] = Counter()
    kept = [exception.number for exception in receipts.exceptions] + receipts.created_again()
    for names, ranges in receipts.delivered().items():
        mapped = {each.slot.name: each.slot.number for each in plan.slots if each.slot.name in names}
        if not mapped:
            continue
        ignored, slots = list(mapped), list(mapped.values())
        rest = " AND ".join(f"(m{word} & {~mask(slots, word)}) = 0" for word in plan.words)
        rest += " AND (" + " OR ".join(f"m{word} <> 0" for word in plan.words) + ")"
        nothing = f"op <> '{Op.REMOVE}' AND {rest} AND NOT is_kept AND NOT {restores_sql('route')}"
        due = ", ".join(f"count(*) FILTER ((m{slot // WORD_BITS} & {1 << slot % WORD_BITS}) <> 0)" for slot in slots)
        row = connection.execute(
            f"SELECT count(*) FILTER ({nothing}), min(key::VARCHAR, {EXAMPLES}) FILTER ({nothing}), {due} FROM"
            " (SELECT *, seq IN (SELECT unnest($kept::BIGINT[])) AS is_kept FROM plan)"
            f" WHERE {range_sql('seq', ranges)}",
            {"kept": kept},
        ).fetchone() or (0, None)
        only += row[0]
        examples += row[1] or ()
        fields.update(dict(zip(ignored, row[2:], strict=True)))
        fields.update({name: again for name in ignored if not fields[name]})
    return _Ignored(only, tuple(examples[:EXAMPLES]), fields)


def _examples(
    connection: duckdb.DuckDBPyConnection, receipts: Receipts
) -> tuple[tuple[Outcome, str, int, str, tuple[str, ...]], ...]:
    groups: dict[tuple[Outcome, str], list[tuple[int, str]]] = {}
    for exception in receipts.exceptions:
        groups.setdefault((exception.outcome, exception.code), []).append((exception.number, exception.message))
    return tuple(
        (outcome, code, len(found), found[0][1], _keys(connection, [number for number, _ in found[:EXAMPLES]]))
        for (outcome, code), found in groups.items()
    )


def _keys(connection: duckdb.DuckDBPyConnection, numbers: Sequence[int]) -> tuple[str, ...]:
    marks = ", ".join("?" for _ in numbers)
    rows = connection.execute(
        f"SELECT key::VARCHAR FROM plan WHERE seq IN ({marks}) ORDER BY seq", numbers
    ).fetchall()
    return tuple(str(key) for (key,) in rows)
