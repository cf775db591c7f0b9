"""Activations: what the service offers, the mapping, and what belongs to later versions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from penstock.catalog.entities import Mode
from penstock.errors import Severity
from tests.unit.catalog.conftest import POST

if TYPE_CHECKING:
    from tests.unit.catalog.conftest import Project


@pytest.mark.parametrize(
    ("keys", "mode"),
    [
        ("", Mode.UPSERT),
        ("insert: true", Mode.UPSERT),
        ("insert: false", Mode.UPDATE),
        ("mode: update", Mode.UPDATE),
        ("insert: false\nmode: update", Mode.UPDATE),
    ],
)
def test_insert_mode_and_mode_say_the_same(project: Project, keys: str, mode: Mode) -> None:
    catalog = project.activation(f"fields: {{name: name}}\n{keys}").catalog()
    assert catalog.activations["send"].mode is mode


@pytest.mark.parametrize(
    ("rest", "line", "code", "message", "fix"),
    [
        ("insert: true\nmode: update", 16, "conflicting_keys", "`insert: true`", "Keep one"),
        ("mode: insert", 15, "not_available", "`mode: insert`", "Available: `mode: upsert` (`insert: true`)"),
        ("mode: upsrt", 15, "unknown_choice", "cannot be `upsrt`", "Did you mean `upsert`?"),
        ("leave: delete", 15, "not_available", "`leave: delete`", "Available: `keep`, `clear`."),
        ("model: customers", 15, "conflicting_keys", "both `segment` and `model`", "Remove one"),
        ("custom_attributes: [a, b, a]", 15, "mapped_twice", "destination field `a` twice", "Keep one"),
        ("custom_attributes: [name]", 15, "mapped_twice", "the first time on line 16", "Keep one"),
        ("custom_attributes: plan", 15, "wrong_type", "must be a list of model fields", "Write it as in"),
        ("insert: yes", 15, "wrong_type", "must be `true` or `false`", "Write it as in `insert: true`."),
        ("recreate: true", 15, "not_available", "`recreate: true`, which is not available", "Remove it."),
        (
            "custom_attributes: [{field: paid_at, type: date}]",
            15,
            "not_available",
            "the type `date` for `paid_at`",
            "Remove `type`",
        ),
        ("custom_attributes: [{feld: paid_at}]", 15, "unknown_key", "has no key `feld`", "Did you mean `field`?"),
        ("servce: users", 15, "unknown_key", "no key `servce`", ""),
    ],
)
def test_a_refused_key(project: Project, rest: str, line: int, code: str, message: str, fix: str) -> None:
    problem = project.activation(f"{rest}\nfields: {{name: name}}").refusal()
    assert (problem.code, problem.location and problem.location.line) == (code, line)
    assert message in problem.message
    assert problem.fix.startswith(fix)


@pytest.mark.parametrize(
    ("value", "code", "message"),
    [
        ("{from: tel, when: only_if_empty}", "not_available", "`when: only_if_empty` for `phone`"),
        ("{from: tel, when: sometimes}", "unknown_choice", "`when` of `fields.phone`"),
        (
            "{from: tel, when: not_empty, empty: clear}",
            "conflicting_keys",
            "which never clears it",
        ),
        ("{from: tel, empty: claer}", "unknown_choice", "`empty` of `fields.phone`"),
        ("{form: tel}", "unknown_key", "has no key `form`"),
        ("5", "wrong_type", "must be the name of a field"),
        ("[tel]", "wrong_type", "must be the name of a field"),
        ("", "wrong_type", "here it is nothing"),
    ],
)
def test_a_refused_field(project: Project, value: str, code: str, message: str) -> None:
    problem = project.activation(f"fields:\n  phone: {value}").refusal()
    assert (problem.code, problem.location and problem.location.line) == (code, 16)
    assert message in problem.message


@pytest.mark.parametrize("rest", ["", "fields: {}", "custom_attributes: []"])
def test_something_must_be_mapped(project: Project, rest: str) -> None:
    problem = project.activation(rest).refusal()
    assert problem.code == "nothing_mapped"
    assert problem.location is not None
    assert problem.location.line == 10


@pytest.mark.parametrize(
    ("match", "code", "fix"),
    [
        ("{}", "bad_match", "Keep the identifier"),
        ("{email: a, user_id: b}", "bad_match", "Keep the identifier"),
        ("{emal: email}", "unknown_match_key", "Did you mean `email`?"),
        ("email", "wrong_type", "Write it as in `match: {email: email}`."),
        ("{email: 5}", "wrong_type", ""),
    ],
)
def test_match_names_one_identifier(project: Project, match: str, code: str, fix: str) -> None:
    path = project.root / "penstock.yaml"
    project.activation("fields: {name: name}")
    path.write_text(path.read_text().replace("{email: email}", match))
    problem = project.refusal()
    assert (problem.code, problem.location and problem.location.line) == (code, 14)
    assert problem.fix.startswith(fix)


def test_an_unknown_service(project: Project) -> None:
    path = project.root / "penstock.yaml"
    project.activation("fields: {name: name}")
    path.write_text(path.read_text().replace("service: users", "service: user"))
    problem = project.refusal()
    assert (problem.code, problem.fix) == ("unknown_service", "Did you mean `users`? Allowed here: `users`.")
    assert "which Post office does not have" in problem.message


@pytest.mark.parametrize(
    "schedule", ["{every: 15 minutes}", "{every: 1 hour}", '{cron: "0 6 * * 1-5", timezone: Europe/Paris}']
)
def test_a_schedule_is_a_warning(project: Project, schedule: str) -> None:
    _, warnings = project.activation(f"schedule: {schedule}\nfields: {{a: b}}").load()
    (warning,) = warnings
    assert (warning.code, warning.severity) == ("schedule_not_started", Severity.WARNING)
    assert "`penstock run send`" in warning.fix
    assert warning.location is not None
    assert warning.location.line == 15


@pytest.mark.parametrize(
    ("schedule", "code"),
    [
        ("{every: 15 mins}", "bad_schedule"),
        ("{cron: often}", "bad_schedule"),
        ("{after: other}", "not_available"),
        ("daily", "wrong_type"),
        ("{timezone: UTC}", "missing_key"),
    ],
)
def test_a_schedule_is_checked(project: Project, schedule: str, code: str) -> None:
    problems = project.activation(f"schedule: {schedule}\nfields: {{a: b}}").refusals()
    assert code in {p.code for p in problems}


def test_a_custom_attribute_may_ask_for_a_type_that_the_service_knows(project: Project) -> None:
    service = replace(POST.services[0], attribute_types=("date",), recreates=True)
    project.types = {"post": replace(POST, services=(service,))}
    written = "custom_attributes: [plan, {field: paid_at, type: date}, {field: seen_at}]\nrecreate: true"
    activation = project.activation(written).catalog().activations["send"]
    assert [(each.target, each.type, each.custom) for each in activation.fields] == [
        ("plan", None, True),
        ("paid_at", "date", True),
        ("seen_at", None, True),
    ]
    assert activation.recreate
    problem = project.activation("custom_attributes: [{field: paid_at, type: datum}]").refusal()
    assert problem.code == "not_available"
    assert problem.fix == "Available: `date`. Without `type` the field's own type decides."


@pytest.mark.parametrize("mode", ["update", "insert"])
def test_only_who_creates_and_updates_recreates(project: Project, mode: str) -> None:
    service = replace(POST.services[0], modes=tuple(Mode), recreates=True)
    project.types = {"post": replace(POST, services=(service,))}
    problem = project.activation(f"mode: {mode}\nrecreate: true\nfields: {{name: name}}").refusal()
    assert problem.code == "conflicting_keys"
    assert f"but `mode: {mode}`" in problem.message


def test_nobody_is_recreated_unless_it_is_said(project: Project) -> None:
    assert not project.activation("fields: {name: name}").catalog().activations["send"].recreate
