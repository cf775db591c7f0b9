"""Running, planning and looking back, as people read it and as scripts do."""

import json

from tests.acceptance.cli.project import Project
from tests.emulator import Emulator


def test_first_run_then_nothing(project: Project, emulator: Emulator) -> None:
    first = project.run("run", "everyone")
    assert first.code == 0, first
    assert "everyone → marketing · full run" in first.out
    assert "All 3 records delivered." in first.out
    assert "Planned   create 3 · update 0 · unchanged 0" in first.out
    assert "Sending 3 records …" in first.err
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
    assert {"run", "activation", "withheld", "reasons", "warnings", "seconds"} <= set(report)


def test_plan_shows_before_and_after_and_sends_nothing(project: Project, emulator: Emulator) -> None:
    assert "firstName: Ana · plan: pro" in project.run("plan", "everyone").out
    assert not emulator.writes()
    project.run("run", "everyone")
    project.people(["1,ana@example.com,Ana,team", "2,bob@example.com,,free", "3,cy@example.com,Cy,pro"])
    plan = project.run("plan", "everyone", "--out", "next.plan")
    assert plan.code == 0
    assert "Planned  create 0 · update 2 · unchanged 1" in plan.out
    assert "plan: pro → team" in plan.out
    assert "firstName: Bob → (none)" in plan.out
    assert len(emulator.writes()) == 1
    document = project.run("plan", "everyone", "--json").json
    assert document["planned"]["update"] == 2
    assert document["sample"][0]["changes"] == [{"field": "plan", "before": "pro", "after": "team"}]

    run = project.run("run", "everyone", "--plan", "next.plan")
    assert run.code == 0
    assert "All 2 records delivered." in run.out
    outdated = project.run("run", "everyone", "--plan", "next.plan")
    assert outdated.code == 2
    assert "out of date" in outdated.err


def test_rejected_record(project: Project, emulator: Emulator) -> None:
    emulator.faults({"on": "POST /api/users/bulkUpdate", "nth": 1, "do": "reject-record"})
    result = project.run("run", "everyone")
    assert result.code == 1
    assert "2 of 3 records delivered, 1 rejected." in result.out
    assert "- 1 × invalid_data (rejected)" in result.out
    key = result.out.partition("      key: ")[2].partition("\n")[0]
    assert f"Next  penstock history everyone {key}" in result.out
    history = project.run("history", "everyone", key)
    assert "create · rejected" in history.out
    assert "(invalid_data)" in history.out
    entries = project.run("history", "everyone", key, "--json").json["entries"]
    assert [entry["outcome"] for entry in entries] == ["rejected"]


def test_lost_answer(project: Project, emulator: Emulator) -> None:
    emulator.faults({"on": "POST /api/users/bulkUpdate", "do": "drop-after"})
    result = project.run("run", "everyone")
    assert result.code == 1
    assert "0 of 3 records delivered, 3 unknown." in result.out


def test_withheld_fields(project: Project, emulator: Emulator) -> None:
    emulator.settings(new_fields="drop")
    result = project.run("run", "everyone")
    assert result.code == 1
    assert "2 fields withheld." in result.out
    assert "- firstName, plan: 3 records each" in result.out
    assert "Warnings" not in result.out, "what is withheld is told once"
    assert project.run("report", "latest", "--json").json["withheld"][0]["records"] == 3


def test_looking_back(project: Project) -> None:
    assert "There is no run yet" in project.run("runs").out
    assert project.run("runs", "--json").json == {"runs": []}
    project.run("run", "everyone")
    project.run("run", "everyone")
    listed = project.run("runs", "--json").json["runs"]
    assert [run["outcomes"]["delivered"] for run in listed] == [0, 3]
    name = listed[1]["run"]
    assert name in project.run("runs", "everyone").out
    assert "1 earlier run" in project.run("runs", "--limit", "1").out
    assert "All 3 records delivered." in project.run("report", name).out
    assert project.run("report", name, "--json").json["run"] == name
    assert "firstName: Ana · plan: pro" in project.run("history", "everyone", "ana@example.com").out
    assert "No run of everyone has sent anything for nobody." in project.run("history", "everyone", "nobody").out


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


def test_full_sends_everything_again(project: Project) -> None:
    project.run("run", "everyone")
    result = project.run("run", "everyone", "--full", "--json").json
    assert (result["kind"], result["outcomes"]["delivered"]) == ("full", 3)
