"""Reading Zendesk's user fields and creating those that custom attributes need, each once."""

import asyncio
import json
from collections.abc import Iterator

import pytest

from penstock.destinations.zendesk.custom_attributes import Created, create_missing
from penstock.destinations.zendesk.judgement import MissingAttribute
from penstock.destinations.zendesk.settings import OAuth, ZendeskSettings
from penstock.destinations.zendesk.user_fields import UserFields, read_user_fields
from penstock.errors import CredentialsError, DestinationError
from tests.contract.destinations.scripted_server import ScriptedServer, http, scripted
from tests.contract.destinations.zendesk_session import TOKEN, using
from tests.emulator import Zendesk, running_zendesk

FIX = "Use another token."
PLAN = MissingAttribute(target="Plan", key="plan", title="Plan", type="text", may_be_long=True)
SCORE = MissingAttribute(target="score", key="score", title="score", type="decimal")


@pytest.fixture(scope="module")
def process() -> Iterator[Zendesk]:
    with running_zendesk() as zendesk:
        yield zendesk


@pytest.fixture
def zendesk(process: Zendesk) -> Zendesk:
    process.settings(role="admin", scopes="all")
    process.reset()
    return process


def account(url: str) -> ZendeskSettings:
    return ZendeskSettings(base_url=url, auth=OAuth(token=TOKEN))


def read(url: str) -> UserFields:
    return asyncio.run(using(account(url), lambda session: read_user_fields(session, credentials_fix=FIX)))


async def creating(url: str, *missing: MissingAttribute, longest: int = 10) -> Created:
    return await using(
        account(url), lambda session: create_missing(session, missing, lambda _: longest, credentials_fix=FIX)
    )


def create(url: str, *missing: MissingAttribute, longest: int = 10) -> Created:
    return asyncio.run(creating(url, *missing, longest=longest))


def posts(zendesk: Zendesk) -> int:
    return sum(line["method"] == "POST" for line in zendesk.lines("requests"))


def test_fields_are_read_with_their_options_and_whether_they_are_active(zendesk: Zendesk) -> None:
    options = [{"name": "Gold", "value": "gold"}, {"name": "Silver", "value": "silver"}]
    zendesk.field("tier", "dropdown", custom_field_options=options)
    zendesk.field("old", "integer", active=False)
    zendesk.field("code", "regexp", regexp_for_validation="[A-Z]+")
    zendesk.field("asset", "lookup", relationship_target_type="zen:user")
    known = {field.key: field for field in read(zendesk.url).all}
    assert (known["tier"].options, known["tier"].active) == ((("Gold", "gold"), ("Silver", "silver")), True)
    assert (known["old"].type, known["old"].active) == ("integer", False)
    assert known["code"].regexp == "[A-Z]+"
    assert known["asset"].relationship_target_type == "zen:user"


def test_every_page_is_read(zendesk: Zendesk) -> None:
    for number in range(103):
        zendesk.field(f"field_{number}")
    assert len(read(zendesk.url).all) == 103


def test_what_is_missing_is_created_as_it_is_needed(zendesk: Zendesk) -> None:
    created = create(zendesk.url, PLAN, SCORE)
    assert created.keys == {"Plan": "plan", "score": "score"}
    assert created.notices == (
        "Created the user field `plan` (text) in Zendesk.",
        "Created the user field `score` (decimal) in Zendesk.",
    )
    assert [(field.key, field.title, field.type) for field in read(zendesk.url).all] == [
        ("plan", "Plan", "text"),
        ("score", "score", "decimal"),
    ]


def test_nothing_is_asked_where_nothing_is_missing(zendesk: Zendesk) -> None:
    assert create(zendesk.url) == Created(keys={}, notices=())
    assert zendesk.lines("requests") == []


@pytest.mark.parametrize(("longest", "type_"), [(255, "text"), (256, "textarea")])
def test_long_texts_need_a_textarea(zendesk: Zendesk, longest: int, type_: str) -> None:
    create(zendesk.url, PLAN, longest=longest)
    assert [field.type for field in read(zendesk.url).all] == [type_]


def test_what_somebody_created_meanwhile_is_used(zendesk: Zendesk) -> None:
    zendesk.field("Tariff", "textarea", title="Plan")
    assert create(zendesk.url, PLAN) == Created(keys={"Plan": "Tariff"}, notices=())


def test_what_appeared_with_another_type_ends_the_run(zendesk: Zendesk) -> None:
    zendesk.field("plan", "integer")
    with pytest.raises(DestinationError) as caught:
        create(zendesk.url, PLAN)
    assert caught.value.code == "field_appeared"


@pytest.mark.parametrize("fault", ["drop-after", "503"])
def test_a_lost_answer_creates_no_second_field(zendesk: Zendesk, fault: str) -> None:
    zendesk.faults({"on": "POST /api/v2/user_fields", "nth": 1, "do": fault})
    created = create(zendesk.url, PLAN)
    assert created.keys == {"Plan": "plan"}
    assert len(read(zendesk.url).all) == 1


def test_a_request_that_never_arrived_ends_the_run(zendesk: Zendesk) -> None:
    zendesk.faults({"on": "POST /api/v2/user_fields", "nth": 1, "do": "drop-before"})
    with pytest.raises(DestinationError) as caught:
        create(zendesk.url, PLAN)
    assert caught.value.code == "connection_lost"
    assert posts(zendesk) == 1
    assert create(zendesk.url, PLAN).keys == {"Plan": "plan"}


def test_only_an_admin_may(zendesk: Zendesk) -> None:
    zendesk.settings(role="agent")
    with pytest.raises(CredentialsError) as caught:
        create(zendesk.url, PLAN)
    assert "does not let Penstock create the user field `plan` (HTTP 403)" in caught.value.message
    assert "admin" in caught.value.fix


NONE = http(200, '{"user_fields": [], "next_page": null, "count": 0}')
TAKEN = http(
    422,
    json.dumps(
        {
            "error": "RecordInvalid",
            "description": "Record validation errors",
            "details": {"key": [{"description": "Key: has already been taken", "error": "DuplicateValue"}]},
        }
    ),
)
THERE = http(200, '{"user_fields": [{"id": 1, "key": "plan", "title": "Plan", "type": "text"}]}')


async def scripted_creation(*answers: bytes) -> tuple[Created, ScriptedServer]:
    async with scripted(*answers) as server:
        return await creating(server.url, PLAN), server


def test_a_key_that_is_taken_by_a_fitting_field_is_used() -> None:
    created, _ = asyncio.run(scripted_creation(NONE, TAKEN, THERE))
    assert created.keys == {"Plan": "plan"}


@pytest.mark.parametrize("answer", [TAKEN, http(400, '{"error": {"title": "Limit", "message": "Too many."}}')])
def test_any_other_refusal_ends_the_run_with_zendesks_words(answer: bytes) -> None:
    with pytest.raises(DestinationError) as caught:
        asyncio.run(scripted_creation(NONE, answer, NONE))
    assert caught.value.code == "field_not_created"
    assert "Key: has already been taken" in caught.value.message or "Too many." in caught.value.message


def test_the_key_is_the_one_that_zendesk_answers() -> None:
    other = http(201, '{"user_field": {"id": 1, "key": "plan_2", "title": "Plan", "type": "text"}}')
    created, _ = asyncio.run(scripted_creation(NONE, other))
    assert created.keys == {"Plan": "plan_2"}


def _page(key: str, more: str) -> bytes:
    return http(200, f'{{"user_fields": [{{"id": 1, "key": "{key}"}}], {more}}}')


@pytest.mark.parametrize(
    "pages",
    [
        (
            _page("a", '"next_page": "https://acme.zendesk.com/api/v2/user_fields.json?page=2"'),
            _page("b", '"next_page": null'),
        ),
        (
            _page("a", '"meta": {"has_more": true}, "links": {"next": "https://x.com/y?page%5Bafter%5D=c"}'),
            _page("b", '"meta": {"has_more": false}, "links": {"next": "https://x.com/y?page%5Bafter%5D=d"}'),
        ),
        (_page("a", '"next_page": "?page=2"'), _page("b", '"next_page": "?page=2"')),
    ],
)
def test_pages_are_followed_at_the_own_address(pages: tuple[bytes, ...]) -> None:
    async def reading() -> tuple[UserFields, list[str]]:
        async with scripted(*pages) as server:
            known = await using(account(server.url), lambda session: read_user_fields(session, credentials_fix=FIX))
            return known, server.requests

    known, requests = asyncio.run(reading())
    assert [field.key for field in known.all] == ["a", "b"]
    assert len(requests) == 2
    assert all(request.startswith("GET /api/v2/user_fields?") for request in requests)
