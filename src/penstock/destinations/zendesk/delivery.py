"""One batch, from its records to its outcomes: in bulk by match value or by id, one by one where bulk is off."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from penstock.catalog.entities import Mode
from penstock.destinations.contract import (
    ABSENT,
    ALREADY_GONE,
    ALREADY_THERE,
    DELETED,
    Action,
    Addressing,
    Answer,
    Batch,
    Delivery,
    Outcome,
    RunLink,
)
from penstock.destinations.zendesk.batch_jobs import BatchJobs, Found
from penstock.destinations.zendesk.envelopes import Refusal
from penstock.destinations.zendesk.job_desk import JobDesk
from penstock.destinations.zendesk.job_status import JobKind
from penstock.destinations.zendesk.judgement import Place
from penstock.destinations.zendesk.kept_identities import kept_attributes
from penstock.destinations.zendesk.outcome_sheet import OutcomeSheet
from penstock.destinations.zendesk.refusal_codes import judge_refusal
from penstock.destinations.zendesk.sent_fields import SentFields
from penstock.destinations.zendesk.sent_records import SentRecord, read_records
from penstock.destinations.zendesk.single_updates import SingleUpdates
from penstock.destinations.zendesk.user_reads import User, UserReads
from penstock.errors import CredentialsError, DestinationError

_GONE = "The user was deleted at Zendesk."
_ABSENT = "Zendesk has no such user."
_THERE = "Zendesk has this user already, and not as the record says."
_NO_RESULT = "Zendesk's job has no result for the record, whose user is there."
_NOT_YET = "The user was deleted at Zendesk; it was not created again before the run ended."


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What deliveries of one run share. `mode` alone decides whether anybody is created, or changed."""

    mode: Mode
    desk: JobDesk
    singles: SingleUpdates
    users: UserReads
    fields: SentFields
    quote: Callable[[str], str]


class BatchDelivery:
    """Delivers one batch. Raises DestinationError only when no further batch can succeed."""

    def __init__(self, batch: Batch, link: RunLink, means: Means) -> None:
        self.records = read_records(batch.numbers, batch.body)
        # The id of whoever is deleted is no news worth keeping.
        ids_known = batch.addressing is Addressing.REMOTE_ID or batch.action is Action.DELETE
        self.sheet = OutcomeSheet(batch.numbers, ids_known=ids_known)
        self._batch = batch
        self._link = link
        self._means = means
        self._jobs = BatchJobs(means.desk, self.sheet, link, ignore=self.ignore)

    @property
    def is_by_id(self) -> bool:
        """Whether the records are of users who are known."""
        return self._batch.addressing is Addressing.REMOTE_ID

    @property
    def is_in_doubt(self) -> bool:
        """Whether the batch was sent before and nobody knows if it was applied."""
        return self._batch.in_doubt

    @property
    def action(self) -> Action:
        """What is done to the users."""
        return self._batch.action

    async def run(self) -> Delivery:
        """Send all of the batch."""
        await (self.update(self.records) if self.is_by_id else self.create(self.records))
        return self.delivery()

    def delivery(self) -> Delivery:
        """What became of the batch."""
        return self.sheet.delivery()

    async def update(self, records: Sequence[SentRecord]) -> None:
        """Update users by id, unless only new ones are wanted."""
        if self._means.mode is Mode.INSERT:
            self._skip(records, ALREADY_THERE, _THERE)
            return
        found = await self._jobs.run(JobKind.UPDATE, records, all_of_them=records is self.records, whole=False)
        await self.judge(found, JobKind.UPDATE)

    async def remove(self, records: Sequence[SentRecord]) -> None:
        """Suspend or delete users by id; `records` are their removals."""
        kind = JobKind.DELETE if self.action is Action.DELETE else JobKind.UPDATE
        whole_batch = self.is_by_id and len(records) == len(self.records)
        await self.judge(await self._jobs.run(kind, records, all_of_them=whole_batch, whole=False), kind)

    async def create(self, records: Sequence[SentRecord], *, whole: bool = False) -> None:
        """Create users, as far as the mode allows it; unless only new ones are wanted, update those who are there."""
        await self.create_singly(await self.create_in_bulk(records, whole=whole))

    async def create_in_bulk(self, records: Sequence[SentRecord], *, whole: bool = False) -> Sequence[SentRecord]:
        """Create users by jobs; return those of whom nothing was sent, since bulk import is off."""
        if self._means.mode is Mode.UPDATE:
            self._skip(records, ABSENT, _ABSENT)
            return ()
        kind = JobKind.CREATE if self._means.mode is Mode.INSERT else JobKind.UPSERT
        found = await self._jobs.run(kind, records, all_of_them=records is self.records, whole=whole)
        await self.judge(found, kind)
        return found.barred

    async def create_singly(self, records: Sequence[SentRecord]) -> None:
        """Create users one by one."""
        if records:
            existed = await self._means.singles.run(records, self._link.stop, self.sheet, ignore=self.ignore)
            for record, user in existed:
                self.keep_back(record, user)

    async def judge(self, found: Found, kind: JobKind, *, writing: bool = True) -> None:
        """Note what a job's results leave open; without `writing` nobody is created again."""
        if kind.creates:
            self._refuse(found.failed, only_new=kind is JobKind.CREATE)
            await self._check_existing(found.existed)
        elif found.failed:
            await self._judge_updates(found, writing=writing)

    async def _judge_updates(self, found: Found, *, writing: bool) -> None:
        """Tell refused updates from those of users who are gone: Zendesk's words for these are not known."""
        failed = [record for record, _ in found.failed]
        try:
            users = await self._means.users.by_ids(int(record.content["id"]) for record in failed)
        except CredentialsError:
            raise
        except DestinationError as error:
            self.sheet.leave_open(failed, Answer.LOST, error.code, error.message)
            return
        there = [each for each in found.failed if is_there(users.get(int(each[0].content["id"])))]
        self._refuse(there)
        kept = {record.number for record, _ in there}
        await self.recreate([record for record in failed if record.number not in kept], writing=writing)

    async def recreate(self, records: Sequence[SentRecord], *, writing: bool = True) -> None:
        """Create users who are gone again, in full, where the activation says so; else skip them."""
        if not records:
            return
        if not self._batch.whole:
            self._skip(records, ALREADY_GONE if self.action is Action.DELETE else DELETED, _GONE)
            return
        numbers = {record.number for record in records}
        whole = [record for record in self.whole_records() if record.number in numbers]
        for record in whole:
            self.sheet.refuse(record, Outcome.UNKNOWN, "recreation_due", _NOT_YET)
        if writing:
            await self.create(whole, whole=True)

    def whole_records(self) -> list[SentRecord]:
        """Return the records as their creations would be."""
        return read_records(self._batch.numbers, self._batch.whole)

    def _skip(self, records: Iterable[SentRecord], code: str, words: str) -> None:
        for record in records:
            self.sheet.refuse(record, Outcome.SKIPPED, code, words)

    def _refuse(self, failed: Iterable[tuple[SentRecord, Refusal | None]], *, only_new: bool = False) -> None:
        """Note what Zendesk refuses, in its words."""
        for record, refusal in failed:
            if refusal is None:
                self.sheet.refuse(record, Outcome.UNKNOWN, "result_unclear", _NO_RESULT)
                continue
            outcome, code = judge_refusal(refusal, only_new=only_new)
            self.sheet.refuse(record, outcome, code, self._means.quote(refusal.words))

    async def _check_existing(self, existed: Sequence[tuple[SentRecord, int]]) -> None:
        """Read users who existed and were sent an attribute that Zendesk does not replace."""
        create_only = self._means.fields.create_only
        doubtful = [each for each in existed if any(key in each[0].content for key in create_only)]
        if not doubtful:
            return
        try:
            users = await self._means.users.by_ids(remote_id for _, remote_id in doubtful)
        except CredentialsError:
            raise
        except DestinationError as error:
            self.sheet.leave_open([record for record, _ in doubtful], Answer.LOST, error.code, error.message)
            return
        for record, remote_id in doubtful:
            self.keep_back(record, users.get(remote_id, {}))

    def keep_back(self, record: SentRecord, user: User) -> None:
        """Note the attributes of a delivered record that the user has otherwise."""
        for name, words in kept_attributes(record.content, user, self._means.fields.create_only).items():
            self.sheet.keep_back(record, name, "identity_kept", self._means.quote(words))

    def ignore(self, places: Iterable[Place]) -> None:
        """Note fields that Zendesk says it dropped."""
        self.sheet.ignore(self._means.fields.at(places))

    @property
    def has_sent(self) -> bool:
        """Whether a job was started or a user written, so that something may have been applied."""
        return bool(self._jobs.handled) or self.sheet.may_have_applied


def is_there(user: User | None) -> bool:
    """Whether a user that was read still exists; deleted ones can be read by id."""
    return user is not None and user.get("active") is not False
