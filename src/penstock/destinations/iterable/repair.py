"""What follows when a request was not simply taken: find the records to blame, send the others again.

Only records of requests that Iterable refused as a whole are sent again, each in one request at a time, and never
one that was applied or may have been.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from penstock.destinations.contract import Answer, Batch, Delivery, Outcome, RecordException
from penstock.destinations.http.unanswered import Lost, NotSent
from penstock.destinations.iterable.attribution import SentRecord, Verdict, attribute
from penstock.destinations.iterable.bulk_answer import top_level
from penstock.destinations.iterable.bulk_endpoint import Answered, BulkResult, Refused
from penstock.destinations.iterable.mismatches import TYPES_MISMATCHED, Mismatch, alike, holders, read_mismatches
from penstock.destinations.iterable.record_text import RecordText, read_records

MOST_REPAIRS = 80
"""Requests spent on one batch beyond the first; finding one record among a thousand takes about twenty."""

Send: TypeAlias = Callable[[bytes, int], Awaitable[BulkResult]]
Judge: TypeAlias = Callable[[Verdict, SentRecord], Verdict]
"""What the verdict on a record means to whoever sent it."""

_USER_PATH = re.compile(r"obj\.users\[(\d+)\]")


@dataclass(slots=True)
class _Record:
    number: int
    written: RecordText
    refused: dict[str, str] = field(default_factory=dict)
    """Attributes that were taken out, with Iterable's words."""

    @property
    def content(self) -> dict[str, Any]:
        """The record as it is to be sent."""
        return self.written.content


async def repair(batch: Batch, first: BulkResult, send: Send, *, judge: Judge) -> Delivery:
    """Follow up a result until every record of the batch has an outcome."""
    return await _Repair(batch, send, judge).run(first)


class _Repair:
    def __init__(self, batch: Batch, send: Send, judge: Judge) -> None:
        written = read_records(batch.body)
        self._records = [_Record(number, record) for number, record in zip(batch.numbers, written, strict=True)]
        self._send = send
        self._judge = judge
        self._waiting: deque[list[_Record]] = deque()
        self._exceptions: dict[int, RecordException] = {}
        self._ignored: dict[str, None] = {}
        self._rounds: Counter[str] = Counter()
        self._open: list[tuple[Answer, list[_Record]]] = []
        self._why: tuple[str, str] = ("", "")

    async def run(self, first: BulkResult) -> Delivery:
        self._take(first, self._records)
        spent = 0
        while self._waiting:
            portion = self._waiting.popleft()
            if spent == MOST_REPAIRS:
                self._give_up(portion)
                continue
            spent += 1
            body = b"".join(record.written.text() for record in portion)
            self._take(await self._send(body, len(portion)), portion)
        return self._delivery()

    def _take(self, result: BulkResult, portion: list[_Record]) -> None:
        if isinstance(result, Answered):
            self._answered(result, portion)
        elif isinstance(result, Refused):
            self._refused(result, portion)
        else:
            self._leave_open(result, portion)

    def _leave_open(self, result: Lost | NotSent, portion: list[_Record]) -> None:
        self._why = (result.code, result.reason)
        self._open.append((Answer.LOST if isinstance(result, Lost) else Answer.NOT_SENT, portion))

    def _answered(self, result: Answered, portion: list[_Record]) -> None:
        self._ignored.update(dict.fromkeys(result.answer.ignored))
        attribution = attribute(result.answer, [record.content for record in portion])
        for found in attribution.verdicts:
            verdict = self._judge(found, portion[found.position].content)
            self._except(portion[verdict.position], verdict.outcome, verdict.code, verdict.message)
        if attribution.contradiction:
            self._leave_open(Lost(code="counts_differ", reason=attribution.contradiction), portion)

    def _refused(self, result: Refused, portion: list[_Record]) -> None:
        mismatches = read_mismatches(result.params) if result.code == TYPES_MISMATCHED else ()
        if mismatches:
            self._without_mismatches(result, mismatches, portion)
        elif result.code == "UniqueFieldsLimitExceeded" and isinstance(result.params.get("newFields"), list):
            self._without_new_fields(result, top_level(map(str, result.params["newFields"])), portion)
        elif named := self._named_positions(result, portion):
            for position, words in named.items():
                self._except(portion[position], Outcome.REJECTED, "malformed", f"{result.message}: {words}")
            self._again([record for index, record in enumerate(portion) if index not in named])
        else:
            self._halve(result, portion)

    def _without_mismatches(self, result: Refused, mismatches: Sequence[Mismatch], portion: list[_Record]) -> None:
        contents = [record.content for record in portion]
        removed = False
        for mismatch in mismatches:
            self._rounds[mismatch.path] += 1
            for position in _offenders(contents, mismatch, self._rounds[mismatch.path]):
                removed |= self._remove(portion[position], mismatch.attribute, result.message)
        if not removed:
            self._halve(result, portion)
            return
        for record in portion:
            if record.refused and not record.content.get("dataFields"):
                words = " ".join(dict.fromkeys(record.refused.values()))
                self._except(record, Outcome.REJECTED, "type_mismatch", words)
        self._again([record for record in portion if record.number not in self._exceptions])

    def _without_new_fields(self, result: Refused, attributes: Sequence[str], portion: list[_Record]) -> None:
        found = {
            name for record in portion for name in attributes if name in (record.content.get("dataFields") or {})
        }
        if not found:
            self._halve(result, portion)
            return
        for record in portion:
            for name in found:
                (record.content.get("dataFields") or {}).pop(name, None)
        self._ignored.update(dict.fromkeys(name for name in attributes if name in found))
        self._again(portion)

    @staticmethod
    def _named_positions(result: Refused, portion: list[_Record]) -> dict[int, str]:
        if result.code != "BadJsonBody":
            return {}
        named: dict[int, str] = {}
        for path, words in result.params.items():
            match = _USER_PATH.match(path)
            if match and int(match[1]) < len(portion):
                named[int(match[1])] = words if isinstance(words, str) else path
        return named

    def _halve(self, result: Refused, portion: list[_Record]) -> None:
        if len(portion) == 1:
            code = "too_large" if result.status == 413 else "refused"
            self._except(portion[0], Outcome.REJECTED, code, result.message or f"HTTP {result.status}")
            return
        middle = len(portion) // 2
        # Depth first, so that what is found by the last permitted request is as much as possible.
        self._waiting.extendleft((portion[middle:], portion[:middle]))

    def _again(self, portion: list[_Record]) -> None:
        if portion:
            self._waiting.appendleft(portion)

    def _give_up(self, portion: list[_Record]) -> None:
        message = (
            f"Iterable refused the request as a whole, and {MOST_REPAIRS} more did not show which record is why."
        )
        for record in portion:
            self._except(record, Outcome.UNKNOWN, "refused_together", message)

    @staticmethod
    def _remove(record: _Record, attribute_name: str, words: str) -> bool:
        data = record.content.get("dataFields") or {}
        if attribute_name not in data:
            return False
        del data[attribute_name]
        record.refused[attribute_name] = words
        return True

    def _except(self, record: _Record, outcome: Outcome, code: str, message: str) -> None:
        self._exceptions[record.number] = RecordException(
            number=record.number, outcome=outcome, code=code, message=message
        )

    def _delivery(self) -> Delivery:
        ends = {answer for answer, _ in self._open}
        whole = sum(len(portion) for _, portion in self._open) == len(self._records)
        answer = Answer.ANSWERED
        if whole and len(ends) == 1:
            answer = ends.pop()
        else:
            for _, portion in self._open:
                for record in portion:
                    if record.number not in self._exceptions:
                        self._except(record, Outcome.UNKNOWN, *self._why)
        for record in self._records:
            if record.refused and record.number not in self._exceptions and answer is Answer.ANSWERED:
                self._exceptions[record.number] = RecordException(
                    number=record.number,
                    outcome=Outcome.REJECTED,
                    code="type_mismatch",
                    message=" ".join(dict.fromkeys(record.refused.values())),
                    fields=tuple(record.refused),
                )
        code, reason = self._why if answer is not Answer.ANSWERED else ("", "")
        return Delivery(
            answer=answer,
            exceptions=tuple(self._exceptions[number] for number in sorted(self._exceptions)),
            ignored=tuple(self._ignored),
            code=code,
            reason=reason,
        )


def _offenders(contents: Sequence[dict[str, Any]], mismatch: Mismatch, round_number: int) -> tuple[int, ...]:
    """Whose value to take out: the very value first, then all of its kind, then the attribute of everyone."""
    if round_number == 1 and (exact := holders(contents, mismatch)):
        return exact
    if round_number <= 2 and (similar := alike(contents, mismatch)):
        return similar
    return tuple(range(len(contents)))
