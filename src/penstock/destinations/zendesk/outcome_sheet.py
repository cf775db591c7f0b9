"""Collects what became of each record of a batch, and sums it up as its delivery."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from penstock.destinations.contract import Answer, Delivery, Outcome, RecordException
from penstock.destinations.zendesk.sent_records import SentRecord

_NOT_TOLD = "Nothing was found out about the record."


class OutcomeSheet:
    """One line per record: what is noted last holds. Without a note it is unknown at the end, never delivered."""

    def __init__(self, numbers: Sequence[int], *, ids_known: bool) -> None:
        self.created = 0
        self._ids_known = ids_known
        self._numbers = numbers
        self._delivered: dict[int, str | None] = {}
        self._exceptions: dict[int, RecordException] = {}
        self._open: dict[int, tuple[Answer, str, str]] = {}
        self._unsent: set[int] = set()
        self._ignored: dict[str, None] = {}

    def deliver(self, record: SentRecord, *, remote_id: int, created: bool | None = None) -> None:
        """Note that all of a record was applied; its user's id is told where it is news.

        `created` says whether its user is new, if it was sent in a way that may create users.
        """
        self._forget(record)
        told = created is not None or not self._ids_known
        self._delivered[record.number] = str(remote_id) if told else None
        self.created += created is True

    def keep_back(self, record: SentRecord, field: str, code: str, message: str) -> None:
        """Note that one field of a delivered record was not applied."""
        before = self._exceptions.get(record.number)
        self._exceptions[record.number] = RecordException(
            number=record.number,
            outcome=Outcome.REJECTED,
            code=code,
            message=f"{before.message} {message}" if before else message,
            fields=(*before.fields, field) if before else (field,),
        )

    def refuse(self, record: SentRecord, outcome: Outcome, code: str, message: str) -> None:
        """Note that nothing of a record was applied, or that nobody knows."""
        self._forget(record)
        self._exceptions[record.number] = RecordException(
            number=record.number, outcome=outcome, code=code, message=message
        )

    def leave_open(self, records: Iterable[SentRecord], answer: Answer, code: str, reason: str) -> None:
        """Note that no answer came for some records."""
        for record in records:
            self._forget(record)
            self._open[record.number] = (answer, code, reason)

    def leave_unsent(self, records: Iterable[SentRecord]) -> None:
        """Note that some records were not sent, because the run is to end."""
        self._unsent.update(record.number for record in records)

    def ignore(self, names: Iterable[str]) -> None:
        """Note fields that Zendesk takes without keeping them."""
        self._ignored.update(dict.fromkeys(names))

    @property
    def ignored(self) -> tuple[str, ...]:
        """The fields noted as taken without being kept."""
        return tuple(self._ignored)

    def delivery(self) -> Delivery:
        """Sum up. What was not sent counts as never in the batch where it is its end."""
        sent = self._sent()
        numbers = self._numbers[:sent]
        whole = {self._open[number] for number in numbers if number in self._open}
        if numbers and len(whole) == 1 and all(number in self._open for number in numbers):
            answer, code, reason = whole.pop()
            return Delivery(answer=answer, code=code, reason=reason, sent=self._told(sent))
        exceptions = [self._exception(number) for number in numbers]
        return Delivery(
            answer=Answer.ANSWERED,
            exceptions=tuple(each for each in exceptions if each is not None),
            ignored=self.ignored,
            remote_ids={number: found for number in numbers if (found := self._delivered.get(number)) is not None},
            created=self.created,
            sent=self._told(sent),
        )

    @property
    def may_have_applied(self) -> bool:
        """Whether a record was applied, or an answer lost."""
        return bool(self._delivered) or any(answer is Answer.LOST for answer, _, _ in self._open.values())

    def is_delivered(self, record: SentRecord) -> bool:
        """Whether a record was applied."""
        return record.number in self._delivered

    def code_of(self, record: SentRecord) -> str | None:
        """The code of the exception that is noted of a record, None without one."""
        noted = self._exceptions.get(record.number)
        return noted.code if noted else None

    def is_noted(self, record: SentRecord) -> bool:
        """Whether anything is noted of a record."""
        return record.number in {*self._delivered, *self._exceptions, *self._open, *self._unsent}

    def _forget(self, record: SentRecord) -> None:
        self._delivered.pop(record.number, None)
        self._exceptions.pop(record.number, None)
        self._open.pop(record.number, None)

    def _sent(self) -> int:
        sent = len(self._numbers)
        while sent and self._numbers[sent - 1] in self._unsent:
            sent -= 1
        return sent

    def _told(self, sent: int) -> int | None:
        return None if sent == len(self._numbers) else sent

    def _exception(self, number: int) -> RecordException | None:
        if number in self._exceptions:
            return self._exceptions[number]
        if number in self._delivered:
            return None
        if number in self._open:
            _, code, reason = self._open[number]
            return RecordException(number=number, outcome=Outcome.UNKNOWN, code=code, message=reason)
        return RecordException(number=number, outcome=Outcome.UNKNOWN, code="result_unclear", message=_NOT_TOLD)
