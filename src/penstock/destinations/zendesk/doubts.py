"""Batches in doubt: sent earlier, and nobody knows whether that was applied. They are read first.

Reading costs a request for each hundred users, but a search for each address. So whoever is matched by address is
looked for in the results of the latest jobs, where every creation that Zendesk took is named; the others are created
or updated at once, a hundred to a request, which is harmless if it was done before. Only where that cannot be, they
are searched for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from penstock.catalog.entities import Mode
from penstock.destinations.contract import ALREADY_THERE, NOT_FOUND_TO_LEAVE, Delivery, Outcome
from penstock.destinations.zendesk.comparison import differences
from penstock.destinations.zendesk.delivery import BatchDelivery, is_there
from penstock.destinations.zendesk.record_users import RecordUsers
from penstock.destinations.zendesk.sent_fields import SentFields
from penstock.destinations.zendesk.sent_records import SentRecord
from penstock.destinations.zendesk.user_reads import User


class Doubts:
    """Delivers batches in doubt: a user who is as the record says is not written again."""

    def __init__(self, users: RecordUsers, fields: SentFields, *, match_key: str, mode: Mode) -> None:
        self._users = users
        self._fields = fields
        self._match_key = match_key
        self._mode = mode

    async def settle(self, delivery: BatchDelivery, stop: asyncio.Event) -> Delivery:
        """Read what the records' users are like, then write what is missing."""
        creates = delivery.action.creates and self._mode is not Mode.UPDATE
        searching = not creates or self._match_key != "email"
        users = await self._users.read(delivery, stop, searching=searching)
        if users is None:
            return delivery.delivery()
        missing = await self._update(delivery, delivery.records, users)
        if delivery.is_by_id:
            await delivery.recreate(missing)
        elif missing and searching:
            await self._add(delivery, missing)
        elif missing:
            await self._add_unsearched(delivery, missing)
        return delivery.delivery()

    @staticmethod
    async def _add(delivery: BatchDelivery, missing: Sequence[SentRecord]) -> None:
        """Create users who are not there, unless their records left."""
        if delivery.action.creates:
            await delivery.create(missing)
            return
        for record in missing:
            delivery.sheet.refuse(record, Outcome.SKIPPED, NOT_FOUND_TO_LEAVE, "Zendesk finds no such user.")

    async def _add_unsearched(self, delivery: BatchDelivery, missing: Sequence[SentRecord]) -> None:
        """Create or update users of whom no job tells.

        Searched for are those whom only a request each would write, and those whom a mere creation finds taken:
        perhaps by itself.
        """
        barred = await delivery.create_in_bulk(missing)
        taken = [record for record in missing if delivery.sheet.code_of(record) == ALREADY_THERE]
        for records in (barred, taken):
            users = await self._users.find(delivery, records) if records else None
            if users is not None:
                left = await self._update(delivery, records, users)
                await delivery.create_singly([record for record in left if records is barred])

    async def _update(
        self, delivery: BatchDelivery, records: Sequence[SentRecord], users: Mapping[int, User]
    ) -> list[SentRecord]:
        """Confirm users who are as they should be, update the others by id, and return the records of nobody."""
        left_out = {self._match_key, *self._fields.create_only}
        kept: list[tuple[SentRecord, User]] = []
        different: list[SentRecord] = []
        missing: list[SentRecord] = []
        for record in records:
            user = users.get(record.number)
            if user is None or not is_there(user):
                missing.append(record)
                continue
            places = differences(record.content, user)
            if all(place.member is None and place.key in left_out for place in places):
                delivery.sheet.deliver(record, remote_id=user["id"])
            else:
                different.append(record.by_id(user["id"], without=left_out))
            if any(place.member is None and place.key in self._fields.create_only for place in places):
                kept.append((record, user))
        if different:
            await delivery.update(different)
        for record, user in kept:
            if delivery.sheet.is_delivered(record):
                delivery.keep_back(record, user)
        return missing
