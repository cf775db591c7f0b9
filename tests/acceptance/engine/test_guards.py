"""Guards on the way through the real command line: what they compare with, and what they say."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.cli.project import Project
from tests.acceptance.engine.shop import Shop
from tests.emulator import Emulator


def stopped(shop: Shop, *arguments: str) -> Any:
    ended = shop.penstock("run", "everybody", "--json", *arguments)
    assert ended.exit_code == 4, ended.text + ended.errors
    return ended.json["error"]


def test_a_change_of_the_mapping_is_named_whether_new_or_from_another_field(shop: Shop, emulator: Emulator) -> None:
    shop.map(name="name", plan="plan")
    shop.run()
    before = len(emulator.writes())
    shop.map(name="name", plan="name")
    remapped = stopped(shop)
    assert remapped["code"] == "guard_changed"
    assert "The mapping has changed: `plan` is new or comes from another field now." in remapped["message"]
    shop.map(name="name", plan="plan", city="city")
    assert "The mapping has changed: `city` is new" in stopped(shop)["message"]
    shop.map(name="name", plan="plan")
    shop.sql("UPDATE customers SET plan = 'pro'")
    assert "Most of it is in `plan` (2,500 records)." in stopped(shop)["message"]
    assert "A full run sends every value again" in stopped(shop, "--full")["message"]
    assert len(emulator.writes()) == before


def test_a_plan_made_earlier_meets_the_same_guards(shop: Shop, emulator: Emulator) -> None:
    shop.run()
    before = len(emulator.writes())
    shop.sql("DELETE FROM customers WHERE id > 1000")
    path = str(shop.folder / "plan.penstock")
    planned = shop.penstock("plan", "everybody", "--json", "--out", path)
    assert planned.exit_code == 0
    told = planned.json["guard"]
    assert told["guard"] == "shrunk"
    assert f"penstock run everybody --plan {path} --allow shrunk --allow left`" in told["fix"]
    assert [each["guard"] for each in told["guards"]] == ["shrunk", "left"]
    assert stopped(shop, "--plan", path)["message"] == told["message"]
    assert stopped(shop, "--plan", path, "--allow", "shrunk")["code"] == "guard_left"
    assert shop.run("--plan", path, "--allow", "shrunk", "--allow", "left")["planned"]["left"] == 1500
    assert len(emulator.writes()) == before


def test_several_guards_are_told_a_line_each_with_one_command_to_copy(shop: Shop, emulator: Emulator) -> None:
    shop.run()
    before = len(emulator.writes())
    shop.sql("DELETE FROM customers WHERE id > 1700", "UPDATE customers SET plan = 'pro'")
    ended = shop.penstock("run", "everybody", "--allow", "left")
    assert ended.exit_code == 4
    first, *lines, command = ended.errors.splitlines()[-4:]
    assert first == "Error: 2 guards stopped the run; nothing was sent."
    assert [line.split(":")[0] for line in lines] == ["- shrunk", "- changed"] * (len(lines) == 2)
    assert all("The likely cause is" in line for line in lines)
    assert shop.penstock("report", "latest").text.splitlines()[-3:] == [*lines, command]
    assert [each["guard"] for each in stopped(shop)["guards"]] == ["shrunk", "left", "changed"]
    assert len(emulator.writes()) == before
    _, _, copied = command.partition("`penstock run everybody ")
    assert copied == "--allow shrunk --allow left --allow changed`."
    assert shop.run(*copied.removesuffix("`.").split())["planned"]["update"] == 1700


@pytest.mark.parametrize("arguments", [(), ("--allow", "empty"), ("--full",)])
def test_an_empty_csv_is_stopped_although_it_tells_no_types(
    tmp_path: Path, emulator: Emulator, arguments: tuple[str, ...]
) -> None:
    project = Project(folder=tmp_path / "project", url=emulator.url)
    assert project.run("run", "everyone").code == 0
    before = len(emulator.writes())
    project.people([])
    ended = project.run("run", "everyone", "--json", *arguments)
    assert (ended.code, json.loads(ended.out)["error"]["code"]) == (4, "guard_empty")
    assert "it gave 3 records at the last run" in ended.out
    assert project.run("plan", "everyone").code == 4
    assert len(emulator.writes()) == before
    project.people(["1,ana@example.com,Ana,pro", "2,bob@example.com,Bob,free", "3,cy@example.com,Cy,team"])
    report = project.run("run", "everyone", "--json").json
    assert (report["planned"]["update"], report["planned"]["unchanged"]) == (1, 2)


def test_a_lost_ledger_leaves_the_absolute_limit(shop: Shop, emulator: Emulator) -> None:
    path = shop.folder / "penstock.yaml"
    shop.run()
    (shop.folder / ".penstock" / "ledgers" / "everybody.duckdb").unlink()
    path.write_text(path.read_text().replace("settings: {", "settings: {max_first_run: 2000, "))
    assert shop.penstock("run", "everybody").exit_code == 2
    assert stopped(shop, "--full")["code"] == "guard_maximum"
    assert shop.run("--full", "--allow", "maximum")["outcomes"]["delivered"] == 2500
