"""Two activations that send the same people to one account: nobody twice, nobody in two jobs at once."""

import subprocess
import time
from collections import Counter
from datetime import datetime
from itertools import groupby
from typing import Any

import pytest

from tests.acceptance.zendesk.helpdesk import PLAIN, Helpdesk
from tests.contract.destinations.stands.zendesk_stand import SPEED

OTHERS = """
  - name: notes
    model: customers
    destination: there
    service: users
    match: {email: email}
    fields: {name: name, notes: note}
settings:"""


def with_notes(helpdesk: Helpdesk) -> None:
    """Add the activation `notes`, which sends everybody as well."""
    helpdesk.map(PLAIN)
    path = helpdesk.folder / "penstock.yaml"
    path.write_text(path.read_text().replace("settings:", OTHERS.lstrip("\n")))


def everybody_once(helpdesk: Helpdesk) -> None:
    users = helpdesk.emulator.users()
    assert max(Counter(user["email"] for user in users).values()) == 1
    assert len(users) == 350
    assert all(user["notes"] and user["user_fields"]["points"] for user in users)


def test_the_second_run_knows_whom_the_first_created(helpdesk: Helpdesk) -> None:
    with_notes(helpdesk)
    helpdesk.emulator.settings(job_seconds=60)
    commands = [helpdesk.command("run", name, "--quiet") for name in ("everybody", "notes")]
    processes = [
        subprocess.Popen(command, env=helpdesk.environment, stdout=subprocess.DEVNULL) for command in commands
    ]
    assert [process.wait(timeout=120) for process in processes] == [0, 0]
    paths = Counter(write["path"].rpartition("/")[2] for write in helpdesk.writes())
    assert paths == {"create_or_update_many": 4, "update_many": 4}
    everybody_once(helpdesk)


def test_jobs_that_another_activation_left_are_awaited(helpdesk: Helpdesk) -> None:
    with_notes(helpdesk)
    helpdesk.emulator.settings(job_seconds=120)
    helpdesk.kill_run_at_work(4)
    assert len(helpdesk.writes()) == 4
    ended = helpdesk.penstock("run", "notes")
    assert ended.exit_code == 0
    assert ended.document["notices"] == []
    assert [write["path"].rpartition("/")[2] for write in helpdesk.writes()[4:]] == ["update_many"] * 4
    everybody_once(helpdesk)
    assert helpdesk.run()["requests"]["write"] == 0


def test_what_is_left_of_a_job_is_not_taken_up_twice(helpdesk: Helpdesk) -> None:
    with_notes(helpdesk)
    helpdesk.emulator.settings(job_seconds=120)
    helpdesk.kill_run_at_work(4)
    with subprocess.Popen(
        helpdesk.command("run", "everybody", "--quiet"), env=helpdesk.environment, stdout=subprocess.DEVNULL
    ) as own:
        time.sleep(0.5)
        assert helpdesk.penstock("run", "notes").exit_code == 0
        assert own.wait(timeout=120) == 0
    everybody_once(helpdesk)


def until_told(process: "subprocess.Popen[str]", words: str) -> None:
    """Read a run's progress up to a line with these words."""
    assert process.stderr is not None
    assert any(words in line for line in process.stderr), words


@pytest.mark.parametrize("command", ["run", "plan"])
def test_who_is_taken_up_by_another_activation_waits_for_that(helpdesk: Helpdesk, command: str) -> None:
    with_notes(helpdesk)
    helpdesk.emulator.settings(job_seconds=200)
    helpdesk.kill_run_at_work(4)

    def begun(*arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            helpdesk.command(*arguments),
            env=helpdesk.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    with begun("run", "notes") as other:
        until_told(other, "Collecting the answers to an interrupted run")
        with begun(command, "everybody") as own:
            until_told(own, "Waiting for a run of activation `notes`, which takes up what this one left unfinished")
            own.communicate(timeout=120)
        other.communicate(timeout=120)
    assert (own.returncode, other.returncode) == (0, 0)
    everybody_once(helpdesk)


def turns_of(writes: list[Any]) -> list[tuple[str, str]]:
    """Requests of which kind the activations made, one after the other."""
    in_order = [
        (write["path"].rpartition("/")[2], "notes" if "notes" in write["body"] else "everybody") for write in writes
    ]
    return [turn for turn, _ in groupby(in_order)]


@pytest.mark.parametrize("waiting", [False, True])
def test_one_limit_for_runs_after_and_beside_each_other(helpdesk: Helpdesk, waiting: bool) -> None:
    """The reserve stays untouched, nothing is refused, and nobody is written by two jobs at once."""
    limit = 100
    with_notes(helpdesk)
    helpdesk.sql("DELETE FROM customers WHERE id > 200")
    helpdesk.emulator.settings(requests_per_minute=limit)
    turns = []
    for _ in range(2):
        before = len(helpdesk.writes())
        processes = []
        for name in ("everybody", "notes"):
            command = helpdesk.command("run", name, "--quiet", "--allow", "changed")
            processes.append(subprocess.Popen(command, env=helpdesk.environment, stdout=subprocess.DEVNULL))
            if not waiting:
                processes[-1].wait(timeout=120)
        assert [process.wait(timeout=120) for process in processes] == [0, 0]
        turns.append(turns_of(helpdesk.writes()[before:]))
        helpdesk.sql("UPDATE customers SET points = points + 1, note = note || '!'")
    requests = helpdesk.requests()
    assert {line["status"] for line in requests} <= {200, 201}
    minutes = Counter(int(datetime.fromisoformat(line["time"]).timestamp() * SPEED // 60) for line in requests)
    assert max(minutes.values()) <= limit * 0.8 + 1
    assert [len(each) for each in turns] == [2, 2]
    assert [path for each in turns for path, _ in each] == ["create_or_update_many", *["update_many"] * 3]
