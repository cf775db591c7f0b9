"""Running, planning and looking back, as people read it and as scripts do."""

import json
import re
from collections.abc import Callable

from tests.acceptance.cli.project import Project, Result
from tests.emulator import Emulator


def test_first_run_then_nothing(project: Project, emulator: Emulator) -> None:
    first = project.run("run", "everyone")
    assert first.code == 0, first
    assert "everyone → marketing · full run" in first.out
    assert "All 3 records delivered." in first.out
    assert "Planned   create 3 · update 0 · unchanged 0" in first.out
    assert "Sending: 3 records …" in first.err
    assert set(emulator.users()) == {"ana@example.com", "bob@example.com", "cy@example.com"}

    second = project.run("run", "everyone", "--quiet")
    assert second.code == 0
    assert second.err == ""
    assert second.out.startswith("Nothing has changed since 20")
    assert second.out.endswith(": 0 write requests.\n")
    assert second.out.count("\n") == 1


def test_run_as_json_has_the_keys_that_scripts_rely_on(project: Project) -> None:
    result = project.run("run", "everyone", "--json")
    report = result.json
    assert result.code == 0
    assert report["status"] == "succeeded"
    assert report["kind"] == "full"
    assert report["desired"] == 3
    assert report["planned"] | {"create": 3, "update": 0, "remove": 0, "unchanged": 0, "held": 0} == report["planned"]
    assert report["outcomes"] == {"delivered": 3, "rejected": 0, "skipped": 0, "unknown": 0}
    assert set(report["requests"]) == {"total", "write", "read", "throttled", "retried"}
    assert {"run", "activation", "withheld", "reasons", "warnings", "notices", "seconds"} <= set(report)


def test_plan_shows_before_and_after_and_sends_nothing(
    project: Project, emulator: Emulator, inside: Callable[..., Result]
) -> None:
    assert "firstName: Ana · plan: pro" in inside("plan", "everyone").out
    assert not emulator.writes()
    inside("run", "everyone")
    project.people(["1,ana@example.com,Ana,team", "2,bob@example.com,,free", "3,cy@example.com,Cy,pro"])
    plan = inside("plan", "everyone", "--out", "next.plan")
    assert plan.code == 0
    assert "Planned  create 0 · update 2 · unchanged 1" in plan.out
    assert "plan: pro → team" in plan.out
    assert "firstName: Bob → (none)" in plan.out
    assert len(emulator.writes()) == 1
    document = inside("plan", "everyone", "--json").json
    assert document["planned"]["update"] == 2
    assert document["sample"][0]["changes"] == [{"field": "plan", "before": "pro", "after": "team"}]

    run = inside("run", "everyone", "--plan", "next.plan")
    assert run.code == 0
    assert "All 2 records delivered." in run.out
    outdated = inside("run", "everyone", "--plan", "next.plan")
    assert outdated.code == 2
    assert "out of date" in outdated.err


def test_rejected_record(emulator: Emulator, inside: Callable[..., Result]) -> None:
    emulator.faults({"on": "POST /api/users/bulkUpdate", "nth": 1, "do": "reject-record"})
    result = inside("run", "everyone")
    assert result.code == 1
    assert "2 of 3 records delivered, 1 rejected." in result.out
    assert "- 1 × invalid_data (rejected)" in result.out
    key = result.out.partition("      key: ")[2].partition("\n")[0]
    assert f"Next  penstock history everyone {key}" in result.out
    history = inside("history", "everyone", key)
    assert "create · rejected" in history.out
    assert "(invalid_data)" in history.out
    entries = inside("history", "everyone", key, "--json").json["entries"]
    assert [entry["outcome"] for entry in entries] == ["rejected"]


def test_lost_answer(project: Project, emulator: Emulator) -> None:
    emulator.faults({"on": "POST /api/users/bulkUpdate", "do": "drop-after"})
    result = project.run("run", "everyone")
    assert result.code == 1
    assert "0 of 3 records delivered, 3 unknown." in result.out


def test_withheld_fields(emulator: Emulator, inside: Callable[..., Result]) -> None:
    emulator.settings(new_fields="drop")
    result = inside("run", "everyone")
    assert result.code == 1
    assert "2 fields withheld." in result.out
    assert "- firstName, plan: 3 records each" in result.out
    assert "Warnings" not in result.out, "what is withheld is told once"
    assert inside("report", "latest", "--json").json["withheld"][0]["records"] == 3


def test_looking_back(inside: Callable[..., Result]) -> None:
    assert "There is no run yet" in inside("runs").out
    assert inside("runs", "--json").json == {"runs": []}
    assert inside("run", "everyone").code == 0
    assert inside("run", "everyone").code == 0
    assert re.search(r"UTC  [0-9.]+ s +succeeded", inside("runs", "everyone").out)
    delivered = {run["outcomes"]["delivered"]: run["run"] for run in inside("runs", "--json").json["runs"]}
    assert set(delivered) == {0, 3}
    name = delivered[3]
    assert name in inside("runs", "everyone").out
    assert "1 earlier run" in inside("runs", "--limit", "1").out
    assert "All 3 records delivered." in inside("report", name).out
    assert inside("report", name, "--json").json["run"] == name
    assert "firstName: Ana · plan: pro" in inside("history", "everyone", "ana@example.com").out
    assert "No run of everyone has sent anything for nobody." in inside("history", "everyone", "nobody").out


def test_empty_segment(project: Project) -> None:
    result = project.run("run", "no_one")
    assert result.code == 0
    assert "no record is in the segment" in result.out


def test_json_is_utf8_and_unescaped(project: Project) -> None:
    project.people(["1,ana@example.com,Zoë,pro"])
    project.env["LC_ALL"] = "C"
    project.env["PYTHONIOENCODING"] = "ascii"
    out = project.run("plan", "everyone", "--json").out
    assert "Zoë" in out
    assert json.loads(out)["sample"][0]["changes"][0]["after"] == "Zoë"


def test_values_cannot_steer_the_terminal(project: Project) -> None:
    project.people(["1,ana@example.com,\x1b[31mred,pro"])
    assert "\x1b" not in project.run("plan", "everyone").out


def test_full_sends_everything_again(inside: Callable[..., Result]) -> None:
    inside("run", "everyone")
    result = inside("run", "everyone", "--full", "--json").json
    assert (result["kind"], result["outcomes"]["delivered"]) == ("full", 3)
