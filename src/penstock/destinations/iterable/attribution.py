"""Which records Iterable means: it names failed users by identifier alone, without position and without reason."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from penstock.counting import counted
from penstock.destinations.contract import Outcome
from penstock.destinations.iterable.bulk_answer import BulkAnswer, FailedIdentifier

SentRecord = Mapping[str, Any]
"""A record as it was sent: its identifier, `dataFields`, constants."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one record of a request, by its position there."""

    position: int
    outcome: Outcome
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Verdicts on named records, and why the others cannot be taken as delivered (empty when they can)."""

    verdicts: tuple[Verdict, ...]
    contradiction: str = ""


def is_plain_success(answer: BulkAnswer, count: int) -> bool:
    """Whether nobody failed and the counts say so; then the records need not be looked at."""
    return not answer.failures and answer.failed == 0 and _counts_cover(answer, count)


def attribute(answer: BulkAnswer, records: Sequence[SentRecord]) -> Attribution:
    """Find the records that an answer names as failed, and check its counts against what was found."""
    named = Counter((failure.is_email, _folded(failure)) for failure in answer.failures)
    first = {(failure.is_email, _folded(failure)): failure for failure in reversed(answer.failures)}
    own, inner = _index(records)
    verdicts: dict[int, Verdict] = {}
    doubtful = 0
    for name, failure in first.items():
        positions = [each for each in own.get(name) or inner.get(name) or [] if each not in verdicts]
        if not positions:
            continue
        if named[name] < len(positions):
            doubtful += named[name]
        for position in positions:
            verdicts[position] = _verdict(position, failure, sure=named[name] >= len(positions))
    rejected = sum(verdict.outcome is Outcome.REJECTED for verdict in verdicts.values())
    return Attribution(
        verdicts=tuple(verdicts[position] for position in sorted(verdicts)),
        contradiction=_contradiction(answer, len(records), found=rejected + doubtful),
    )


def _verdict(position: int, failure: FailedIdentifier, *, sure: bool) -> Verdict:
    listed = f"Iterable lists it under {failure.place}"
    if sure:
        return Verdict(position=position, outcome=Outcome.REJECTED, code=failure.code, message=f"{listed}.")
    message = f"{listed}, but several records of the request carry this value."
    return Verdict(position=position, outcome=Outcome.UNKNOWN, code="ambiguous_failure", message=message)


def _index(
    records: Sequence[SentRecord],
) -> tuple[dict[tuple[bool, str], list[int]], dict[tuple[bool, str], list[int]]]:
    """Positions by the records' own identifiers, and by those inside `dataFields`, which a failure may name too."""
    own: dict[tuple[bool, str], list[int]] = defaultdict(list)
    inner: dict[tuple[bool, str], list[int]] = defaultdict(list)
    for position, record in enumerate(records):
        data = record.get("dataFields") or {}
        for index, holder in ((own, record), (inner, data)):
            email, user_id = holder.get("email"), holder.get("userId")
            if isinstance(email, str):
                index[True, email.lower()].append(position)
            if isinstance(user_id, str):
                index[False, user_id].append(position)
    return own, inner


def _folded(failure: FailedIdentifier) -> str:
    return failure.value.lower() if failure.is_email else failure.value


def _counts_cover(answer: BulkAnswer, count: int) -> bool:
    total = answer.succeeded + answer.failed
    return total == count or (answer.unchanged > 0 and total + answer.unchanged == count)


def _contradiction(answer: BulkAnswer, count: int, *, found: int) -> str:
    if _counts_cover(answer, count) and answer.failed == found:
        return ""
    return (
        f"Iterable counts {counted(answer.succeeded, 'success', 'successes')} and"
        f" {counted(answer.failed, 'failure')} for {counted(count, 'record')},"
        f" and the failures that it names are {found} of them."
    )
