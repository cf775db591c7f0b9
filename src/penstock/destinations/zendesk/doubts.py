"""Batches in doubt: sent earlier, and nobody knows whether that was applied. They are read first."""

from __future__ import annotations

import asyncio

from penstock.destinations.contract import NOT_FOUND_TO_LEAVE, Delivery, Outcome
from penstock.destinations.zendesk.comparison import differences
from penstock.destinations.zendesk.delivery import BatchDelivery, is_there
from penstock.destinations.zendesk.record_users import RecordUsers
from penstock.destinations.zendesk.sent_fields import SentFields
from penstock.destinations.zendesk.sent_records import SentRecord
from penstock.destinations.zendesk.user_reads import User


class Doubts:
    """Delivers batches in doubt: a user who is as the record says is not written again."""

    def __init__(self, users: RecordUsers, fields: SentFields, *, match_key: str) -> None:
        self._users = users
        self._fields = fields
        self._match_key = match_key

    async def settle(self, delivery: BatchDelivery, stop: asyncio.Event) -> Delivery:
        """Read what the records' users are like, then write what is missing."""
        users = await self._users.read(delivery, stop)
        if users is None:
            return delivery.delivery()
        missing = [record for record in delivery.records if not is_there(users.get(record.number))]
        await self._update(delivery, {number: user for number, user in users.items() if is_there(user)})
        if delivery.is_by_id:
            await delivery.recreate(missing)
        elif missing and delivery.action.creates:
            await delivery.create(missing)
        else:
            for record in missing:
                delivery.sheet.refuse(record, Outcome.SKIPPED, NOT_FOUND_TO_LEAVE, "Zendesk finds no such user.")
        return delivery.delivery()

    async def _update(self, delivery: BatchDelivery, users: dict[int, User]) -> None:
        """Confirm the users who are as they should be, and update the others by id."""
        left_out = {self._match_key, *self._fields.create_only}
        kept: list[tuple[SentRecord, User]] = []
        different: list[SentRecord] = []
        for record in delivery.records:
            user = users.get(record.number)
            if user is None:
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
