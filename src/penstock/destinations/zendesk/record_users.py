"""Finds the users of a batch's records, by id or by match value."""

from __future__ import annotations

from penstock.destinations.zendesk.delivery import BatchDelivery
from penstock.destinations.zendesk.user_reads import User, UserReads


async def users_of(delivery: BatchDelivery, users: UserReads, match_key: str) -> dict[int, User]:
    """Return the users of a batch by their records' numbers, deleted ones too. Raises DestinationError."""
    if delivery.is_by_id:
        by_id = await users.by_ids(int(record.content["id"]) for record in delivery.records)
        return {
            record.number: by_id[record.content["id"]] for record in delivery.records if record.content["id"] in by_id
        }
    values = {record.number: str(record.content[match_key]).strip() for record in delivery.records}
    found = await users.by_match(match_key, values.values())
    return {number: found[value.lower()] for number, value in values.items() if value.lower() in found}
