"""The service against the emulator, over HTTP; the project starts empty in every test."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import orjson
import pytest

from penstock.catalog.entities import Destination, FieldMapping, Mode
from penstock.destinations.contract import Action, Answer, Batch, Delivery, Outcome, Service
from penstock.destinations.http.retry import RetryPolicy
from penstock.destinations.registry import DESTINATION_TYPES, open_service
from penstock.errors import ConfigurationError, CredentialsError, Location
from penstock.fields import Field, FieldType, Kind
from tests.contract.destinations.unlinked import Unlinked
from tests.emulator import KEY, Emulator

HERE = Location(file=Path("project.yaml"), line=1)
QUICK = RetryPolicy(
    attempts=3, seconds=5, throttled_seconds=5, wait_initial_seconds=0.01, throttled_wait_initial_seconds=0.05
)
BULK = "POST /api/users/bulkUpdate"

Result = TypeVar("Result")
Record: TypeAlias = dict[str, Any]


def destination(emulator: Emulator, **settings: object) -> Destination:
    given = {"api_key": KEY, "base_url": emulator.url, "requests_per_second": 500, **settings}
    return Destination(
        name="marketing", type="iterable", settings=given, secrets=frozenset({"api_key"}), location=HERE
    )


def using(
    emulator: Emulator,
    use: Callable[[Service], Awaitable[Result]],
    *,
    match_key: str = "email",
    mode: Mode = Mode.UPSERT,
    recreate: bool = False,
    retry: RetryPolicy = QUICK,
    **settings: object,
) -> Result:
    async def main() -> Result:
        opened = open_service(
            destination(emulator, **settings),
            service="users",
            match_key=match_key,
            mode=mode,
            recreate=recreate,
            retry=retry,
        )
        async with opened as service:
            return await use(service)

    return asyncio.run(main())


def batch(records: Sequence[Record], first: int = 0) -> Batch:
    return Batch(
        first=first,
        numbers=range(first, first + len(records)),
        body=b"".join(orjson.dumps(record) + b"," for record in records),
    )


def deliver(emulator: Emulator, *records: Record, first: int = 0, **how: Any) -> Delivery:
    return using(emulator, lambda service: service.deliver(batch(records, first), Unlinked()), **how)


def user(name: str, **fields: Any) -> Record:
    return {"email": f"{name}@example.com", "dataFields": fields}


def bulk_requests(emulator: Emulator) -> int:
    return sum(request["path"].endswith("bulkUpdate") for request in emulator.lines("requests"))


def test_a_thousand_users_take_one_request(emulator: Emulator) -> None:
    delivery = deliver(emulator, *(user(f"u{number}", plan="pro") for number in range(1000)))
    assert delivery == Delivery(answer=Answer.ANSWERED)
    assert bulk_requests(emulator) == 1
    assert emulator.user("u999@example.com")["dataFields"]["plan"] == "pro"


def test_no_option_of_the_project_is_overridden(emulator: Emulator) -> None:
    deliver(emulator, user("ana", address={"city": "Paris", "no": 1}))
    deliver(emulator, user("ana", address={"city": "Lyon"}))
    assert emulator.user("ana@example.com")["dataFields"]["address"] == {"city": "Lyon"}


def test_the_account_is_known_by_its_lists(emulator: Emulator) -> None:
    account = using(emulator, lambda service: service.account())
    assert account.label == f"Iterable project at {emulator.url[7:]}"
    assert account.parts == (("host", emulator.url[7:]), ("project_type", "email"))
    assert account.anchors == {f"list:{each}" for each in emulator.list_ids()}
    assert len(account.key_fingerprint) == 16
    emulator.control("reset", {})
    again = using(emulator, lambda service: service.account())
    assert not again.is_same_as(account)


def test_a_key_without_rights_on_lists_leaves_the_anchors_empty(emulator: Emulator) -> None:
    emulator.faults({"on": "GET /api/lists", "do": "401"})
    assert using(emulator, lambda service: service.account()).anchors == frozenset()


def test_a_refused_key_is_a_matter_of_credentials(emulator: Emulator) -> None:
    with pytest.raises(CredentialsError, match=r"refuses the credentials .*Invalid API key") as caught:
        using(emulator, lambda service: service.account(), api_key="wrong")
    assert "server-side key" in caught.value.fix


def test_fields_are_read_once(emulator: Emulator) -> None:
    deliver(emulator, user("ana", visits=3))

    async def use(service: Service) -> list[str]:
        await service.account()
        text = Field(name="visits", type=FieldType(kind=Kind.TEXT, sql="VARCHAR"))
        mapping = FieldMapping(target="visits", source="visits", location=HERE)
        inspection = await service.inspect([mapping], {"visits": text})
        return [problem.code for problem in inspection.problems]

    assert using(emulator, use) == ["type_clash"]
    assert sum(request["path"].endswith("getFields") for request in emulator.lines("requests")) == 1


@pytest.mark.parametrize(("minutes", "codes"), [(0, ["known_too_briefly"]), (9.9, ["known_too_briefly"]), (10, [])])
def test_who_was_just_created_is_to_be_known_for_as_long_as_iterable_lags(
    emulator: Emulator, minutes: float, codes: list[str]
) -> None:
    deliver(emulator, user("ana", plan="pro"))

    async def use(service: Service) -> list[str]:
        text = Field(name="plan", type=FieldType(kind=Kind.TEXT, sql="VARCHAR"))
        mapping = FieldMapping(target="plan", source="plan", location=HERE)
        inspection = await service.inspect([mapping], {"plan": text})
        return [problem.code for problem in inspection.problems]

    assert using(emulator, use, known_for_minutes=minutes) == codes


@pytest.mark.parametrize("failed_emails", ["sent", "lower"])
def test_refused_users_are_found_by_their_identifier(emulator: Emulator, failed_emails: str) -> None:
    emulator.settings(failed_emails=failed_emails)
    emulator.control("forget", {"email": "Gone@example.com"})
    delivery = deliver(
        emulator, user("ana", a=1), {"email": "Bad@", "dataFields": {"a": 1}}, user("Gone", a=1), first=40
    )
    assert [(each.number, each.outcome, each.code) for each in delivery.exceptions] == [
        (41, Outcome.REJECTED, "invalid_email"),
        (42, Outcome.REJECTED, "forgotten"),
    ]
    assert delivery.exceptions[1].message == "Iterable lists it under failedUpdates.forgottenEmails."


@pytest.mark.parametrize(
    ("bucket", "code"), [("invalidData", "invalid_data"), ("conflict", "conflict"), ("notFound", "not_found")]
)
def test_every_bucket_is_attributed(emulator: Emulator, bucket: str, code: str) -> None:
    emulator.faults({"on": BULK, "do": "reject-record", "record": "bo@example.com", "bucket": bucket})
    delivery = deliver(emulator, user("ana", a=1), user("bo", a=1))
    assert [(each.number, each.code) for each in delivery.exceptions] == [(1, code)]


def test_dropped_attributes_are_reported_as_ignored(emulator: Emulator) -> None:
    emulator.settings(new_fields="drop")
    delivery = deliver(emulator, user("ana", address={"city": "Paris"}, signupSource="API"))
    assert delivery == Delivery(answer=Answer.ANSWERED, ignored=("address",))


def test_a_wrong_type_costs_its_attribute_alone(emulator: Emulator) -> None:
    deliver(emulator, user("seed", visits=1))
    delivery = deliver(emulator, user("ana", visits="many", plan="pro"), user("bo", visits=2), user("cy", visits="x"))
    assert [(each.number, each.code, each.fields) for each in delivery.exceptions] == [
        (0, "type_mismatch", ("visits",)),
        (2, "type_mismatch", ()),
    ]
    assert "has a data type of 'long'" in delivery.exceptions[0].message
    assert emulator.user("ana@example.com")["dataFields"]["plan"] == "pro"
    assert emulator.user("bo@example.com")["dataFields"]["visits"] == 2
    assert emulator.user("cy@example.com") is None


def test_a_wrong_type_inside_an_object_costs_the_object(emulator: Emulator) -> None:
    deliver(emulator, user("seed", address={"no": 1}))
    delivery = deliver(emulator, user("ana", address={"no": "one"}, plan="pro"), user("bo", address={"no": 2}))
    assert [(each.number, each.fields) for each in delivery.exceptions] == [(0, ("address",))]
    assert emulator.user("bo@example.com")["dataFields"]["address"] == {"no": 2}


def test_a_wrong_type_reported_per_user_rejects_the_user(emulator: Emulator) -> None:
    emulator.settings(type_errors="record")
    deliver(emulator, user("seed", visits=1))
    delivery = deliver(emulator, user("ana", visits="many"), user("bo", visits=2))
    assert [(each.number, each.code) for each in delivery.exceptions] == [(0, "invalid_data")]


def test_a_malformed_user_is_found_by_position(emulator: Emulator) -> None:
    delivery = deliver(emulator, user("ana", a=1), {"email": 7, "dataFields": {"a": 1}}, user("bo", a=1))
    assert [(each.number, each.code) for each in delivery.exceptions] == [(1, "malformed")]
    assert emulator.user("bo@example.com") is not None


def test_too_many_users_are_halved(emulator: Emulator) -> None:
    emulator.settings(max_users=3)
    assert deliver(emulator, *(user(f"u{number}", a=1) for number in range(8))) == Delivery(answer=Answer.ANSWERED)
    assert len(emulator.lines("users")) == 8


def test_a_user_too_large_for_a_request_is_rejected_alone(emulator: Emulator) -> None:
    delivery = deliver(emulator, user("ana", text="x" * 4_000_000), user("bo", a=1))
    assert [(each.number, each.code) for each in delivery.exceptions] == [(0, "too_large")]
    assert emulator.user("bo@example.com") is not None


def test_fields_beyond_the_limit_are_ignored_and_the_rest_is_kept(emulator: Emulator) -> None:
    deliver(emulator, user("seed", plan="pro"))
    emulator.settings(max_fields=1)
    delivery = deliver(emulator, user("ana", plan="pro", fresh=1))
    assert delivery == Delivery(answer=Answer.ANSWERED, ignored=("fresh",))
    assert emulator.user("ana@example.com")["dataFields"]["plan"] == "pro"


def test_users_counted_as_unchanged_are_delivered(emulator: Emulator) -> None:
    emulator.settings(no_op="listed")
    for _ in range(2):
        assert deliver(emulator, user("ana", a=1)) == Delivery(answer=Answer.ANSWERED)


def test_throttling_and_gateway_errors_are_waited_out(emulator: Emulator) -> None:
    emulator.faults({"on": BULK, "do": "429", "times": 2}, {"on": BULK, "do": "503", "nth": 4})

    async def use(service: Service) -> tuple[Delivery, Delivery, int, int, int]:
        first, second = (
            await service.deliver(batch([user("a", a=1)]), Unlinked()),
            await service.deliver(batch([user("b", a=1)]), Unlinked()),
        )
        traffic = service.traffic
        return first, second, traffic.write, traffic.throttled, traffic.retried

    plain = Delivery(answer=Answer.ANSWERED)
    assert using(emulator, use) == (plain, plain, 5, 2, 3)


def test_throttling_without_end_leaves_the_batch_unsent(emulator: Emulator) -> None:
    emulator.faults({"on": BULK, "do": "429"})
    impatient = RetryPolicy(throttled_seconds=0.2, throttled_wait_initial_seconds=0.05)
    delivery = deliver(emulator, user("ana", a=1), retry=impatient)
    assert (delivery.answer, delivery.code) == (Answer.NOT_SENT, "throttled")


@pytest.mark.parametrize(
    ("fault", "code", "applied"),
    [
        ("drop-before", "connection_lost", False),
        ("drop-after", "connection_lost", True),
        ("truncate", "unexpected_answer", True),
        ("nonsense", "unexpected_answer", False),
        ("500", "server_error", False),
        ("503", "server_error", False),
    ],
)
def test_a_batch_without_a_clear_answer_is_lost(emulator: Emulator, fault: str, code: str, applied: bool) -> None:
    emulator.faults({"on": BULK, "do": fault})
    delivery = deliver(emulator, user("ana", a=1))
    assert (delivery.answer, delivery.exceptions, delivery.code) == (Answer.LOST, (), code)
    assert delivery.reason
    assert bulk_requests(emulator) == (QUICK.attempts if fault == "503" else 1)
    assert (emulator.user("ana@example.com") is not None) is applied


def test_counts_that_do_not_add_up_leave_the_unnamed_unknown(emulator: Emulator) -> None:
    emulator.faults({"on": BULK, "do": "wrong-counts"})
    delivery = deliver(emulator, user("ana", a=1), {"email": "bad@", "dataFields": {"a": 1}})
    assert (delivery.answer, delivery.code) == (Answer.LOST, "counts_differ")
    assert "counts 3 successes and 1 failure for 2 records" in delivery.reason
    assert [(each.number, each.code) for each in delivery.exceptions] == [(1, "invalid_email")]


def test_a_key_refused_during_delivery_stops_everything(emulator: Emulator) -> None:
    emulator.faults({"on": BULK, "do": "401"})
    with pytest.raises(CredentialsError):
        deliver(emulator, user("ana", a=1))


def test_matching_on_user_id_creates_users_in_an_e_mail_based_project(emulator: Emulator) -> None:
    async def use(service: Service) -> Delivery:
        shape = service.shape([])
        assert (shape.identifier, shape.newcomers) == ("userId", (("preferUserId", "true"),))
        return await service.deliver(
            batch([{"userId": "u-1", "preferUserId": True, "dataFields": {"a": 1}}]), Unlinked()
        )

    assert using(emulator, use, match_key="user_id") == Delivery(answer=Answer.ANSWERED)
    assert emulator.lines("users")[0]["email"].endswith("@placeholder.email")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"api_key": ""}, "has no API key"),
        ({"api_key": "a\nb"}, "characters that no key has"),
        ({"project_type": "phone"}, "unknown project type"),
        ({"requests_per_second": 0}, "has no usable `requests_per_second`"),
        ({"requests_per_second": -1}, "has no usable `requests_per_second`"),
        ({"reads_per_second": 0}, "has no usable `reads_per_second`"),
        ({"known_for_minutes": -1}, "has no usable `known_for_minutes`"),
        ({"base_url": None, "region": "mars"}, "unknown region"),
    ],
)
def test_settings_are_checked_before_anything_is_opened(
    emulator: Emulator, settings: dict[str, object], message: str
) -> None:
    opened = destination(emulator, **settings)
    with pytest.raises(ConfigurationError, match=message):
        open_service(opened, service="users", match_key="email")


def test_unknown_types_and_services_name_the_known_ones(emulator: Emulator) -> None:
    assert set(DESTINATION_TYPES) == {"iterable", "zendesk"}
    with pytest.raises(ConfigurationError, match="no service `events`") as caught:
        open_service(destination(emulator), service="events", match_key="email")
    assert "users" in caught.value.fix


def remembered(folder: Path) -> list[str]:
    """The paces that are remembered for the next process."""
    return [name for path in folder.glob("*.json") for name in orjson.loads(path.read_bytes())["free"]]


def test_the_pace_of_deletions_outlives_the_process(emulator: Emulator, tmp_path: Path) -> None:
    emulator.faults({"on": "DELETE /api/users/*", "do": "429", "retry_after": 30})

    async def main() -> None:
        opened = open_service(
            destination(emulator),
            service="users",
            match_key="email",
            mode=Mode.UPSERT,
            recreate=False,
            paces=tmp_path,
        )
        leavers = replace(batch([{"email": "ana@example.com"}]), action=Action.DELETE)
        async with opened as service, asyncio.timeout(60):
            deleting = asyncio.create_task(service.deliver(leavers, Unlinked()))
            while not remembered(tmp_path):  # noqa: ASYNC110 - nothing but the file tells
                await asyncio.sleep(0.05)
            deleting.cancel()

    asyncio.run(main())
    assert remembered(tmp_path) == ["deletions of users"]  # no other request is held up by it
