"""The jobs of one batch: usually one; more where a request was refused as a whole, or records are to be repeated.

Only what was refused as a whole, and so was not applied, is sent again, and what a conflict kept from being applied.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from penstock.destinations.contract import Answer, Outcome, RunLink
from penstock.destinations.http.unanswered import Lost, NotSent
from penstock.destinations.zendesk.bulk_endpoint import Refused
from penstock.destinations.zendesk.envelopes import Refusal
from penstock.destinations.zendesk.handles import Handle, HandledJob, write_handle
from penstock.destinations.zendesk.job_desk import HandedIn, ImportOff, JobDesk, RunningJob, Stopped
from penstock.destinations.zendesk.job_results import Fate, Mismatch, Verdict, read_results
from penstock.destinations.zendesk.job_status import JobEnd, JobKind, JobLost
from penstock.destinations.zendesk.judgement import Place
from penstock.destinations.zendesk.outcome_sheet import OutcomeSheet
from penstock.destinations.zendesk.refusal_codes import reason_code
from penstock.destinations.zendesk.sent_records import SentRecord

MOST_REQUESTS = 60
"""Requests spent on one batch; finding one record among a hundred takes about fourteen."""

_POSITION = re.compile(r"\busers\.(\d+)\b")
_TOO_LARGE = 413


@dataclass(slots=True)
class Found:
    """What is left to be judged: items that failed (without a refusal where there is no result at all), users that
    existed, records for which bulk import is off.
    """

    failed: list[tuple[SentRecord, Refusal | None]] = field(default_factory=list)
    existed: list[tuple[SentRecord, int]] = field(default_factory=list)
    barred: list[SentRecord] = field(default_factory=list)


class BatchJobs:
    """Sends records of one batch in jobs and notes on its sheet what the results settle."""

    def __init__(
        self,
        desk: JobDesk,
        sheet: OutcomeSheet,
        link: RunLink,
        *,
        ignore: Callable[[Iterable[Place]], None],
    ) -> None:
        self._desk = desk
        self._sheet = sheet
        self._link = link
        self._ignore = ignore
        self.handled: list[HandledJob] = []
        """The jobs that were started, as the run holds on to them."""
        self._requests = 0

    async def run(self, kind: JobKind, records: Sequence[SentRecord], *, all_of_them: bool, whole: bool) -> Found:
        """Send records until each has a verdict; `all_of_them` are the whole batch, for the handle."""
        found = Found()
        again = await self._round(kind, list(records), found, all_of_them=all_of_them, whole=whole)
        if again:
            repeated = await self._round(kind, again, found, all_of_them=False, whole=whole)
            for record in repeated:
                words = "Zendesk reports a conflict for the record, and again when it was repeated."
                self._sheet.refuse(record, Outcome.UNKNOWN, "database_conflict", words)
        return found

    async def _round(
        self, kind: JobKind, records: list[SentRecord], found: Found, *, all_of_them: bool, whole: bool
    ) -> list[SentRecord]:
        running: list[tuple[list[SentRecord], RunningJob]] = []
        waiting = deque([records])
        try:
            while waiting:
                portion = waiting.popleft()
                handed_in = await self._hand_in(kind, portion)
                if isinstance(handed_in, RunningJob):
                    running.append((portion, handed_in))
                    numbers = None if all_of_them and portion is records else [each.number for each in portion]
                    await self._hold(handed_in, kind, numbers, whole=whole)
                elif isinstance(handed_in, Refused):
                    waiting.extendleft(reversed(self._refused(handed_in, portion)))
                elif isinstance(handed_in, ImportOff):
                    found.barred += portion
                else:
                    self._unanswered(handed_in, portion)
            return [
                record
                for portion, job in running
                for record in note(await job.end, kind, portion, self._sheet, found)
            ]
        finally:
            for _, job in running:
                job.end.cancel()

    async def _hand_in(self, kind: JobKind, portion: list[SentRecord]) -> HandedIn:
        if self._requests == MOST_REQUESTS:
            reason = f"Zendesk refused the request as a whole, and {MOST_REQUESTS} more did not show why."
            return NotSent(code="refused_together", reason=reason)
        self._requests += 1
        return await self._desk.hand_in(kind, portion, self._link.stop)

    async def _hold(self, job: RunningJob, kind: JobKind, numbers: list[int] | None, *, whole: bool) -> None:
        self._ignore(job.dropped)
        self.handled.append(
            HandledJob(job_id=job.job_id, kind=kind, whole=whole, numbers=None if numbers is None else tuple(numbers))
        )
        await self._link.hold_on_to(write_handle(Handle(jobs=tuple(self.handled), ignored=self._sheet.ignored)))

    def _refused(self, refused: Refused, portion: list[SentRecord]) -> list[list[SentRecord]]:
        """Reject the record to blame and return what is to be sent again."""
        refusal = refused.refusal
        match = _POSITION.search(refusal.words)
        if match and int(match[1]) < len(portion):
            culprit = portion[int(match[1])]
            self._sheet.refuse(culprit, Outcome.REJECTED, reason_code(refusal), refusal.words)
            others = [record for record in portion if record is not culprit]
            return [others] if others else []
        if len(portion) == 1:
            code = "too_large" if refused.status == _TOO_LARGE else reason_code(refusal)
            self._sheet.refuse(portion[0], Outcome.REJECTED, code, refusal.words)
            return []
        middle = len(portion) // 2
        return [portion[:middle], portion[middle:]]

    def _unanswered(self, result: Lost | NotSent | Stopped, portion: list[SentRecord]) -> None:
        if isinstance(result, Stopped):
            self._sheet.leave_unsent(portion)
            return
        answer = Answer.LOST if isinstance(result, Lost) else Answer.NOT_SENT
        self._sheet.leave_open(portion, answer, result.code, result.reason)


def note(
    end: JobEnd, kind: JobKind, portion: Sequence[SentRecord], sheet: OutcomeSheet, found: Found
) -> list[SentRecord]:
    """Note what a job's end says of its records, and return those to be repeated."""
    if isinstance(end, JobLost):
        sheet.leave_open(portion, Answer.LOST, end.code, end.reason)
        return []
    verdicts = read_results(kind, end.results, portion)
    if isinstance(verdicts, Mismatch):
        sheet.leave_open(portion, Answer.LOST, "results_mismatch", verdicts.reason)
        return []
    again = []
    for record, verdict in zip(portion, verdicts, strict=True):
        if verdict.fate is Fate.CONFLICT:
            again.append(record)
        else:
            _note_one(record, verdict, kind, sheet, found)
    return again


def _note_one(record: SentRecord, verdict: Verdict, kind: JobKind, sheet: OutcomeSheet, found: Found) -> None:
    if verdict.fate in {Fate.FAILED, Fate.ABSENT}:
        found.failed.append((record, verdict.refusal))
    elif verdict.remote_id is None:
        words = verdict.refusal.words if verdict.refusal else ""
        sheet.refuse(record, Outcome.UNKNOWN, "result_unclear", words)
    else:
        created = verdict.fate is Fate.CREATED
        sheet.deliver(record, remote_id=verdict.remote_id, created=created if kind.creates else None)
        if kind is JobKind.UPSERT and not created:
            found.existed.append((record, verdict.remote_id))
