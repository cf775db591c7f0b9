"""Beginning, checking, and looking at segments."""

from collections.abc import Callable
from pathlib import Path

from tests.acceptance.cli.project import Project, Result
from tests.emulator import running_zendesk


def test_check(project: Project) -> None:
    result = project.run("check")
    assert result.code == 0
    assert "penstock.yaml:16: Warning: Iterable does not know `firstName`." in result.out
    assert "the same holds for `plan`." in result.out
    assert result.out.splitlines()[-1] == "All is well, 3 warnings."
    document = project.run("check", "--json").json
    assert document["ok"] is True
    assert document["error"] is None
    assert document["problems"][0] | {"severity": "warning", "file": "penstock.yaml"} == document["problems"][0]


def test_check_lists_every_problem_refusals_first(project: Project) -> None:
    project.change("name, plan: plan}", "nmae, plan: paln}")
    project.change("fields: {firstName: name}", "fields: {firstName: nam}")
    result = project.run("check")
    assert result.code == 2
    lines = [line for line in result.out.splitlines() if line.startswith("penstock.yaml:")]
    assert len(lines) == 3
    assert all(": Error: " in line for line in lines)
    assert "Did you mean `name`?" in lines[0]
    assert result.out.splitlines()[-1] == "3 problems prevent a run."
    document = project.run("check", "--json").json
    assert [problem["line"] for problem in document["problems"]] == [16, 16, 22]
    assert document["error"]["problems"] == document["problems"]


def test_a_misspelt_custom_attribute_is_named_once(inside: Callable[..., Result], project: Project) -> None:
    project.change("fields: {firstName: name, plan: plan}", "custom_attributes: [plann]")
    said = inside("check").out
    assert "`everyone`: the custom attribute `plann` is not a field of the model. Did you mean `plan`?" in said


def test_check_of_another_folder_names_files_from_here(project: Project, tmp_path: Path) -> None:
    project.change("service: users", "servce: users")
    project.folder, here = tmp_path, project.folder
    result = project.run("check", here.name)
    assert result.code == 2
    assert "project/penstock.yaml:" in result.out
    assert "project/penstock.yaml:" in project.run("run", "everyone", "--project", here.name).err


def test_init(project: Project) -> None:
    result = project.run("init", "new")
    assert result.code == 0
    assert "penstock.yaml" in result.out
    assert "penstock run newsletter_to_iterable" in result.out
    assert (project.folder / "new" / "penstock.yaml").exists()
    again = project.run("init", "new")
    assert again.code == 2
    assert "already holds a project" in again.err
    document = project.run("init", "--project", "newer", "--json").json
    assert document["project"] == "newer"
    assert "penstock.yaml" in document["written"]


def test_the_example_runs(project: Project) -> None:
    project.run("init", "example")
    example = Project(folder=project.folder / "empty", url=project.url)
    example.folder = project.folder / "example"
    example.change("http://127.0.0.1:8092", project.url)
    example.env = {"ZENDESK_TOKEN": "any"}
    with running_zendesk("--set", "zendesk.job_seconds=0.1") as zendesk:
        example.change("http://127.0.0.1:8091", zendesk.url)
        assert example.run("check").code == 0
        for activation in ("newsletter_to_zendesk", "newsletter_to_iterable"):
            assert example.run("run", activation).code == 0


def test_segment(inside: Callable[..., Result]) -> None:
    overview = inside("segment", "pros")
    assert overview.code == 0
    assert "people whose plan is pro" in overview.out
    assert "2 of 3 records of people (66.7%)" in overview.out
    assert "ana@example.com" in overview.out
    assert inside("segment", "pros", "--count", "--json").json == {
        "segment": "pros",
        "members": 2,
        "model_rows": 3,
    }
    assert inside("segment", "pros", "--sample", "1", "--json").json["sample"] == [
        {"id": "1", "email": "ana@example.com", "name": "Ana", "plan": "pro"}
    ]
    assert "SELECT" in inside("segment", "pros", "--sql").out
    assert "plan is pro" in inside("segment", "pros", "--explain").out
    assert "There is no record in the segment." in inside("segment", "nobody").out


def test_schema(project: Project, inside: Callable[..., Result]) -> None:
    assert inside("schema").json["title"] == "Penstock project file"
    assert inside("schema", "--out", "schema.json").out == "The schema is in schema.json.\n"
    assert (project.folder / "schema.json").read_text() == inside("schema", "--json").out
