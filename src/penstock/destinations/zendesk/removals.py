"""Suspending or deleting users whose records left. Each is read before: agents and admins are never removed.

Source: Zendesk's API reference, Users (update_many, destroy_many).
"""

from __future__ import annotations

import asyncio

from penstock.destinations.contract import (
    ALREADY_GONE,
    ALREADY_SUSPENDED,
    DELETED,
    NOT_FOUND_TO_LEAVE,
    PROTECTED,
    Action,
    Delivery,
    Outcome,
)
from penstock.destinations.zendesk.delivery import BatchDelivery, is_there
from penstock.destinations.zendesk.record_users import RecordUsers
from penstock.destinations.zendesk.sent_records import SentRecord
from penstock.destinations.zendesk.user_reads import User

_END_USER = "end-user"


class Removals:
    """Removes the users of batches; of a batch in doubt, only those who are not removed yet."""

    def __init__(self, users: RecordUsers) -> None:
        self._users = users

    async def settle(self, delivery: BatchDelivery, stop: asyncio.Event) -> Delivery:
        """Read what the users are like, then remove those who may be."""
        users = await self._users.read(delivery, stop)
        if users is None:
            return delivery.delivery()
        suspends = delivery.action is Action.SUSPEND
        due = []
        for record in delivery.records:
            user = users.get(record.number)
            if user is not None and self._is_due(delivery, record, user):
                due.append(record.removal(user["id"], suspends=suspends))
            elif user is None:
                self._missing(delivery, record)
        if due:
            await delivery.remove(due)
        return delivery.delivery()

    @staticmethod
    def _is_due(delivery: BatchDelivery, record: SentRecord, user: User) -> bool:
        """Whether a user is to be removed; if not, the reason is noted."""
        sheet, deletes, in_doubt = delivery.sheet, delivery.action is Action.DELETE, delivery.is_in_doubt
        if not is_there(user):
            if deletes and in_doubt:
                sheet.deliver(record, remote_id=user["id"])
            else:
                code = ALREADY_GONE if deletes else DELETED
                sheet.refuse(record, Outcome.SKIPPED, code, "The user was deleted at Zendesk.")
            return False
        if user.get("role") != _END_USER:
            words = f"The user is of the role {user.get('role')!r} in Zendesk."
            sheet.refuse(record, Outcome.SKIPPED, PROTECTED, words)
            return False
        if not deletes and user.get("suspended") is True:
            if in_doubt:
                sheet.deliver(record, remote_id=user["id"])
            else:
                sheet.refuse(record, Outcome.SKIPPED, ALREADY_SUSPENDED, "The user is suspended in Zendesk already.")
            return False
        return True

    @staticmethod
    def _missing(delivery: BatchDelivery, record: SentRecord) -> None:
        """Note that nobody was found: by id that says all, by match value the search may lag behind."""
        if not delivery.is_by_id:
            words = "Zendesk finds no such user."
            delivery.sheet.refuse(record, Outcome.SKIPPED, NOT_FOUND_TO_LEAVE, words)
        elif delivery.action is Action.DELETE and delivery.is_in_doubt:
            delivery.sheet.deliver(record, remote_id=int(record.content["id"]))
        else:
            code = ALREADY_GONE if delivery.action is Action.DELETE else DELETED
            delivery.sheet.refuse(record, Outcome.SKIPPED, code, "Zendesk knows no user of that id any more.")
