"""Sending users to the emulator of Zendesk, over HTTP; the account starts empty in every test."""

import asyncio
import time
from typing import Any

import pytest

from penstock.destinations.contract import DELETED, Addressing, Answer, Delivery, Outcome, RunLink, Service
from penstock.errors import CredentialsError
from tests.contract.destinations.unlinked import Unlinked
from tests.contract.destinations.zendesk_users import (
    CREATE,
    SINGLE,
    UPDATE,
    batch,
    body,
    deliver,
    ids,
    mapped,
    person,
    requests,
    using,
)
from tests.emulator import Zendesk

SEARCH, SHOW_MANY = "GET /api/v2/users/search", "GET /api/v2/users/show_many"
JOBS = "GET /api/v2/job_statuses"

SWITCHES: dict[str, Any] = {
    "bulk_import": "on",
    "job_seconds": 6,
    "max_jobs": 30,
    "unknown_user": "action",
    "too_many_jobs_retry_after": "off",
    "headers": "2024",
    "role": "admin",
    "scopes": "all",
    "search_email": "primary",
    "requests_per_minute": 2500,
}


@pytest.fixture
def zendesk(fresh_zendesk: Zendesk) -> Zendesk:
    fresh_zendesk.settings(**SWITCHES)
    return fresh_zendesk


def made(zendesk: Zendesk, count: int, **more: Any) -> list[int]:
    """Users of Zendesk, made without Penstock."""
    people = (person(number, **more) for number in range(count))
    return [
        zendesk.create(**{name: value for name, value in each.items() if value is not None})["id"] for each in people
    ]


def outcomes(delivery: Delivery) -> list[tuple[int, str, str]]:
    return [(each.number, each.outcome.value, each.code) for each in delivery.exceptions]


def test_a_hundred_users_are_one_write_and_few_polls(zendesk: Zendesk) -> None:
    link = Unlinked()

    async def use(service: Service) -> tuple[Delivery, int]:
        before = service.traffic.read
        delivery = await service.deliver(batch([person(each) for each in range(100)]), link)
        assert (service.traffic.write, service.traffic.throttled, service.traffic.retried) == (1, 0, 0)
        return delivery, service.traffic.read - before

    delivery, polls = using(zendesk, use)
    users = {user["external_id"]: user["id"] for user in zendesk.users()}
    assert delivery.answer is Answer.ANSWERED
    assert (delivery.exceptions, delivery.created) == ((), 100)
    assert delivery.remote_ids == {number: str(users[f"e{number}"]) for number in range(100)}
    assert 1 <= polls <= 20
    assert len(link.handles) == 1
    assert sum(user["verification_mails"] for user in zendesk.users()) == 0


def test_users_who_exist_are_updated_by_id(zendesk: Zendesk) -> None:
    known = made(zendesk, 100)
    delivery = deliver(zendesk, *({"id": each, "name": f"New {each}"} for each in known))
    assert delivery == Delivery(answer=Answer.ANSWERED, created=0)
    assert {user["name"] for user in zendesk.users()} == {f"New {each}" for each in known}
    assert len(requests(zendesk, UPDATE)) == 1


def test_those_whom_a_creation_finds_are_told_apart(zendesk: Zendesk) -> None:
    made(zendesk, 2)
    delivery = deliver(zendesk, *(person(each) for each in range(5)))
    assert (delivery.created, len(delivery.remote_ids)) == (3, 5)


def test_failed_items_are_rejected_in_zendesk_s_words(zendesk: Zendesk) -> None:
    made(zendesk, 1)
    zendesk.create(name="Other", email="taken@example.com")
    delivery = deliver(
        zendesk,
        person(0, email="taken@example.com"),
        person(1, email="not an address"),
        {"external_id": "e2", "name": ""},
        person(3),
    )
    assert outcomes(delivery) == [
        (0, "rejected", "email_taken"),
        (1, "rejected", "email_invalid"),
        (2, "rejected", "name_missing"),
    ]
    assert "already being used by another user" in delivery.exceptions[0].message
    assert set(delivery.remote_ids) == {3}


@pytest.mark.parametrize("fault", ["fail-job", "kill-job"])
def test_a_job_that_fails_as_a_whole_leaves_its_records_in_doubt(zendesk: Zendesk, fault: str) -> None:
    zendesk.faults({"on": CREATE, "do": fault})
    delivery = deliver(zendesk, *(person(each) for each in range(10)))
    assert (delivery.answer, delivery.code) == (Answer.LOST, "job_failed")
    assert "at 20" in delivery.reason


def test_a_job_that_vanishes_leaves_its_records_in_doubt(zendesk: Zendesk) -> None:
    zendesk.faults({"on": CREATE, "do": "lose-job"})
    delivery = deliver(zendesk, person(0))
    assert (delivery.answer, delivery.code) == (Answer.LOST, "job_vanished")


@pytest.mark.parametrize("fault", ["shuffle-results", "results-null", "results-object"])
@pytest.mark.parametrize("write", [CREATE, UPDATE])
def test_results_that_do_not_fit_are_not_believed(zendesk: Zendesk, fault: str, write: str) -> None:
    known = made(zendesk, 3)
    zendesk.faults({"on": write, "do": fault})
    records = (
        [person(each) for each in range(3)] if write == CREATE else [{"id": each, "name": "x"} for each in known]
    )
    delivery = deliver(zendesk, *records)
    assert (delivery.answer, delivery.code) == (Answer.LOST, "results_mismatch")
    assert not delivery.remote_ids


@pytest.mark.parametrize("fault", ["drop-before", "drop-after"])
@pytest.mark.parametrize("write", [CREATE, UPDATE])
def test_a_lost_answer_is_read_back_by_the_next_run(zendesk: Zendesk, fault: str, write: str) -> None:
    known = made(zendesk, 20)
    records = (
        [person(each + 20) for each in range(20)]
        if write == CREATE
        else [{"id": each, "name": "New", "alias": None, "tags": ["b", "a"]} for each in known]
    )
    zendesk.faults({"on": write, "do": fault, "nth": 1})
    lost = deliver(zendesk, *records)
    assert (lost.answer, lost.code) == (Answer.LOST, "connection_lost")
    assert len(requests(zendesk, write)) == 1

    again = deliver(zendesk, *records, in_doubt=True)
    assert (again.answer, again.exceptions) == (Answer.ANSWERED, ())
    assert len(again.remote_ids) == (20 if write == CREATE else 0)
    assert len(requests(zendesk, write)) == (1 if fault == "drop-after" else 2)
    assert len(zendesk.users()) == (40 if write == CREATE else 20)


def newcomers(count: int) -> list[dict[str, Any]]:
    return [{"email": f"new{each}@example.com", "skip_verify_email": True, "name": "New"} for each in range(count)]


def test_doubts_about_addresses_whose_jobs_are_listed_cost_a_read_for_a_hundred(zendesk: Zendesk) -> None:
    zendesk.faults({"on": CREATE, "do": "drop-after"})
    records = newcomers(250)
    portions = [records[start : start + 100] for start in (0, 100, 200)]
    for each in portions:
        assert deliver(zendesk, *each, match_key="email").answer is Answer.LOST
    zendesk.faults()
    written = len(requests(zendesk, CREATE))
    deadline = time.monotonic() + 30
    while len(zendesk.users()) < 250:
        assert time.monotonic() < deadline, "the jobs do not end"
        time.sleep(0.05)
    [seventh] = [each["id"] for each in zendesk.users() if each["email"] == "new7@example.com"]
    zendesk.update(seventh, name="Other")

    async def use(service: Service) -> list[Delivery]:
        batches = [batch(each, first=1000 * i, in_doubt=True) for i, each in enumerate(portions)]
        return await asyncio.gather(*(service.deliver(each, Unlinked()) for each in batches))

    deliveries = using(zendesk, use, match_key="email")
    assert [(each.exceptions, each.created, len(each.remote_ids)) for each in deliveries] == [
        ((), 0, 100),
        ((), 0, 100),
        ((), 0, 50),
    ]
    assert len(requests(zendesk, CREATE)) == written
    assert [line["records"] for line in requests(zendesk, UPDATE)] == [1]
    assert requests(zendesk, SEARCH) == []
    assert len(requests(zendesk, SHOW_MANY)) == 3
    assert len(requests(zendesk, JOBS)) == 1


@pytest.mark.parametrize("there", [0, 60])
def test_doubts_about_addresses_of_whom_no_job_tells_are_written_a_hundred_at_a_time(
    zendesk: Zendesk, there: int
) -> None:
    records = newcomers(100)
    for each in records[:there]:
        zendesk.create(**each)
    delivery = deliver(zendesk, *records, match_key="email", in_doubt=True)
    assert (delivery.exceptions, delivery.created, len(delivery.remote_ids)) == ((), 100 - there, 100)
    assert [line["records"] for line in requests(zendesk, CREATE)] == [100]
    assert requests(zendesk, SEARCH) == requests(zendesk, SHOW_MANY) == []
    assert len(zendesk.users()) == 100


def test_doubts_about_addresses_are_settled_by_search_where_users_can_only_be_written_one_by_one(
    zendesk: Zendesk,
) -> None:
    zendesk.settings(search_email="searched", bulk_import="off")
    zendesk.create(name="One", email="one@example.com")
    found = zendesk.create(name="Two", email="second@example.com")["id"]
    zendesk.call("POST", f"/users/{found}/identities", {"identity": {"type": "email", "value": "two@example.com"}})
    records = [{"email": f"{each}@example.com", "name": each.title()} for each in ("one", "two", "three")]
    delivery = deliver(zendesk, *records, match_key="email", in_doubt=True)
    assert delivery.exceptions == ()
    assert delivery.created == 1
    assert delivery.remote_ids[1] == str(found)
    assert len(requests(zendesk, SEARCH)) == 3
    assert [line["records"] for line in requests(zendesk, SINGLE)] == [1]


def test_external_ids_with_commas_are_looked_up_one_by_one(zendesk: Zendesk) -> None:
    zendesk.create(name="Comma", external_id="a,b")
    zendesk.create(name="Plain", external_id="C&d é")
    records = [{"external_id": each, "name": name} for each, name in (("A,b", "Comma"), ("c&d é", "Plain"))]
    delivery = deliver(zendesk, *records, in_doubt=True)
    assert (delivery.created, len(delivery.remote_ids)) == (0, 2)
    assert requests(zendesk, CREATE) == requests(zendesk, UPDATE) == []


def test_somebody_in_doubt_who_is_otherwise_is_updated_by_id(zendesk: Zendesk) -> None:
    first, second = made(zendesk, 2)
    zendesk.update(second, phone="+33 1 23")
    records = [person(0, name="Other"), person(1, phone="+33 4 56")]

    async def use(service: Service) -> Delivery:
        await mapped(service, "name", "phone")
        return await service.deliver(batch(records, in_doubt=True), Unlinked())

    delivery = using(zendesk, use)
    assert [(each.number, each.code, each.fields) for each in delivery.exceptions] == [
        (1, "identity_kept", ("phone",))
    ]
    assert ids(delivery) == [first, second]
    [write] = requests(zendesk, UPDATE)
    assert write["records"] == 1
    assert requests(zendesk, CREATE) == []
    assert zendesk.user(first)["name"] == "Other"


@pytest.mark.parametrize("shape", ["action", "index", "omitted"])
def test_deleted_users_are_skipped(zendesk: Zendesk, shape: str) -> None:
    zendesk.settings(unknown_user=shape)
    known = made(zendesk, 3)
    zendesk.call("DELETE", f"/users/{known[1]}")
    delivery = deliver(zendesk, *({"id": each, "name": "New"} for each in known))
    assert outcomes(delivery) == [(1, "skipped", DELETED)]
    assert len(zendesk.users()) == 3


def test_deleted_users_are_created_again_in_full_where_that_is_wanted(zendesk: Zendesk) -> None:
    known = made(zendesk, 3)
    zendesk.call("DELETE", f"/users/{known[1]}")
    whole = body([person(each, details="all of it") for each in range(3)])
    link = Unlinked()
    changed = [{"id": each, "name": "New"} for each in known]
    delivery = using(zendesk, lambda service: service.deliver(batch(changed, whole=whole), link))
    assert (delivery.exceptions, delivery.created) == ((), 1)
    assert set(delivery.remote_ids) == {1}
    again = zendesk.user(int(delivery.remote_ids[1]))
    assert (again["external_id"], again["details"], again["active"]) == ("e1", "all of it", True)
    assert len(link.handles) == 2

    collected = using(zendesk, lambda service: service.collect(batch(changed, whole=whole), link.handles[-1], ()))
    assert (collected.exceptions, collected.remote_ids) == ((), delivery.remote_ids)


def test_attributes_that_zendesk_drops_are_named(zendesk: Zendesk) -> None:
    zendesk.field("plan")
    zendesk.faults(
        {"on": CREATE, "do": "ignore-field", "field": "user_fields.plan"},
        {"on": UPDATE, "do": "ignore-field", "field": "notes"},
    )

    async def use(service: Service) -> tuple[Delivery, Delivery]:
        await mapped(service, "name", "notes", "plan")
        first = await service.deliver(batch([person(0, notes="n", user_fields={"plan": "pro"})]), Unlinked())
        known = [{"id": int(first.remote_ids[0]), "notes": "m"}]
        return first, await service.deliver(batch(known), Unlinked())

    first, second = using(zendesk, use)
    assert (first.ignored, second.ignored) == (("plan",), ("notes",))


def test_an_address_that_zendesk_keeps_is_not_confirmed(zendesk: Zendesk) -> None:
    zendesk.create(**person(0, email="old@example.com"))
    zendesk.create(**person(1, email="SAME@example.com"))
    records = [
        person(0, email="new@example.com"),
        person(1, email="same@Example.com"),
        person(2, email="c@example.com"),
    ]

    async def use(service: Service) -> tuple[Delivery, int]:
        await mapped(service, "name", "email")
        before = service.traffic.read
        return await service.deliver(batch(records), Unlinked()), service.traffic.read - before

    delivery, _ = using(zendesk, use)
    [kept] = delivery.exceptions
    assert (kept.number, kept.outcome, kept.code, kept.fields) == (0, Outcome.REJECTED, "identity_kept", ("email",))
    assert "old@example.com" in kept.message
    assert (delivery.created, len(delivery.remote_ids)) == (1, 3)
    assert len(requests(zendesk, "GET /api/v2/users/show_many")) == 1


def test_a_value_of_the_wrong_type_blames_its_record_alone(zendesk: Zendesk) -> None:
    records = [person(each) for each in range(10)]
    records[7]["tags"] = "no list"
    delivery = deliver(zendesk, *records)
    assert outcomes(delivery) == [(7, "rejected", "value_refused")]
    assert "users.7.tags must be an array" in delivery.exceptions[0].message
    assert len(delivery.remote_ids) == 9
    assert len(requests(zendesk, CREATE)) == 2


@pytest.mark.parametrize("status", ["503", "409", "429"])
@pytest.mark.parametrize("write", [CREATE, UPDATE])
def test_passing_troubles_are_waited_out(zendesk: Zendesk, status: str, write: str) -> None:
    known = made(zendesk, 1)
    zendesk.faults({"on": write, "do": status, "nth": 1} | ({"retry_after": 0} if status == "429" else {}))
    record = person(1) if write == CREATE else {"id": known[0], "name": "New"}
    delivery = deliver(zendesk, record)
    assert (delivery.answer, delivery.exceptions) == (Answer.ANSWERED, ())
    assert [each["status"] for each in requests(zendesk, write)] == [int(status), 200]


def test_a_server_error_may_hide_a_job(zendesk: Zendesk) -> None:
    zendesk.faults({"on": CREATE, "do": "500"})
    delivery = deliver(zendesk, person(0))
    assert (delivery.answer, delivery.code) == (Answer.LOST, "server_error")
    assert len(requests(zendesk, CREATE)) == 1


def test_a_poll_that_fails_is_repeated(zendesk: Zendesk) -> None:
    zendesk.faults({"on": "GET /api/v2/job_statuses/show_many", "do": "drop-after", "times": 4})
    delivery = deliver(zendesk, person(0))
    assert (delivery.answer, delivery.created) == (Answer.ANSWERED, 1)


@pytest.mark.parametrize("with_retry_after", ["on", "off"])
def test_no_more_jobs_than_the_account_allows(zendesk: Zendesk, with_retry_after: str) -> None:
    zendesk.settings(max_jobs=3, too_many_jobs_retry_after=with_retry_after)
    for number in range(2):  # somebody else's, which end on their own
        zendesk.start("POST", "/users/create_or_update_many", {"users": [{"name": f"Other {number}"}]})

    async def use(service: Service) -> list[Delivery]:
        batches = [batch([person(number)], first=number) for number in range(12)]
        return await asyncio.gather(*(service.deliver(each, Unlinked()) for each in batches))

    deliveries = using(zendesk, use)
    assert all(each.created == 1 for each in deliveries)
    refused = [each for each in requests(zendesk, CREATE) if each["status"] == 429]
    assert len(refused) <= 12
    assert len(zendesk.users()) == 14


def test_all_jobs_share_one_poll(zendesk: Zendesk) -> None:
    async def use(service: Service) -> tuple[list[Delivery], int]:
        before = service.traffic.read
        batches = [
            batch([person(number * 10 + each) for each in range(10)], first=number * 10) for number in range(30)
        ]
        deliveries = await asyncio.gather(*(service.deliver(each, Unlinked()) for each in batches))
        assert service.traffic.throttled == 0
        return deliveries, service.traffic.read - before

    deliveries, polls = using(zendesk, use)
    assert sum(each.created or 0 for each in deliveries) == 300
    assert polls <= 40


def test_without_bulk_import_new_users_go_one_by_one(zendesk: Zendesk) -> None:
    zendesk.settings(bulk_import="off")
    existing = zendesk.create(name="There", external_id="e3")["id"]

    async def use(service: Service) -> tuple[list[Delivery], list[str]]:
        batches = [batch([person(number), person(number + 1)], first=number) for number in range(0, 10, 2)]
        batches.append(batch([{"id": existing, "name": "Updated in bulk"}], first=20))
        deliveries = await asyncio.gather(*(service.deliver(each, Unlinked()) for each in batches))
        assert service.traffic.throttled <= 3  # timers are less exact than forty users a second
        return deliveries, service.notices

    deliveries, notices = using(zendesk, use)
    assert [each.created for each in deliveries] == [2, 1, 2, 2, 2, 0]
    assert deliveries[1].remote_ids[3] == str(existing)
    assert all(each.exceptions == () for each in deliveries)
    assert len(requests(zendesk, CREATE)) == 1
    assert sum(each["status"] != 429 for each in requests(zendesk, SINGLE)) == 10
    assert len(notices) == 1
    assert "Bulk import is switched off" in notices[0]


def until_one_was_sent(zendesk: Zendesk) -> None:
    while not requests(zendesk, SINGLE):
        time.sleep(0.01)


def test_one_by_one_stops_between_two_users(zendesk: Zendesk) -> None:
    zendesk.settings(bulk_import="off")

    async def use(service: Service) -> list[Delivery]:
        link = Unlinked()
        batches = [batch([person(first + each) for each in range(50)], first=first) for first in (0, 50)]
        sending = [asyncio.create_task(service.deliver(each, link)) for each in batches]
        await asyncio.to_thread(until_one_was_sent, zendesk)
        link.stop.set()
        return await asyncio.gather(*sending)

    first, second = using(zendesk, use)
    assert first.sent == len(zendesk.users()) == len(first.remote_ids)
    assert 0 < first.sent < 50
    assert (second.answer, second.sent) == (Answer.ANSWERED, 0)


def test_one_by_one_says_what_became_of_each(zendesk: Zendesk) -> None:
    zendesk.settings(bulk_import="off")
    made(zendesk, 1)
    zendesk.create(name="Other", email="taken@example.com")
    zendesk.create(name="There", external_id="e2", email="old@example.com")
    zendesk.faults({"on": SINGLE, "do": "drop-after", "record": "Name 3"})

    async def use(service: Service) -> Delivery:
        await mapped(service, "name", "email")
        records = [
            person(0, email="taken@example.com"),
            person(1, tags="x"),
            person(2, email="new@example.com"),
            person(3),
            person(4),
        ]
        return await service.deliver(batch(records), Unlinked())

    delivery = using(zendesk, use)
    assert outcomes(delivery) == [
        (0, "rejected", "email_taken"),
        (1, "rejected", "value_refused"),
        (2, "rejected", "identity_kept"),
        (3, "unknown", "connection_lost"),
    ]
    assert set(delivery.remote_ids) == {2, 4}


def test_a_token_that_may_create_nobody_is_a_matter_of_credentials(zendesk: Zendesk) -> None:
    zendesk.settings(scopes="read")
    with pytest.raises(CredentialsError, match="neither in bulk nor one by one") as caught:
        deliver(zendesk, person(0))
    assert not caught.value.maybe_applied
    assert "scope `write`" in caught.value.fix


def test_a_refused_token_applied_nothing(zendesk: Zendesk) -> None:
    zendesk.faults({"on": CREATE, "do": "401"})
    with pytest.raises(CredentialsError) as caught:
        deliver(zendesk, person(0))
    assert not caught.value.maybe_applied


def test_a_token_refused_after_users_were_created_one_by_one_leaves_doubt(zendesk: Zendesk) -> None:
    zendesk.settings(bulk_import="off")
    zendesk.faults({"on": SINGLE, "do": "401", "record": "Name 2"})
    with pytest.raises(CredentialsError) as caught:
        deliver(zendesk, *(person(each) for each in range(3)))
    assert caught.value.maybe_applied
    assert len(zendesk.users()) == 2


def test_a_token_refused_while_a_job_runs_leaves_doubt(zendesk: Zendesk) -> None:
    zendesk.faults({"on": "GET /api/v2/job_statuses/*", "do": "401"})
    with pytest.raises(CredentialsError) as caught:
        deliver(zendesk, person(0))
    assert caught.value.maybe_applied


class _Died(Exception):
    """The process is killed."""


class _Dying(Unlinked):
    async def hold_on_to(self, handle: str) -> None:
        await super().hold_on_to(handle)
        raise _Died


@pytest.mark.parametrize("write", [CREATE, UPDATE])
def test_what_a_killed_run_sent_is_collected(zendesk: Zendesk, write: str) -> None:
    known = made(zendesk, 3)
    zendesk.call("DELETE", f"/users/{known[1]}")
    records = (
        [person(each + 10) for each in range(3)]
        if write == CREATE
        else [{"id": each, "name": "New"} for each in known]
    )
    link = _Dying()
    with pytest.raises(_Died):
        using(zendesk, lambda service: service.deliver(batch(records), link))
    delivery = using(zendesk, lambda service: service.collect(batch(records), link.handles[-1], ()))
    assert len(requests(zendesk, write)) == 1
    if write == CREATE:
        assert (delivery.exceptions, delivery.created, len(delivery.remote_ids)) == ((), 3, 3)
    else:
        assert outcomes(delivery) == [(1, "skipped", DELETED)]


def test_attributes_that_were_dropped_are_still_named_when_the_answer_is_collected(zendesk: Zendesk) -> None:
    zendesk.faults({"on": CREATE, "do": "ignore-field", "field": "notes"})
    link = _Dying()
    records = [person(0, notes="kept back")]

    async def die(service: Service) -> Delivery:
        await mapped(service, "name", "notes")
        return await service.deliver(batch(records), link)

    with pytest.raises(_Died):
        using(zendesk, die)
    delivery = using(zendesk, lambda service: service.collect(batch(records), link.handles[-1], ()))
    assert (delivery.exceptions, delivery.created, delivery.ignored) == ((), 1, ("notes",))


def test_jobs_of_an_earlier_process_are_waited_for(zendesk: Zendesk) -> None:
    zendesk.start("POST", "/users/create_or_update_many", {"users": [person(0)]})
    delivery = deliver(zendesk, person(0), in_doubt=True)
    assert (delivery.created, len(delivery.remote_ids)) == (0, 1)
    assert len(requests(zendesk, CREATE)) == 1
    assert requests(zendesk, UPDATE) == []


def test_a_run_that_is_to_end_sends_nothing_more(zendesk: Zendesk) -> None:
    async def use(service: Service) -> list[Delivery]:
        link: RunLink = Unlinked()
        link.stop.set()
        there = batch([{"id": 1, "name": "x"}])
        return [await service.deliver(each, link) for each in (batch([person(0)]), there)]

    assert [each.sent for each in using(zendesk, use)] == [0, 0]
    assert requests(zendesk, CREATE) == []


@pytest.mark.parametrize("era", ["2021", "2023", "2024", "none"])
def test_headers_of_every_year_do(zendesk: Zendesk, era: str) -> None:
    zendesk.settings(headers=era)
    assert deliver(zendesk, person(0)).created == 1


def test_records_are_written_as_zendesk_takes_them(zendesk: Zendesk) -> None:
    zendesk.field("plan")

    async def use(service: Service) -> None:
        fields = await mapped(service, "name", "plan")
        created, updated = service.shape(fields), service.shape(fields, Addressing.REMOTE_ID)
        assert (created.identifier, updated.identifier) == ("external_id", "id")
        assert created.constants == (("skip_verify_email", "true"),)
        assert updated.constants == ()
        assert [(group.member, group.fields) for group in created.groups] == [
            (None, ("name",)),
            ("user_fields", ("plan",)),
        ]

    using(zendesk, use)
