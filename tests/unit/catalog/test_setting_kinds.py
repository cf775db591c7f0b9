"""Settings that are more than a word: mappings that depend on their type, subdomains, flags, bounded numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML

from penstock.catalog.declaration import DestinationSpec, SettingKind, SettingSpec, VariantSpec
from penstock.catalog.schema import json_schema
from tests.unit.catalog.test_schema import mistakes

if TYPE_CHECKING:
    from tests.unit.catalog.conftest import Project

_TOKEN = SettingSpec(name="token", kind=SettingKind.TEXT, label="Token", help="A token.", required=True, secret=True)
DESK = DestinationSpec(
    type="desk",
    label="Desk",
    settings=(
        SettingSpec(
            name="place", kind=SettingKind.SUBDOMAIN, label="Place", help="Where it is.", domain="desk.example"
        ),
        SettingSpec(name="base_url", kind=SettingKind.URL, label="Base URL", help="The address."),
        SettingSpec(
            name="auth",
            kind=SettingKind.VARIANT,
            label="Sign-in",
            help="How to sign in.",
            required=True,
            variants=(
                VariantSpec(name="bearer", label="Bearer", help="A bearer token.", settings=(_TOKEN,)),
                VariantSpec(
                    name="basic",
                    label="Basic",
                    help="A name and a token.",
                    settings=(
                        SettingSpec(name="user", kind=SettingKind.TEXT, label="User", help="Who.", default="admin"),
                        _TOKEN,
                    ),
                ),
            ),
        ),
        SettingSpec(name="loud", kind=SettingKind.FLAG, label="Loud", help="Whether it is loud.", default=False),
        SettingSpec(name="share", kind=SettingKind.NUMBER, label="Share", help="A share.", least=0, most=90),
    ),
    services=(),
    at_least_one=("place", "base_url"),
)
SECRET = "sesame-4711"
SIGNED = 'auth: {type: bearer, token: "${DESK_TOKEN}"}'


@pytest.fixture
def desk(project: Project) -> Project:
    project.types = {"desk": DESK}
    project.environment = {"DESK_TOKEN": SECRET, "FORM": "basic", "LOUD": "true", "SHARE": "12.5", "PLACE": "acme"}
    return project


def settings(desk: Project, rest: str) -> dict[str, object]:
    return dict(desk.destination(f"{{name: d, type: desk, {rest}}}").catalog().destinations["d"].settings)


def misfits(rest: str) -> list[str]:
    schema: Any = json_schema({"desk": DESK})
    return list(mistakes({"destinations": [{"name": "d", "type": "desk", **_loaded(rest)}]}, schema, schema))


def _loaded(rest: str) -> Any:
    return YAML(typ="safe", pure=True).load(f"{{{rest}}}")


def test_a_variant_has_the_settings_of_its_type(desk: Project) -> None:
    assert settings(desk, f"place: acme, {SIGNED}")["auth"] == {"type": "bearer", "token": SECRET}
    basic = 'auth: {type: basic, token: "${DESK_TOKEN}"}'
    assert settings(desk, f"place: acme, {basic}")["auth"] == {"type": "basic", "token": SECRET, "user": "admin"}
    by_variable = 'auth: {type: "${FORM}", token: "${DESK_TOKEN}"}'
    assert settings(desk, f"place: acme, {by_variable}") == settings(desk, f"place: acme, {basic}")


def test_its_secrets_are_known_and_never_show(desk: Project) -> None:
    catalog = desk.destination(f"{{name: d, type: desk, place: acme, {SIGNED}}}").catalog()
    assert catalog.destinations["d"].secrets == {"auth.token"}
    assert SECRET not in repr(catalog)


@pytest.mark.parametrize(
    ("auth", "code", "words"),
    [
        ("bearer", "wrong_type", "a mapping with `type` and what belongs to it (`bearer`, `basic`)"),
        ("[bearer]", "wrong_type", "but here it is a list"),
        (SECRET, "wrong_type", "but here it is text"),
        ("{}", "missing_key", "`auth` of destination `d` has no `type`"),
        ("{type: bearr}", "unknown_choice", "`type` of `auth` of destination `d` cannot be `bearr`"),
        ("{type: 5}", "wrong_type", "must be one of `bearer`, `basic`"),
        ('{type: "${NO_FORM}"}', "missing_variable", "needs the environment variable `NO_FORM`"),
        ('{token: "${DESK_TOKEN}"}', "missing_key", "has no `type`"),
        ("{type: bearer}", "missing_key", "has no `token`"),
        (f"{{type: bearer, token: {SECRET}}}", "secret_in_clear", "written here in clear"),
        ('{type: bearer, user: me, token: "${DESK_TOKEN}"}', "unknown_key", "has no key `user`"),
    ],
)
def test_a_variant_that_does_not_hold(desk: Project, auth: str, code: str, words: str) -> None:
    problem = desk.destination(f"{{name: d, type: desk, place: acme, auth: {auth}}}").refusal()
    assert problem.code == code
    assert words in problem.message
    assert SECRET not in problem.message + problem.fix


def test_one_of_a_group_is_enough_and_both_may_stand(desk: Project) -> None:
    problem = desk.destination(f"{{name: d, type: desk, {SIGNED}}}").refusal()
    assert (problem.code, problem.fix) == ("missing_key", "Add one of them: `place` or `base_url`.")
    url = "base_url: 'http://127.0.0.1:1'"
    assert settings(desk, f"{url}, {SIGNED}")
    assert settings(desk, f"place: acme, {url}, {SIGNED}")


@pytest.mark.parametrize(("written", "place"), [("acme", "acme"), ("ACME-2", "acme-2"), ("4711", "4711")])
def test_subdomains(desk: Project, written: str, place: str) -> None:
    assert settings(desk, f"place: {written}, {SIGNED}")["place"] == place


def test_a_subdomain_may_be_a_variable_and_is_then_not_shown(desk: Project) -> None:
    assert settings(desk, f'place: "${{PLACE}}", {SIGNED}')["place"] == "acme"
    desk.environment["PLACE"] = "https://acme.desk.example"
    problem = desk.destination(f'{{name: d, type: desk, place: "${{PLACE}}", {SIGNED}}}').refusal()
    assert (problem.code, problem.fix) == ("bad_subdomain", "Write it as in `place: acme`.")
    assert "https" not in problem.message


@pytest.mark.parametrize(
    ("written", "fix"),
    [
        ("https://acme.desk.example", "Write `place: acme`."),
        ("acme.desk.example/agent/home", "Write `place: acme`."),
        ("HTTPS://Acme.Desk.Example:443/", "Write `place: acme`."),
        (
            "help.acme.com",
            "Write only what stands before `.desk.example`; an address of your own goes into `base_url`.",
        ),
        ("-acme", "Write it as in `place: acme`."),
        ("me:secret@acme.desk.example", "Write it as in `place: acme`."),
    ],
)
def test_a_whole_address_is_no_subdomain(desk: Project, written: str, fix: str) -> None:
    problem = desk.destination(f"{{name: d, type: desk, place: '{written}', {SIGNED}}}").refusal()
    assert (problem.code, problem.fix) == ("bad_subdomain", fix)
    assert "secret" not in problem.message


@pytest.mark.parametrize(("written", "loud"), [("true", True), ("false", False), ('"${LOUD}"', True)])
def test_flags(desk: Project, written: str, loud: bool) -> None:
    assert settings(desk, f"place: acme, {SIGNED}, loud: {written}")["loud"] is loud


@pytest.mark.parametrize(("written", "share"), [("0", 0.0), ("90", 90.0), ('"${SHARE}"', 12.5)])
def test_numbers_within_bounds(desk: Project, written: str, share: float) -> None:
    assert settings(desk, f"place: acme, {SIGNED}, share: {written}")["share"] == share


@pytest.mark.parametrize("wrong", ["loud: yes", "loud: 1", "share: -1", "share: 91", "share: .inf", "share: few"])
def test_what_is_out_of_bounds(desk: Project, wrong: str) -> None:
    assert desk.destination(f"{{name: d, type: desk, place: acme, {SIGNED}, {wrong}}}").refusal().code == "wrong_type"
    assert misfits(f"place: acme, {SIGNED}, {wrong}")


def test_the_schema_of_what_holds() -> None:
    assert misfits(f"place: acme, {SIGNED}, loud: true, share: 0") == []
    assert (
        misfits('base_url: "http://x", auth: {type: basic, user: me, token: "${DESK_TOKEN}"}, loud: "${LOUD}"') == []
    )


@pytest.mark.parametrize(
    "wrong",
    [
        SIGNED,
        "place: acme",
        f"place: 'https://acme.desk.example', {SIGNED}",
        "place: acme, auth: bearer",
        "place: acme, auth: {type: bearr}",
        "place: acme, auth: {type: bearer, token: clear}",
        'place: acme, auth: {type: bearer, user: me, token: "${DESK_TOKEN}"}',
    ],
)
def test_the_schema_refuses_what_the_loader_refuses(wrong: str) -> None:
    assert misfits(wrong)
