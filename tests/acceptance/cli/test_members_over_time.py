"""How large a segment was at each run, and who entered and left: whatever became of their delivery."""

import random
import shutil
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tests.acceptance.cli.project import Project, Result
from tests.emulator import Emulator

Inside = Callable[..., Result]
BULK, DELETE = "POST /api/users/bulkUpdate", "DELETE /api/users/*"


@pytest.fixture
def sent(project: Project) -> Project:
    """Sends the segment of those whose plan is pro."""
    project.change("model: people\n    destination", "segment: pros\n    destination")
    return project


def have(project: Project, pros: Iterable[int], others: Iterable[int] = ()) -> None:
    plans = {**dict.fromkeys(others, "free"), **dict.fromkeys(pros, "pro")}
    project.people([f"{n},user{n}@example.com,Name {n},{plan}" for n, plan in sorted(plans.items())])


def report_of(inside: Inside, *arguments: str) -> Any:
    result = inside("run", "everyone", "--json", *arguments)
    assert result.code in {0, 1}, result.out
    return result.json


def moved(inside: Inside, *arguments: str) -> tuple[Any, Any]:
    membership = report_of(inside, *arguments)["membership"]
    assert (membership["model"], membership["segment"]) == ("people", "pros")
    return membership["entered"], membership["left"]


def who(inside: Inside, which: str) -> list[int]:
    found = inside("report", "latest", f"--{which}", "--json").json[which]
    assert inside("report", "latest", f"--{which}").out.split() == found
    return [int(key) for key in found]


def test_sizes_at_each_run(sent: Project, inside: Inside) -> None:
    assert "No run has sent it yet." in inside("segment", "pros", "--history").out
    have(sent, pros=[1, 2, 3], others=[4, 5])
    assert moved(inside) == (3, 0)
    assert (who(inside, "entered"), who(inside, "left")) == ([1, 2, 3], [])
    assert moved(inside) == (0, 0)
    have(sent, pros=[2, 3, 4, 6], others=[1, 5])
    assert moved(inside) == (2, 1)
    assert (who(inside, "entered"), who(inside, "left")) == ([4, 6], [1])
    have(sent, pros=[1, 2, 3, 4, 6], others=[5])
    assert moved(inside) == (1, 0)
    assert who(inside, "entered") == [1]
    history = inside("segment", "pros", "--history", "--json").json["history"]
    told = [[run[key] for key in ("members", "model_rows", "entered", "left")] for run in history]
    assert told == [[5, 6, 1, 0], [4, 6, 2, 1], [3, 5, 0, 0], [3, 5, 3, 0]]
    assert {run["activation"] for run in history} == {"everyone"}
    page = inside("segment", "pros", "--history").out
    assert "Members  Share  Entered  Left" in page
    assert "4  66.7%        2     1" in page
    assert "Members   5 of 6 records of people · 1 entered · 0 left" in inside("report", "latest").out
    assert inside("segment", "nobody", "--history", "--json").json["history"] == []


def test_who_was_refused_entered_once_and_leaves_once(sent: Project, inside: Inside, emulator: Emulator) -> None:
    have(sent, pros=[1, 2])
    emulator.faults({"on": BULK, "do": "reject-record", "record": "user2@example.com"})
    assert moved(inside) == (2, 0)
    assert moved(inside) == (0, 0)
    have(sent, pros=[1, 3])
    assert moved(inside) == (1, 1)
    assert (who(inside, "entered"), who(inside, "left")) == ([3], [2])
    have(sent, pros=[1, 2, 3])
    assert moved(inside) == (1, 0)
    assert who(inside, "entered") == [2]


def test_who_is_set_aside_is_a_member(sent: Project, inside: Inside) -> None:
    have(sent, pros=range(1, 101))
    assert moved(inside) == (100, 0)
    lines = [f"{n},user{n}@example.com,Name {n},pro" for n in range(1, 101)]
    sent.people(
        [*lines, "7,user7@example.com,Name 7,pro", "101,user9@example.com,New,pro", ",none@example.com,X,pro"]
    )
    assert moved(inside) == (1, 0)  # 7 and 9 stay members, 101 shares the address of 9; a row without a key is nobody
    assert who(inside, "entered") == [101]
    assert moved(inside) == (0, 0)
    have(sent, pros=range(2, 102))
    assert moved(inside) == (0, 1)
    assert who(inside, "left") == [1]


def test_whose_leaving_failed_has_left_and_enters_on_returning(
    sent: Project, inside: Inside, emulator: Emulator
) -> None:
    sent.change("match: {email: email}", "match: {email: email}\n    leave: clear")
    have(sent, pros=[1, 2, 3])
    report_of(inside)
    have(sent, pros=[1, 3], others=[2])
    emulator.faults({"on": BULK, "do": "reject-record", "record": "user2@example.com"})
    assert moved(inside) == (0, 1)
    assert moved(inside) == (0, 0)
    have(sent, pros=[1, 2, 3])
    assert moved(inside) == (1, 0)
    assert who(inside, "entered") == [2]


def test_a_full_run_knows_and_a_lost_ledger_does_not(sent: Project, inside: Inside) -> None:
    have(sent, pros=[1, 2, 3])
    report_of(inside)
    have(sent, pros=[2, 3, 4])
    assert moved(inside, "--full") == (1, 1)
    (sent.folder / ".penstock/ledgers/everyone.duckdb").unlink()
    assert moved(inside, "--full") == (None, None)
    unknown = inside("report", "latest", "--entered", "--json")
    assert (unknown.code, unknown.json["error"]["code"]) == (2, "members_unknown")
    assert "unknown" in inside("segment", "pros", "--history").out
    assert "not known who entered and who left" in inside("report", "latest").out
    have(sent, pros=[2, 3, 5])
    assert moved(inside) == (1, 1)
    assert (who(inside, "entered"), who(inside, "left")) == ([5], [4])


def test_what_is_no_longer_kept_is_not_known(sent: Project, inside: Inside, emulator: Emulator) -> None:
    have(sent, pros=[1, 2])
    report_of(inside)
    shutil.rmtree(sent.folder / ".penstock/runs")
    gone = inside("report", "latest", "--entered", "--json")
    assert (gone.code, gone.json["error"]["code"]) == (2, "members_not_kept")
    have(sent, pros=[1, 3])
    emulator.faults({"on": BULK, "do": "reject-record", "record": "user3@example.com"})
    assert moved(inside) == (1, 1)  # all that was sent before was confirmed, so that the ledger tells
    shutil.rmtree(sent.folder / ".penstock/runs")
    assert moved(inside) == (None, None)


def test_another_segment_begins_anew(sent: Project, inside: Inside) -> None:
    have(sent, pros=[1, 2], others=[3])
    report_of(inside)
    sent.change("name: pros,", "name: paying, formerly: pros,")
    sent.change("segment: pros", "segment: paying")
    have(sent, pros=[1, 3], others=[2])
    membership = report_of(inside)["membership"]
    assert membership == {"model": "people", "segment": "paying", "entered": 1, "left": 1}
    assert [run["members"] for run in inside("segment", "paying", "--history", "--json").json["history"]] == [2, 2]
    sent.change("segment: paying", "model: people")
    membership = report_of(inside, "--allow", "changed")["membership"]
    assert membership == {"model": "people", "segment": None, "entered": None, "left": None}


def test_a_plan_made_earlier_knows_its_members(sent: Project, inside: Inside) -> None:
    have(sent, pros=[1, 2])
    report_of(inside)
    have(sent, pros=[2, 3])
    assert inside("plan", "everyone", "--out", "plan.penstock").code == 0
    assert moved(inside, "--plan", "plan.penstock") == (1, 1)
    assert (who(inside, "entered"), who(inside, "left")) == ([3], [1])


@pytest.mark.parametrize("leave", ["keep", "clear", "delete"])
def test_a_random_walk(sent: Project, inside: Inside, emulator: Emulator, leave: str) -> None:
    """Whatever the destination answers, who entered and left is what the source says."""
    sent.change("match: {email: email}", f"match: {{email: email}}\n    leave: {leave}")
    chance = random.Random(leave)
    before: set[int] = set()
    for step in range(14):
        members = {n for n in range(1, 13) if chance.random() < 0.5} | {20}
        have(sent, pros=members, others=set(range(1, 13)) - members)
        refused = chance.sample(range(1, 13), 3)
        faults = (
            [{"on": BULK, "do": "reject-record", "record": f"user{n}@example.com"} for n in refused]
            if step % 3
            else [{"on": way, "do": "drop-after", "nth": 1} for way in (BULK, DELETE)]
        )
        emulator.faults(*(faults if step % 4 else ()))
        allowed = [word for guard in ("changed", "left", "shrunk", "removed") for word in ("--allow", guard)]
        membership = report_of(inside, *allowed, *(("--full",) if step == 9 else ()))["membership"]
        assert (membership["entered"], membership["left"]) == (len(members - before), len(before - members)), step
        assert who(inside, "entered") == sorted(members - before)
        assert who(inside, "left") == sorted(before - members)
        before = members
