"""Signing in to Zendesk: who is who, and what proves nothing. Odd answers come from a scripted server."""

import asyncio
from collections.abc import Iterator

import pytest

from penstock.destinations.zendesk.account import SignedIn, read_account
from penstock.destinations.zendesk.settings import ApiToken, OAuth, ZendeskSettings
from penstock.errors import CredentialsError, DestinationError
from tests.contract.destinations.scripted_server import http, scripted
from tests.contract.destinations.zendesk_session import TOKEN, using
from tests.emulator import Zendesk, running_zendesk


@pytest.fixture(scope="module")
def process() -> Iterator[Zendesk]:
    with running_zendesk() as zendesk:
        yield zendesk


@pytest.fixture
def zendesk(process: Zendesk) -> Zendesk:
    process.settings(role="admin", scopes="all", api_tokens="on")
    process.reset()
    return process


def sign_in(url: str, auth: OAuth | ApiToken | None = None) -> SignedIn:
    found = ZendeskSettings(base_url=url, auth=auth or OAuth(token=TOKEN))
    return asyncio.run(using(found, lambda session: read_account(session, found)))


def sign_in_to(*answers: bytes) -> SignedIn:
    async def signed_in() -> SignedIn:
        async with scripted(*answers) as server:
            found = ZendeskSettings(base_url=server.url, auth=OAuth(token=TOKEN))
            return await using(found, lambda session: read_account(session, found))

    return asyncio.run(signed_in())


def test_an_admin_is_signed_in(zendesk: Zendesk) -> None:
    found = sign_in(zendesk.url)
    host = zendesk.url.removeprefix("http://")
    assert (found.role, found.is_admin) == ("admin", True)
    assert found.account.label == f"Zendesk {host}"
    assert found.account.parts == (("host", host),)
    assert f"user:{found.user_id}" in found.account.anchors
    assert TOKEN not in repr(found)


def test_another_token_and_another_admin_make_no_other_account(zendesk: Zendesk) -> None:
    before = sign_in(zendesk.url)
    zendesk.create(name="Second", email="second@acme.com", role="admin")
    after = sign_in(zendesk.url, ApiToken(email="second@acme.com", token="another"))
    assert after.account.key_fingerprint != before.account.key_fingerprint
    assert len(after.account.anchors) == 2
    assert before.account.is_same_as(after.account)


def test_a_reset_sandbox_is_another_account(zendesk: Zendesk) -> None:
    before = sign_in(zendesk.url)
    zendesk.reset()
    assert not before.account.is_same_as(sign_in(zendesk.url).account)


def test_an_agent_is_signed_in_as_one(zendesk: Zendesk) -> None:
    zendesk.settings(role="agent")
    found = sign_in(zendesk.url)
    assert (found.role, found.is_admin) == ("agent", False)


def test_an_end_user_is_refused(zendesk: Zendesk) -> None:
    zendesk.settings(role="end-user")
    with pytest.raises(CredentialsError) as caught:
        sign_in(zendesk.url)
    assert "as an end user" in caught.value.message
    assert caught.value.fix == "Use the token of an admin."


@pytest.mark.parametrize(
    ("auth", "words", "fix"),
    [
        (OAuth(token="wrong"), "expired, revoked, malformed", "Check that the access token belongs to this account"),
        (ApiToken(email="me@acme.com", token="wrong"), "an anonymous visitor", "Check that the API token is active"),
    ],
)
def test_a_wrong_token_is_refused(zendesk: Zendesk, auth: OAuth | ApiToken, words: str, fix: str) -> None:
    with pytest.raises(CredentialsError) as caught:
        sign_in(zendesk.url, auth)
    assert words in caught.value.message
    assert caught.value.fix.startswith(fix)


def test_api_tokens_that_are_off(zendesk: Zendesk) -> None:
    zendesk.settings(api_tokens="off")
    with pytest.raises(CredentialsError):
        sign_in(zendesk.url, ApiToken(email="me@acme.com", token="any"))


ME = http(200, '{"user": {"id": 7, "role": "agent", "name": "Ana"}}')


def test_who_may_not_read_admins_is_known_by_oneself() -> None:
    found = sign_in_to(ME, http(403, '{"error": {"title": "Forbidden", "message": "No."}}'))
    assert found.account.anchors == {"user:7"}


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (http(200, '{"user": {"id": null, "name": "Anonymous user"}}'), CredentialsError, "credentials_refused"),
        (http(200, '{"user": {"id": 7}}'), CredentialsError, "credentials_refused"),
        (http(200, "{}"), CredentialsError, "credentials_refused"),
        (http(401, f'{{"error": "Not {TOKEN}"}}'), CredentialsError, "credentials_refused"),
        (http(404, "{}"), DestinationError, "wrong_url"),
        (http(404, "<html>", content_type="text/html"), DestinationError, "wrong_url"),
        (http(301, headers="Location: https://other.zendesk.com/\r\n"), DestinationError, "redirected"),
        (http(200, "<html>", content_type="text/html"), DestinationError, "unexpected_answer"),
        (http(500, "oh"), DestinationError, "unexpected_status"),
    ],
)
def test_odd_answers(answer: bytes, error: type[DestinationError], code: str) -> None:
    with pytest.raises(error) as caught:
        sign_in_to(answer)
    assert caught.value.code == code
    assert TOKEN not in caught.value.message
