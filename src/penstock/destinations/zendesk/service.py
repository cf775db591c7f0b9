"""Zendesk's service *users*: looked up where that is needed, created and updated in bulk by jobs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from penstock.catalog.entities import FieldMapping, Leave, Mode
from penstock.counting import counted, were
from penstock.destinations.contract import (
    Account,
    Action,
    Addressing,
    AskedValues,
    Batch,
    Delivery,
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
from penstock.destinations.http.pace_memory import remembering
from penstock.destinations.http.retry import RetryPolicy
from penstock.destinations.http.session import HttpSession, Timeouts, open_session
from penstock.destinations.http.window_pace import WindowPace
from penstock.destinations.zendesk.account import SignedIn, read_account
from penstock.destinations.zendesk.collecting import ReadOnlyLink, collect_batch
from penstock.destinations.zendesk.conversions import INSTANT_FORMAT
from penstock.destinations.zendesk.credentials import authorization, credentials_fix, ending_problems, secrets_of
from penstock.destinations.zendesk.custom_attributes import create_missing
from penstock.destinations.zendesk.delivery import BatchDelivery, Means, is_there
from penstock.destinations.zendesk.doubts import Doubts
from penstock.destinations.zendesk.earlier_jobs import EarlierJobs
from penstock.destinations.zendesk.filled_fields import read_filled
from penstock.destinations.zendesk.handles import read_handle
from penstock.destinations.zendesk.import_gate import NOTICE, NOTICE_OF_NEW, ImportGate
from penstock.destinations.zendesk.inspection import inspect_mapping
from penstock.destinations.zendesk.job_desk import JobDesk
from penstock.destinations.zendesk.job_reads import JobReads
from penstock.destinations.zendesk.job_slots import MOST_JOBS
from penstock.destinations.zendesk.job_watch import JobWatch
from penstock.destinations.zendesk.judgement import USER_FIELDS, MissingAttribute, Place
from penstock.destinations.zendesk.limit_headers import WINDOW_SECONDS, read_standing
from penstock.destinations.zendesk.listing import UserListing
from penstock.destinations.zendesk.look_up_cost import Prices
from penstock.destinations.zendesk.looking_up import LookingUp
from penstock.destinations.zendesk.record_users import RecordUsers
from penstock.destinations.zendesk.removals import Removals
from penstock.destinations.zendesk.sent_fields import SentFields, field_groups, sent_fields
from penstock.destinations.zendesk.settings import ZendeskSettings
from penstock.destinations.zendesk.single_updates import SingleUpdates
from penstock.destinations.zendesk.throttling import judge_throttling
from penstock.destinations.zendesk.user_fields import read_user_fields
from penstock.destinations.zendesk.user_reads import UserReads
from penstock.errors import DestinationError
from penstock.fields import Field

RECORDS_PER_JOB = 100
BATCHES_IN_WAITING = 6
"""Written and noted while all slots are taken, so that a job that ends is followed by the next one at once."""
ROOM_FOR_RECORDS_BYTES = 900_000
"""A body may have about a megabyte; Zendesk's API reference names no limit."""
SUSPENDED = "suspended"
SMALLEST_LIMIT = 200
"""Requests a minute of Zendesk's smallest plan, until an answer tells the account's own limit."""


class ZendeskUsers:
    """The users of one account. Whoever is known to exist is updated by id, everybody else created or updated.

    `mode` UPDATE updates alone, so it looks up everybody who is not known; INSERT creates alone. Whoever was
    delivered and is no longer known by id, because they were deleted, is looked up in any mode.
    """

    limits = Limits(
        records=RECORDS_PER_JOB, body_bytes=ROOM_FOR_RECORDS_BYTES, concurrency=MOST_JOBS + BATCHES_IN_WAITING
    )
    addresses_known = True

    def __init__(
        self, session: HttpSession, settings: ZendeskSettings, pace: WindowPace, *, match_key: str, mode: Mode
    ) -> None:
        self.traffic = session.traffic
        self.notices: list[str] = []
        self._session = session
        self._settings = settings
        self._match_key = match_key
        self._mode = mode
        self.seeking: Seeking | None = Seeking(newcomers=mode is Mode.UPDATE)
        self._fix = credentials_fix(settings.auth)
        self._places: dict[str, Place] = {}
        self._missing: tuple[MissingAttribute, ...] = ()
        self._fields = SentFields()
        self._signed_in: SignedIn | None = None
        self._pace = pace
        speed = settings.speed
        only_new = mode is Mode.INSERT
        gate = ImportGate(self.notices, NOTICE_OF_NEW if only_new else NOTICE)
        reads = JobReads(session, credentials_fix=self._fix)
        self._watch = JobWatch(reads, speed=speed, spacing=lambda: pace.spacing_seconds, quote=session.redactor.quote)
        self._users = UserReads(session, credentials_fix=self._fix)
        self._desk = JobDesk(session, self._watch, gate, speed=speed, credentials_fix=self._fix)
        self.singles = SingleUpdates(session, only_new=only_new, speed=speed, credentials_fix=self._fix)
        self._earlier = EarlierJobs(reads, self._watch, self._desk.own, self.notices, speed=speed)

    async def account(self) -> Account:
        """Prove the credentials and identify the account."""
        return (await self._owner()).account

    async def inspect(
        self, mappings: Sequence[FieldMapping], fields: Mapping[str, Field], *, leave: Leave = Leave.KEEP
    ) -> Inspection:
        """Judge a mapping against the account's attributes and user fields."""
        inspected = inspect_mapping(
            mappings,
            fields,
            await read_user_fields(self._session, credentials_fix=self._fix),
            match_key=self._match_key,
            creates=self._mode is not Mode.UPDATE,
            is_admin=(await self._owner()).is_admin,
            leave=leave,
            other_problems=ending_problems(self._settings.auth),
        )
        self._places = dict(inspected.places)
        self._missing = inspected.missing
        return inspected.inspection

    def shape(
        self,
        fields: Sequence[MappedField],
        addressing: Addressing = Addressing.MATCH,
        action: Action = Action.WRITE,
    ) -> RecordShape:
        """Write attributes into the record itself and user fields into their member."""
        self._fields = sent_fields(fields, self._places)
        by_id = addressing is Addressing.REMOTE_ID
        silent = self._settings.skip_verify_email and not by_id and action.creates
        constants = (("skip_verify_email", "true"),) if silent else ()
        return RecordShape(
            identifier="id" if by_id else self._match_key,
            addressing=addressing,
            constants=(*constants, (SUSPENDED, "false")) if action is Action.RESTORE else constants,
            groups=() if action.removes else field_groups(self._fields),
            instant_format=INSTANT_FORMAT,
        )

    async def look_up(self, sought: Sought, sightings: Sightings) -> LookUp:
        """Find out which users exist, by asking for them or in a listing, and say in `notices` how."""
        settings = self._settings
        listing = UserListing(
            self._session,
            match_key=self._match_key,
            reserve=settings.reserve,
            speed=settings.speed,
            credentials_fix=self._fix,
        )
        request = self._pace.spacing_seconds
        looking_up = LookingUp(
            users=self._users,
            listing=listing,
            prices=Prices(request=request, page=max(request, listing.spacing_seconds), speed=settings.speed),
            traffic=self.traffic,
            notices=self.notices,
            match_key=self._match_key,
            may_list=(await self._owner()).is_admin,
        )
        return await looking_up.run(sought, sightings)

    async def gone(self, remote_ids: Sequence[str]) -> Sequence[str]:
        """Read users by hundreds; deleted ones can still be read, and are not active."""
        users = await self._users.by_ids(int(each) for each in remote_ids)
        return [each for each in remote_ids if not is_there(users.get(int(each)))]

    async def read_filled(self, fields: Sequence[MappedField], asked: AskedValues) -> None:
        """Read users by hundreds, whoever has no remote id yet by match value."""
        places = {field.name: self._places[field.name] for field in fields if field.name in self._places}
        count, before = asked.count(), self.traffic.read
        await read_filled(self._users, places, asked, match_key=self._match_key)
        requests = self.traffic.read - before
        self.notices.append(
            f"{counted(count, 'user')} {were(count)} read, with {counted(requests, 'request')}, to see who has a"
            " value already."
        )

    async def prepare(self, fields: Sequence[MappedField], longest_text: LongestText) -> None:
        """Create the user fields that are missing."""
        names = {field.name for field in fields}
        missing = [each for each in self._missing if each.target in names]
        created = await create_missing(self._session, missing, longest_text, credentials_fix=self._fix)
        self._places |= {name: Place(member=USER_FIELDS, key=key) for name, key in created.keys.items()}
        self._missing = ()
        self.notices += created.notices

    async def deliver(self, batch: Batch, link: RunLink) -> Delivery:
        """Send a batch and wait for its job; whoever is in doubt, or was to be known and is not, is read first."""
        delivery = BatchDelivery(batch, link, self._means())
        try:
            users = RecordUsers(self._users, self._earlier, match_key=self._match_key)
            if batch.action.removes:
                return await Removals(users).settle(delivery, link.stop)
            never_creates = self._mode is Mode.UPDATE or batch.action is Action.CLEAR
            if batch.in_doubt or (never_creates and not delivery.is_by_id):
                doubts = Doubts(users, self._fields, match_key=self._match_key, mode=self._mode)
                return await doubts.settle(delivery, link.stop)
            return await delivery.run()
        except DestinationError as error:
            error.maybe_applied = error.maybe_applied or delivery.has_sent or batch.in_doubt
            raise

    async def collect(self, batch: Batch, handle: str, fields: Sequence[MappedField]) -> Delivery:
        """Wait for the jobs of a batch that was sent by an earlier run."""
        self._fields = sent_fields(fields, self._places)
        return await collect_batch(
            BatchDelivery(batch, ReadOnlyLink(), self._means()), read_handle(handle), self._watch
        )

    async def close(self) -> None:
        """Ask for no job any more."""
        await self._watch.close()

    def _means(self) -> Means:
        return Means(
            mode=self._mode,
            desk=self._desk,
            singles=self.singles,
            users=self._users,
            fields=self._fields,
            quote=self._session.redactor.quote,
        )

    async def _owner(self) -> SignedIn:
        if self._signed_in is None:
            self._signed_in = await read_account(self._session, self._settings)
        return self._signed_in


@asynccontextmanager
async def open_users(
    settings: ZendeskSettings,
    *,
    match_key: str,
    mode: Mode,
    retry: RetryPolicy,
    timeouts: Timeouts,
    paces: Path | None,
) -> AsyncIterator[ZendeskUsers]:
    """Open the service for the length of a run."""
    pace = WindowPace(
        limit=SMALLEST_LIMIT,
        fixed=settings.requests_per_minute,
        reserve=settings.reserve,
        window_seconds=WINDOW_SECONDS / settings.speed,
        read=partial(read_standing, speed=settings.speed),
        judge=judge_throttling,
    )
    async with (
        remembering(paces, settings.base_url) as memory,
        open_session(
            base_url=settings.base_url,
            headers={"Authorization": authorization(settings.auth), "Content-Type": "application/json"},
            secrets=secrets_of(settings.auth),
            pace=pace,
            retry=retry,
            timeouts=timeouts,
        ) as session,
    ):
        memory.add("requests", pace)
        service = ZendeskUsers(session, settings, pace, match_key=match_key, mode=mode)
        memory.add("users one by one", service.singles)
        try:
            yield service
        finally:
            await service.close()
