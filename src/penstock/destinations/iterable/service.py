"""Iterable's service *users*: profiles kept up to date through users/bulkUpdate."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from penstock.catalog.entities import FieldMapping, Leave, Mode
from penstock.destinations.contract import (
    Account,
    Action,
    Addressing,
    Answer,
    AskedValues,
    Batch,
    Delivery,
    FieldGroup,
    Inspection,
    Limits,
    LongestText,
    LookUp,
    MappedField,
    RecordShape,
    RunLink,
    Seeking,
    Sightings,
    Sought,
)
from penstock.destinations.http.pace import Pace
from penstock.destinations.http.pace_memory import remembering
from penstock.destinations.http.retry import RetryPolicy
from penstock.destinations.http.session import HttpSession, Timeouts, open_session
from penstock.destinations.iterable.account import read_account, read_known_fields
from penstock.destinations.iterable.attribution import SentRecord, Verdict, is_plain_success
from penstock.destinations.iterable.bulk_endpoint import ROOM_FOR_RECORDS_BYTES, Answered, BulkResult, bulk_update
from penstock.destinations.iterable.filled_fields import ReadingFilled
from penstock.destinations.iterable.inspection import inspect_mapping
from penstock.destinations.iterable.looking_up import LookingUp
from penstock.destinations.iterable.matching import Matching
from penstock.destinations.iterable.removals import DELETIONS, DELETIONS_PER_SECOND, Removals
from penstock.destinations.iterable.repair import repair
from penstock.destinations.iterable.settings import IterableSettings, lag_problems
from penstock.destinations.iterable.strangers import judge_stranger
from penstock.destinations.iterable.user_export import EXPORTS, EXPORTS_PER_SECOND
from penstock.destinations.iterable.user_reads import READS
from penstock.errors import DestinationError
from penstock.fields import Field

INSTANT_FORMAT = "%Y-%m-%d %H:%M:%S +00:00"


class IterableUsers:
    """The profiles of one project.

    `createNewFields` and `mergeNestedObjects` are never sent: the project decides about new fields, and a
    top-level attribute is replaced as a whole.
    """

    limits = Limits(records=1_000, body_bytes=ROOM_FOR_RECORDS_BYTES, concurrency=8)
    addresses_known = False

    def __init__(self, session: HttpSession, settings: IterableSettings, matching: Matching) -> None:
        self.traffic = session.traffic
        self.notices: list[str] = []
        self._session = session
        self._settings = settings
        self._matching = matching
        self.seeking: Seeking | None = Seeking(
            newcomers=matching.mode is not Mode.UPSERT, known_for=settings.known_for
        )
        self._known: Mapping[str, str] | None = None
        self._removals = Removals(session, identifier=matching.identifier)
        self._account: Account | None = None

    async def account(self) -> Account:
        """Prove the key by reading the user fields, then identify the project."""
        if self._account is None:
            await self._known_fields()
            self._account = await read_account(self._session, self._settings)
        return self._account

    async def inspect(
        self, mappings: Sequence[FieldMapping], fields: Mapping[str, Field], *, leave: Leave = Leave.KEEP
    ) -> Inspection:
        """Judge a mapping against the project's fields, and how long users are known for."""
        inspected = inspect_mapping(mappings, fields, await self._known_fields(), self._matching)
        return replace(inspected, problems=(*inspected.problems, *lag_problems(self._settings.known_for)))

    def shape(
        self,
        fields: Sequence[MappedField],
        addressing: Addressing = Addressing.MATCH,
        action: Action = Action.WRITE,
    ) -> RecordShape:
        """Write attributes into `dataFields`, beside the identifier."""
        attributes = FieldGroup(member="dataFields", fields=tuple(field.name for field in fields))
        return RecordShape(
            identifier=self._matching.identifier,
            constants=self._matching.constants if action.creates else (),
            newcomers=self._matching.newcomers,
            groups=() if action.removes else (attributes,),
            instant_format=INSTANT_FORMAT,
        )

    async def look_up(self, sought: Sought, sightings: Sightings) -> LookUp:
        """Find out who exists: Iterable's bulk update would create everybody else."""
        rate = self._settings.reads_per_second
        return await LookingUp(self._session, self._matching, rate, self.notices).up(sought, sightings)

    async def gone(self, remote_ids: Sequence[str]) -> Sequence[str]:
        """Nobody is known by an id of Iterable's own."""
        return ()

    async def read_filled(self, fields: Sequence[MappedField], asked: AskedValues) -> None:
        """Read profiles, one by one or in an export."""
        rate = self._settings.reads_per_second
        await ReadingFilled(self._session, self._matching.identifier, rate, self.notices).read(fields, asked)

    async def prepare(self, fields: Sequence[MappedField], longest_text: LongestText) -> None:
        """Do nothing: Iterable creates attributes by itself."""

    async def deliver(self, batch: Batch, link: RunLink) -> Delivery:
        """Send a batch; where it was not simply taken, find out what became of each record."""
        if batch.action.removes:
            try:
                return await self._removals.run(batch, link.stop)
            except DestinationError as error:
                error.maybe_applied = True  # of the users before
                raise
        result = await self._send(batch.body, batch.count)
        if isinstance(result, Answered) and is_plain_success(result.answer, batch.count):
            return Delivery(answer=Answer.ANSWERED, ignored=result.answer.ignored)
        try:
            return await repair(batch, result, self._send, judge=self._judge)
        except DestinationError as error:
            error.maybe_applied = True  # of the batch's other parts, which were answered before
            raise

    async def collect(self, batch: Batch, handle: str, fields: Sequence[MappedField]) -> Delivery:
        """Never asked: Iterable answers at once, so that no handle is ever left."""
        raise AssertionError("Iterable leaves no handles")

    def _judge(self, verdict: Verdict, record: SentRecord) -> Verdict:
        return judge_stranger(verdict, record) if self._matching.refuses_strangers else verdict

    async def _send(self, records: bytes | memoryview, count: int) -> BulkResult:
        return await bulk_update(self._session, records, count=count)

    async def _known_fields(self) -> Mapping[str, str]:
        if self._known is None:
            self._known = await read_known_fields(self._session)
        return self._known


@asynccontextmanager
async def open_users(
    settings: IterableSettings,
    matching: Matching,
    *,
    retry: RetryPolicy,
    timeouts: Timeouts,
    paces: Path | None,
) -> AsyncIterator[IterableUsers]:
    """Open the service for the length of a run."""
    pace = Pace(settings.requests_per_second)
    others = {
        READS: Pace(settings.reads_per_second),
        EXPORTS: Pace(EXPORTS_PER_SECOND),
        DELETIONS: Pace(DELETIONS_PER_SECOND),
    }
    async with (
        remembering(paces, settings.base_url) as memory,
        open_session(
            base_url=settings.base_url,
            headers={"Api-Key": settings.api_key, "Content-Type": "application/json"},
            secrets=(settings.api_key,),
            pace=pace,
            paces=others,
            retry=retry,
            timeouts=timeouts,
        ) as session,
    ):
        memory.add("bulk updates", pace)
        for name, other in others.items():
            memory.add(name, other)
        yield IterableUsers(session, settings, matching)
