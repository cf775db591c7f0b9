"""Settings and credentials as project files give them, and what must never show."""

import base64
from pathlib import Path

import pytest

from penstock.catalog.entities import Destination
from penstock.catalog.loading import load_catalog
from penstock.destinations.registry import DESTINATION_TYPES
from penstock.destinations.zendesk.credentials import authorization, ending_problems, secrets_of
from penstock.destinations.zendesk.settings import ApiToken, OAuth, ZendeskSettings, read_settings
from penstock.errors import ConfigurationError, Problem

TOKEN = "q7-very-secret"  # what a token looks like; it opens nothing
ENVIRONMENT = {"ZENDESK_TOKEN": TOKEN, "ZENDESK_API_TOKEN": TOKEN, "HOW": "oauth", "PAD": " ü"}
OAUTH = 'auth: {type: oauth, token: "${ZENDESK_TOKEN}"}'
API_TOKEN = 'auth: {type: api_token, email: me@acme.com, token: "${ZENDESK_API_TOKEN}"}'


def destination(tmp_path: Path, entry: str) -> Destination:
    (tmp_path / "penstock.yaml").write_text(f"destinations:\n  - {{name: d, type: zendesk, {entry}}}\n")
    catalog, _ = load_catalog(tmp_path, destination_types=DESTINATION_TYPES, environment=ENVIRONMENT)
    return catalog.destinations["d"]


def settings(tmp_path: Path, entry: str) -> ZendeskSettings:
    return read_settings(destination(tmp_path, entry))


def refusals(tmp_path: Path, entry: str) -> tuple[Problem, ...]:
    with pytest.raises(ConfigurationError) as caught:
        settings(tmp_path, entry)
    assert TOKEN not in repr(caught.value.problems)
    return caught.value.problems


def test_the_least_that_is_needed(tmp_path: Path) -> None:
    assert settings(tmp_path, f"subdomain: acme, {OAUTH}") == ZendeskSettings(
        base_url="https://acme.zendesk.com",
        auth=OAuth(token=TOKEN),
        reserve=0.2,
        requests_per_minute=None,
        speed=1.0,
        skip_verify_email=True,
    )


def test_everything(tmp_path: Path) -> None:
    entry = f"subdomain: acme, base_url: 'http://127.0.0.1:8091/', {API_TOKEN}, requests_per_minute: 400"
    assert settings(tmp_path, f"{entry}, reserve: 0, verification_emails: true, speed: 10") == ZendeskSettings(
        base_url="http://127.0.0.1:8091",
        auth=ApiToken(email="me@acme.com", token=TOKEN),
        reserve=0.0,
        requests_per_minute=400.0,
        speed=10.0,
        skip_verify_email=False,
    )


def test_the_way_to_sign_in_may_be_a_variable(tmp_path: Path) -> None:
    found = settings(tmp_path, 'subdomain: acme, auth: {type: "${HOW}", token: "${ZENDESK_TOKEN}"}')
    assert found.auth == OAuth(token=TOKEN)


def test_no_secret_shows(tmp_path: Path) -> None:
    for auth in (OAUTH, API_TOKEN):
        found = destination(tmp_path, f"subdomain: acme, {auth}")
        assert found.secrets == {"auth.token"}
        assert TOKEN not in repr(found)
        assert TOKEN not in repr(read_settings(found))


@pytest.mark.parametrize(
    ("entry", "code", "fix"),
    [
        (OAUTH, "missing_key", "Add one of them: `subdomain` or `base_url`."),
        ("subdomain: acme", "missing_key", 'Add it, as in `auth: {type: oauth, token: "${ZENDESK_TOKEN}"}`.'),
        (f"subdomain: 'https://acme.zendesk.com', {OAUTH}", "bad_subdomain", "Write `subdomain: acme`."),
        (f"subdomain: Acme.zendesk.com/agent/home, {OAUTH}", "bad_subdomain", "Write `subdomain: acme`."),
        (f"subdomain: help.acme.com, {OAUTH}", "bad_subdomain", "Write only what stands before `.zendesk.com`"),
        (f"subdomain: 'ac me', {OAUTH}", "bad_subdomain", "Write it as in `subdomain: acme`."),
        (f"subdomain: acme, auth: {TOKEN}", "wrong_type", "Write it as in `auth: {type: oauth"),
        ('subdomain: acme, auth: {token: "${ZENDESK_TOKEN}"}', "missing_key", "Add it, as in `type: oauth`."),
        ("subdomain: acme, auth: {type: aouth}", "unknown_choice", "Did you mean `oauth`?"),
        (
            f"subdomain: acme, auth: {{type: oauth, token: {TOKEN}}}",
            "secret_in_clear",
            'Write `token: "${ZENDESK_TOKEN}"` and set',
        ),
        (
            f"subdomain: acme, auth: {{type: api_token, email: me@acme.com, token: {TOKEN}}}",
            "secret_in_clear",
            'Write `token: "${ZENDESK_API_TOKEN}"` and set',
        ),
        (
            'subdomain: acme, auth: {type: oauth, email: me@acme.com, token: "${ZENDESK_TOKEN}"}',
            "unknown_key",
            "Allowed here: `type`, `token`.",
        ),
        (
            'subdomain: acme, auth: {type: api_token, token: "${ZENDESK_TOKEN}"}',
            "missing_key",
            "Add it, as in `email: me@acme.com`.",
        ),
        ('subdomain: acme, auth: {type: oauth, token: "${UNSET}"}', "missing_variable", "Set it before"),
        ('subdomain: acme, auth: {type: "${UNSET}"}', "missing_variable", "Set it before"),
        ('subdomain: acme, auth: {type: oauth, token: "${PAD}x"}', "secret_in_clear", ""),
        ('subdomain: acme, auth: {type: oauth, token: "${PAD}"}', "bad_setting", "Copy the token anew."),
        (f"subdomain: acme, {OAUTH}, reserve: 91", "wrong_type", "Write it as in `reserve: 30`."),
        (f"subdomain: acme, {OAUTH}, reserve: -1", "wrong_type", ""),
        (f"subdomain: acme, {OAUTH}, requests_per_minute: 0", "wrong_type", ""),
        (f"subdomain: acme, {OAUTH}, verification_emails: off", "wrong_type", ""),
        (f"subdomain: acme, {OAUTH}, speed: 10", "bad_setting", "Remove `speed`"),
        (f"base_url: 'https://help.acme.com', {OAUTH}, speed: 10", "bad_setting", "Remove `speed`"),
        (
            'subdomain: acme, auth: {type: api_token, email: me, token: "${ZENDESK_TOKEN}"}',
            "bad_setting",
            "Write the address of the admin",
        ),
    ],
)
def test_what_cannot_be_used(tmp_path: Path, entry: str, code: str, fix: str) -> None:
    (problem,) = refusals(tmp_path, entry)
    assert problem.code == code
    assert problem.fix.startswith(fix)
    assert str(problem.location).endswith("penstock.yaml:2")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "[::1]"])
def test_speed_is_for_this_machine(tmp_path: Path, host: str) -> None:
    assert settings(tmp_path, f"base_url: 'http://{host}:8091', {OAUTH}, speed: 4").speed == 4


def test_requests_are_signed() -> None:
    assert authorization(OAuth(token=TOKEN)) == f"Bearer {TOKEN}"
    header = authorization(ApiToken(email="me@acme.com", token=TOKEN))
    assert base64.b64decode(header.removeprefix("Basic ")).decode() == f"me@acme.com/token:{TOKEN}"
    assert secrets_of(ApiToken(email="me@acme.com", token=TOKEN)) == (TOKEN, header.removeprefix("Basic "))


def test_an_api_token_is_warned_of() -> None:
    assert ending_problems(OAuth(token=TOKEN)) == ()
    (problem,) = ending_problems(ApiToken(email="me@acme.com", token=TOKEN))
    assert (problem.code, problem.severity.value) == ("api_token_ends", "warning")
    assert "2027-04-30" in problem.message
