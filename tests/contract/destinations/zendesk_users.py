"""Zendesk's service *users* against the emulator: batches in, deliveries out."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import orjson

from penstock.catalog.entities import Destination, FieldMapping, Mode
from penstock.destinations.contract import Addressing, Batch, Delivery, MappedField, Service
from penstock.destinations.http.retry import RetryPolicy
from penstock.destinations.registry import open_service
from penstock.errors import Location
from penstock.fields import Field, FieldType, Kind
from tests.contract.destinations.stands.zendesk_stand import SPEED
from tests.contract.destinations.unlinked import Unlinked
from tests.emulator import Zendesk

HERE = Location(file=Path("project.yaml"), line=1)
QUICK = RetryPolicy(
    attempts=3, seconds=5, throttled_seconds=5, wait_initial_seconds=0.01, throttled_wait_initial_seconds=0.05
)
CREATE = "POST /api/v2/users/create_or_update_many"
UPDATE = "PUT /api/v2/users/update_many"
SINGLE = "POST /api/v2/users/create_or_update"
TEXT = FieldType(kind=Kind.TEXT, sql="VARCHAR")

Result = TypeVar("Result")
Record: TypeAlias = dict[str, Any]


def destination(zendesk: Zendesk, **settings: object) -> Destination:
    given = {
        "auth": {"type": "oauth", "token": "0123456789abcdef"},
        "base_url": zendesk.url,
        "speed": SPEED,
        **settings,
    }
    return Destination(name="support", type="zendesk", settings=given, secrets=frozenset({"auth"}), location=HERE)


def using(
    zendesk: Zendesk,
    use: Callable[[Service], Awaitable[Result]],
    *,
    match_key: str = "external_id",
    mode: Mode = Mode.UPSERT,
    **settings: object,
) -> Result:
    """Open the service and use it; the account's limit is learnt first, as in a run."""

    async def main() -> Result:
        opened = open_service(
            destination(zendesk, **settings), service="users", match_key=match_key, mode=mode, retry=QUICK
        )
        async with opened as service:
            await service.account()
            return await use(service)

    return asyncio.run(main())


def body(records: Sequence[Record]) -> bytes:
    return b"".join(orjson.dumps(record) + b"," for record in records)


def batch(records: Sequence[Record], *, first: int = 0, **how: Any) -> Batch:
    by_id = all("id" in record for record in records)
    return Batch(
        first=first,
        numbers=range(first, first + len(records)),
        body=body(records),
        addressing=Addressing.REMOTE_ID if by_id else Addressing.MATCH,
        **how,
    )


def deliver(
    zendesk: Zendesk, *records: Record, match_key: str = "external_id", mode: Mode = Mode.UPSERT, **how: Any
) -> Delivery:
    return using(
        zendesk, lambda service: service.deliver(batch(records, **how), Unlinked()), match_key=match_key, mode=mode
    )


def person(number: int, **more: Any) -> Record:
    return {"external_id": f"e{number}", "skip_verify_email": True, "name": f"Name {number}", **more}


async def mapped(service: Service, *targets: str) -> tuple[MappedField, ...]:
    """Map text fields of the model to attributes or user fields of the same names."""
    mappings = [FieldMapping(target=target, source=target, location=HERE) for target in targets]
    inspection = await service.inspect(mappings, {target: Field(name=target, type=TEXT) for target in targets})
    assert len(inspection.fields) == len(targets), inspection.problems
    service.shape(inspection.fields)
    return inspection.fields


def requests(zendesk: Zendesk, of: str) -> list[Any]:
    """The API requests since the reset whose method and path are these."""
    method, path = of.split(" ")
    return [line for line in zendesk.lines("requests?bodies=1") if (line["method"], line["path"]) == (method, path)]


def ids(delivery: Delivery) -> list[int]:
    return [int(delivery.remote_ids[number]) for number in sorted(delivery.remote_ids)]
