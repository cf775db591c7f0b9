"""Exit codes of what goes wrong, the sentence for people and the document for scripts."""

import fcntl
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.acceptance.cli.project import Project, Result, ended
from tests.emulator import Emulator


def refused(give: Callable[..., Result], *arguments: str, code: int, error: str) -> Result:
    """Give a command that fails, once for people and once for scripts."""
    told = give(*arguments)
    assert told.code == code, told
    assert told.out == ""
    sentence, _, rest = told.err.rpartition("→ ")
    assert "Error: " in sentence, told.err
    assert rest.strip()
    scripted = give(*arguments, "--json")
    assert scripted.code == code
    document = scripted.json["error"]
    assert document["code"] == error
    assert set(document) == {"code", "message", "fix", "problems", *(["guards"] if code == 4 else [])}
    several = document.get("guards", [])[1:] and document["guards"]
    assert all(said["message"] in told.err for said in several or [document])
    assert document["fix"] in told.err
    return told


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("run", "nobody"), "unknown_activation"),
        (("plan", "everone"), "unknown_activation"),
        (("segment", "prs"), "unknown_segment"),
        (("runs", "nope"), "unknown_activation"),
        (("report", "nope"), "unknown_run"),
        (("report", "latest"), "unknown_run"),
        (("history", "nope", "1"), "unknown_activation"),
        (("run",), "usage"),
        (("run", "everyone", "--fast"), "usage"),
        (("segment", "pros", "--sample", "many"), "usage"),
        (("segment", "pros", "--count", "--sql"), "usage"),
        (("walk",), "usage"),
        (("run", "everyone", "--plan", "data/people.csv"), "plan_file"),
        (("run", "everyone", "--plan", "missing.plan"), "plan_file"),
        (("run", "everyone", "--plan", "data"), "plan_file"),
        (("plan", "everyone", "--out", "missing/folder/p"), "output_file"),
        (("plan", "everyone", "--out", "data"), "output_file"),
        (("schema", "--out", "data"), "output_file"),
        (("plan", "everyone", "--out", "/dev/null"), "output_file"),
        (("run", "everyone", "--project", "missing"), "project_missing"),
        (("run", "everyone", "--project", "data"), "project_empty"),
        (("check", "data"), "project_empty"),
        (("check", "a", "--project", "b"), "usage"),
        (("init", "penstock.yaml"), "project_missing"),
        (("sandbox", "--set", "nonsense"), "usage"),
        (("sandbox", "--set", "iterable.nonsense=1"), "sandbox"),
        (("sandbox", "--speed", "0"), "sandbox"),
        (("sandbox", "--iterable-port", "70000"), "sandbox"),
    ],
    ids=str,
)
def test_wrong_use(inside: Callable[..., Result], arguments: tuple[str, ...], error: str) -> None:
    result = inside(*arguments, "--json")
    assert result.code == 2, result
    assert result.json["error"]["code"] == error
    assert result.json["error"]["fix"]


def test_wrong_use_is_told_to_people(offline: Project) -> None:
    told = refused(offline.run, "run", "everone", code=2, error="unknown_activation")
    assert "Did you mean `everyone`?" in told.err
    assert "`penstock run --help`" in refused(offline.run, "run", code=2, error="usage").err


def test_wrong_yaml(offline: Project) -> None:
    offline.yaml("models: [")
    told = refused(offline.run, "run", "everyone", code=2, error="yaml_syntax")
    assert "penstock.yaml:" in told.err
    assert offline.run("check").code == 2


def test_several_problems_are_all_named(offline: Project) -> None:
    offline.change("service: users", "servce: users")
    told = offline.run("run", "everyone")
    assert told.code == 2
    assert told.err.count("penstock.yaml:") == 2
    problems = offline.run("run", "everyone", "--json").json["error"]["problems"]
    assert {problem["file"] for problem in problems} == {"penstock.yaml"}


def test_missing_secret(offline: Project) -> None:
    offline.change("ITERABLE_API_KEY", "KEY_THAT_IS_NOT_SET")
    assert "KEY_THAT_IS_NOT_SET" in offline.run("check").out
    assert offline.run("run", "everyone").code == 2


def test_missing_table_and_file(project: Project) -> None:
    project.change("table: people", "table: persons")
    assert "persons" in project.run("run", "everyone", "--quiet").err
    assert project.run("check").code in {2, 3}
    project.change("path: data/", "path: gone/")
    assert project.run("run", "everyone").code == 3


def test_missing_column(project: Project, inside: Callable[..., Result]) -> None:
    project.change("firstName: name, plan", "firstName: nmae, plan")
    told = refused(inside, "run", "everyone", code=2, error="unknown_field")
    assert "Did you mean `name`?" in told.err


def test_unreachable_destination(offline: Project) -> None:
    with offline.start("check") as check, offline.start("run", "everyone", "--json") as run:
        checked, ran = ended(check), ended(run)
    assert checked.code == ran.code == 3
    assert "127.0.0.1:9" in checked.out
    assert ran.json["error"]["code"] == "connection_refused"


def test_refused_key(project: Project) -> None:
    project.env["ITERABLE_API_KEY"] = "wrong"
    told = refused(project.run, "plan", "everyone", "--quiet", code=3, error="credentials_refused")
    assert "wrong" not in told.err
    assert "Failed before anything was sent." in _report_after(project, "run", "everyone")


def test_guard(project: Project, inside: Callable[..., Result]) -> None:
    project.change("model: people\n    destination", "segment: pros\n    destination")
    inside("run", "everyone")
    project.people(["4,dee@example.com,Dee,free"])
    told = refused(inside, "run", "everyone", "--quiet", code=4, error="guard_empty")
    assert "--allow empty" in told.err
    plan = inside("plan", "everyone")
    assert plan.code == 0
    assert "2 guards would stop this run" in plan.out
    assert "Stopped by a guard" in inside("report", "latest").out
    assert "guard_empty · guard_shrunk" in inside("runs").out
    assert inside("run", "everyone", "--allow", "empty", "--allow", "shrunk").code == 0


def test_guard_of_a_first_run(project: Project, inside: Callable[..., Result]) -> None:
    project.yaml(project.file.read_text() + "settings: {max_first_run: 2}\n")
    told = refused(inside, "run", "everyone", "--quiet", code=4, error="guard_maximum")
    assert "3 new records" in told.err
    assert inside("run", "everyone", "--allow", "maximum").code == 0


def test_already_running(project: Project, inside: Callable[..., Result]) -> None:
    inside("plan", "everyone")
    with locked(project):
        refused(inside, "run", "everyone", "--quiet", code=5, error="already_running")
        assert inside("plan", "everyone").code == 5


def test_state_cannot_be_written(offline: Project) -> None:
    (offline.folder / ".penstock").write_text("a file where the folder should be")
    told = offline.run("run", "everyone", "--json")
    assert told.code == 2
    assert told.json["error"]["fix"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_while_sending(project: Project, emulator: Emulator, number: signal.Signals) -> None:
    emulator.faults({"on": "POST /api/users/bulkUpdate", "do": "delay", "seconds": 2})
    with project.start("run", "everyone", "--json") as process:
        assert process.stderr is not None
        while "Sending" not in process.stderr.readline():
            pass
        time.sleep(0.3)
        process.send_signal(number)
        result = ended(process)
    assert result.code == 130
    assert result.json["status"] == "interrupted"
    emulator.faults()
    assert project.run("run", "everyone").code == 0


def test_interrupted_before_sending(project: Project, emulator: Emulator) -> None:
    emulator.faults({"on": "GET /api/users/getFields", "do": "delay", "seconds": 5})
    with project.start("run", "everyone") as process:
        assert process.stderr is not None
        assert "Checking" in process.stderr.readline()
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        result = ended(process)
    assert result.code == 130
    assert result.err.startswith("Error: Interrupted.")


@contextmanager
def locked(project: Project) -> Iterator[None]:
    """Hold the lock that a run of the activation holds."""
    with (project.folder / ".penstock" / "locks" / "everyone.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _report_after(project: Project, *arguments: str) -> str:
    project.run(*arguments)
    return project.run("report", "latest").out
