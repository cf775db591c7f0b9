"""Finds the users of a batch's records, by id or by match value."""

from __future__ import annotations

import asyncio

from penstock.destinations.contract import Answer
from penstock.destinations.zendesk.delivery import BatchDelivery
from penstock.destinations.zendesk.earlier_jobs import EarlierJobs
from penstock.destinations.zendesk.user_reads import User, UserReads
from penstock.errors import CredentialsError, DestinationError


class RecordUsers:
    """Reads users before their batch is sent; what earlier jobs may still write to those in doubt is waited for."""

    def __init__(self, users: UserReads, earlier: EarlierJobs, *, match_key: str) -> None:
        self._users = users
        self._earlier = earlier
        self._match_key = match_key

    async def read(self, delivery: BatchDelivery, stop: asyncio.Event) -> dict[int, User] | None:
        """Return the users by their records' numbers, deleted ones too; None once it is noted why nothing is sent.

        Raises CredentialsError.
        """
        try:
            if delivery.is_in_doubt and not await self._earlier.wait(stop):
                delivery.sheet.leave_unsent(delivery.records)
                return None
            return await _users_of(delivery, self._users, self._match_key)
        except CredentialsError:
            raise
        except DestinationError as error:
            # Nothing was sent now; what was sent before stays as it was.
            answer = Answer.LOST if delivery.is_in_doubt else Answer.NOT_SENT
            delivery.sheet.leave_open(delivery.records, answer, error.code, error.message)
            return None


async def _users_of(delivery: BatchDelivery, users: UserReads, match_key: str) -> dict[int, User]:
    """Return the users of a batch by their records' numbers, deleted ones too. Raises DestinationError."""
    if delivery.is_by_id:
        by_id = await users.by_ids(int(record.content["id"]) for record in delivery.records)
        return {
            record.number: by_id[record.content["id"]] for record in delivery.records if record.content["id"] in by_id
        }
    values = {record.number: str(record.content[match_key]).strip() for record in delivery.records}
    found = await users.by_match(match_key, values.values())
    return {number: found[value.lower()] for number, value in values.items() if value.lower() in found}
