"""Destinations: settings by the type's declaration, variables, and secrets that never show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from penstock.errors import Problem

if TYPE_CHECKING:
    from tests.unit.catalog.conftest import Project

SECRET = "sk-3f9a77"


def _shown(problems: tuple[Problem, ...]) -> str:
    return "\n".join(f"{p.message} {p.fix} {p!r}" for p in problems)


def test_a_missing_variable_is_named_with_the_way_to_set_it(project: Project) -> None:
    project.environment = {}
    problem = project.destination('{name: d, type: post, token: "${POST_TOKEN}"}').refusal()
    assert (problem.code, str(problem.location)) == ("missing_variable", "penstock.yaml:2")
    assert "`token` of destination `d` needs the environment variable `POST_TOKEN`" in problem.message
    assert "export POST_TOKEN=" in problem.fix


def test_an_empty_variable_counts_as_missing(project: Project) -> None:
    project.environment = {"POST_TOKEN": ""}
    assert project.destination('{name: d, type: post, token: "${POST_TOKEN}"}').refusal().code == ("missing_variable")


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        f'"{SECRET}"',
        f'"{SECRET}-${{POST_TOKEN}}"',
        f"[{SECRET}]",
        f"{{value: {SECRET}}}",
        f'"${{{SECRET}"',
        "4711471147",
        "true",
    ],
)
def test_a_secret_in_clear_is_refused_and_not_repeated(project: Project, written: str) -> None:
    problem = project.destination(f"{{name: d, type: post, token: {written}}}").refusal()
    assert problem.code == "secret_in_clear"
    assert '`token: "${POST_TOKEN}"`' in problem.fix
    assert SECRET not in _shown((problem,))
    assert "4711471147" not in _shown((problem,))


@pytest.mark.parametrize(
    "entry",
    [
        f"{{name: d, type: post, tokn: {SECRET}}}",
        f"{{name: d, type: pots, token: {SECRET}}}",
        f"{{name: d, type: post, token: {SECRET}, token: {SECRET}}}",
        f'{{name: d, type: post, token: "{SECRET}',
        f"{{name: d, token: {SECRET}}}",
        f"{{name: d, type: post, token: !x {SECRET}}}",
        f"{{name: d, type: post, token: *{SECRET}x: y}}",
        f"{SECRET}",
        f"[{SECRET}]",
    ],
)
def test_no_other_mistake_shows_it_either(project: Project, entry: str) -> None:
    assert SECRET not in _shown(project.destination(entry).refusals())


def test_the_value_of_a_variable_never_shows(project: Project) -> None:
    project.environment = {"POST_TOKEN": SECRET}
    problems = project.destination(
        '{name: d, type: post, token: "${POST_TOKEN}", region: "${POST_TOKEN}", base_url: "${POST_TOKEN}",'
        ' rate: "${POST_TOKEN}"}'
    ).refusals()
    assert [p.code for p in problems] == ["unknown_choice", "bad_url", "wrong_type"]
    assert SECRET not in _shown(problems)
    catalog = project.destination('{name: d, type: post, token: "${POST_TOKEN}"}').catalog()
    assert catalog.destinations["d"].settings["token"] == SECRET
    assert SECRET not in repr(catalog)


def test_a_secret_with_a_line_break_is_refused_unseen(project: Project) -> None:
    project.environment = {"POST_TOKEN": f"{SECRET}\n"}
    problem = project.destination('{name: d, type: post, token: "${POST_TOKEN}"}').refusal()
    assert problem.code == "bad_variable"
    assert SECRET not in _shown((problem,))


@pytest.mark.parametrize("written", ["${}", "${1A}", "${A B}", "x${POST", "${A${B}}"])
def test_a_malformed_variable(project: Project, written: str) -> None:
    problems = project.destination(f'{{name: d, type: post, token: "${{POST_TOKEN}}", office: "{written}"}}')
    assert {p.code for p in problems.refusals()} <= {"bad_variable", "missing_variable"}


def test_variables_fill_any_setting(project: Project) -> None:
    project.environment = {"POST_TOKEN": "t", "REGION": "eu", "PORT": "8092", "RATE": "2.5", "NAME": "Main"}
    project.destination(
        '{name: d, type: post, token: "${POST_TOKEN}", region: "${REGION}", rate: "${RATE}",'
        ' base_url: "http://127.0.0.1:${PORT}", office: "${NAME} ${REGION}"}'
    )
    assert dict(project.catalog().destinations["d"].settings) == {
        "token": "t",
        "region": "eu",
        "base_url": "http://127.0.0.1:8092",
        "rate": 2.5,
        "office": "Main eu",
    }


def test_the_type_may_be_a_variable_and_its_settings_are_checked(project: Project) -> None:
    project.environment = {"KIND": "post", "POST_TOKEN": "t"}
    assert project.destination('{name: d, type: "${KIND}"}').refusal().code == "missing_key"
    assert project.destination('{name: d, type: "${KIND}", token: "${POST_TOKEN}"}').catalog()


@pytest.mark.parametrize(
    ("setting", "code", "fix"),
    [
        ("regon: eu", "unknown_key", "Did you mean `region`?"),
        ("region: EUR", "unknown_choice", "Did you mean `eu`?"),
        ("region: asia", "unknown_choice", "Allowed here: `us`, `eu`."),
        ("region: [us]", "wrong_type", ""),
        ("base_url: ftp://example.com", "bad_url", "Write it as in `base_url: http://127.0.0.1:8092`."),
        ("base_url: 'http://'", "bad_url", ""),
        ("base_url: 'http://a:b:c'", "bad_url", ""),
        ("base_url: 'http://a b'", "bad_url", ""),
        ("rate: 0", "wrong_type", ""),
        ("rate: -1", "wrong_type", ""),
        ("rate: .nan", "wrong_type", ""),
        ("rate: fast", "wrong_type", ""),
        ("office: ''", "wrong_type", ""),
        ("office: 5", "wrong_type", ""),
    ],
)
def test_settings_hold_what_they_are_declared_to(project: Project, setting: str, code: str, fix: str) -> None:
    entry = f'{{name: d, type: post, token: "${{POST_TOKEN}}", {setting}}}'
    problem = project.destination(entry).refusal()
    assert problem.code == code
    assert problem.fix.startswith(fix)


def test_a_password_in_an_address_is_not_repeated(project: Project) -> None:
    entry = f'{{name: d, type: post, token: "${{POST_TOKEN}}", base_url: "http://me:{SECRET}@example.com"}}'
    problem = project.destination(entry).refusal()
    assert problem.code == "bad_url"
    assert SECRET not in _shown((problem,))


def test_an_unknown_type_is_one_problem(project: Project) -> None:
    problem = project.destination('{name: d, type: pst, token: "${POST_TOKEN}", region: eu}').refusal()
    assert (problem.code, problem.fix) == ("unknown_choice", "Did you mean `post`? Allowed here: `post`.")


def test_a_misspelt_type_is_a_missing_one(project: Project) -> None:
    problem = project.destination('{name: d, typ: post, token: "${POST_TOKEN}"}').refusal()
    assert (problem.code, problem.fix) == ("missing_key", "Add it, as in `type: post`.")
