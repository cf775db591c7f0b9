"""Finds the users of a batch's records, by id or by match value."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from penstock.destinations.contract import Answer
from penstock.destinations.zendesk.delivery import BatchDelivery
from penstock.destinations.zendesk.earlier_jobs import EarlierJobs
from penstock.destinations.zendesk.sent_records import SentRecord
from penstock.destinations.zendesk.user_reads import User, UserReads
from penstock.errors import CredentialsError, DestinationError


class RecordUsers:
    """Reads users before their batch is sent; what earlier jobs may still write to those in doubt is waited for."""

    def __init__(self, users: UserReads, earlier: EarlierJobs, *, match_key: str) -> None:
        self._users = users
        self._earlier = earlier
        self._match_key = match_key

    async def read(
        self, delivery: BatchDelivery, stop: asyncio.Event, *, searching: bool = True
    ) -> dict[int, User] | None:
        """Return the users by their records' numbers, deleted ones too; None once it is noted why nothing is sent.

        Without `searching` nobody is searched for by address, which takes a request for each: only those are found
        whom the results of earlier jobs name. Raises CredentialsError.
        """
        if delivery.is_in_doubt:
            try:
                waited = await self._earlier.wait(stop)
            except CredentialsError:
                raise
            except DestinationError as error:
                return self._note(delivery, delivery.records, error)
            if not waited:
                delivery.sheet.leave_unsent(delivery.records)
                return None
        return await self.find(delivery, delivery.records, searching=searching)

    async def find(
        self, delivery: BatchDelivery, records: Sequence[SentRecord], *, searching: bool = True
    ) -> dict[int, User] | None:
        """Return the users of some records of a batch, as `read` does, without waiting for anything."""
        try:
            if delivery.is_by_id:
                ids = {record.number: int(record.content["id"]) for record in records}
                by_id = await self._users.by_ids(ids.values())
                return {number: by_id[each] for number, each in ids.items() if each in by_id}
            values = {record.number: str(record.content[self._match_key]).strip() for record in records}
            found = await self._by_match(values.values(), searching=searching)
            return {number: found[value.lower()] for number, value in values.items() if value.lower() in found}
        except CredentialsError:
            raise
        except DestinationError as error:
            return self._note(delivery, records, error)

    async def _by_match(self, values: Iterable[str], *, searching: bool) -> dict[str, User]:
        if searching or self._match_key != "email":
            return await self._users.by_match(self._match_key, values)
        named = self._earlier.named
        return await self._users.with_addresses({named[each.lower()] for each in values if each.lower() in named})

    @staticmethod
    def _note(delivery: BatchDelivery, records: Sequence[SentRecord], error: DestinationError) -> None:
        """Note that users could not be read: nothing was sent now; what was sent before stays as it was."""
        answer = Answer.LOST if delivery.is_in_doubt else Answer.NOT_SENT
        delivery.sheet.leave_open(records, answer, error.code, error.message)
