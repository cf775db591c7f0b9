"""The emulator as a process: ports, state, time, ends."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from penstock.sandbox.errors import SandboxError
from penstock.sandbox.options import SandboxOptions
from penstock.sandbox.serve import serve

if TYPE_CHECKING:
    from tests.emulator import Emulator

    Start = Callable[..., AbstractContextManager[Emulator]]


def refused(*arguments: str) -> str:
    """The error output of an emulator that does not start."""
    command = [sys.executable, "-m", "penstock.sandbox", "--iterable-port", "0", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    return done.stderr


def test_a_restart_holds_users_fields_forgotten_and_project(start: Start, tmp_path: Path) -> None:
    state = ("--state", str(tmp_path / "deep" / "state"), "--set", "iterable.visibility_seconds=0")
    with start(*state) as emulator:
        emulator.bulk({"email": "a@example.com", "dataFields": {"plan": "pro"}})
        emulator.control("forget", {"email": "gone@example.com"})
        before = (emulator.lines("users"), emulator.fields(), emulator.project())
        os.kill(emulator.process_id, signal.SIGKILL)
    with start(*state) as emulator:
        assert (emulator.lines("users"), emulator.fields(), emulator.project()) == before
        assert emulator.bulk({"email": "gone@example.com"})["failCount"] == 1
        assert (tmp_path / "deep" / "state" / "iterable.sqlite").exists()


def test_reads_see_a_write_only_after_the_delay(start: Start) -> None:
    with start("--set", "iterable.visibility_seconds=20", "--speed", "20") as emulator:
        emulator.bulk({"email": "a@example.com", "userId": "u", "dataFields": {"n": 1}})
        assert emulator.user("a@example.com") is None
        assert emulator.fields()["n"] == "long"
        assert emulator.lines("users")[0]["dataFields"]["n"] == 1
        time.sleep(1.1)
        assert emulator.user("a@example.com")["dataFields"]["n"] == 1
        emulator.bulk({"email": "a@example.com", "dataFields": {"n": 2}})
        emulator.call("DELETE", "/api/users/byUserId/u")
        assert emulator.user("a@example.com")["dataFields"]["n"] == 1
        assert emulator.lines("users") == []
        time.sleep(1.1)
        assert emulator.user("a@example.com") is None


def test_taking_the_delay_away_shows_later_writes_at_once(start: Start) -> None:
    with start("--set", "iterable.visibility_seconds=60") as emulator:
        emulator.bulk({"email": "a@example.com", "dataFields": {"n": 1}})
        emulator.bulk({"email": "a@example.com", "dataFields": {"n": 2}})
        assert emulator.user("a@example.com") is None
        emulator.settings(visibility_seconds=0)
        emulator.bulk({"email": "a@example.com", "dataFields": {"n": 3}})
        assert emulator.user("a@example.com")["dataFields"]["n"] == 3


def test_rate_limits_answer_as_recorded(start: Start) -> None:
    with start("--speed", "0.05") as emulator:  # so that the second is not over before the requests are
        answers = [emulator.call("POST", "/api/users/bulkUpdate", {"users": [{}]}) for _ in range(6)]
        assert [answer.status for answer in answers] == [200] * 5 + [429]
        assert answers[-1].text == (
            '{"msg":"Exceeded rate limit of 5.0 per second for endpoint: /api/users/bulkUpdate,'
            f' project: {emulator.project()} ","code":"RateLimitExceeded","params":{{}}}}'
        )
        assert "Retry-After" not in answers[-1].headers
        assert [emulator.call("GET", "/api/users/getFields").status for _ in range(4)] == [200, 200, 200, 429]
        emulator.settings(retry_after=2)
        assert emulator.call("GET", "/api/users/getFields").headers["Retry-After"] == "2"
        emulator.settings(rate_limits="off")
        assert emulator.call("GET", "/api/users/getFields").status == 200


def test_speed_widens_rate_limits(start: Start) -> None:
    with start("--speed", "1000") as emulator:
        assert all(emulator.call("GET", "/api/users/getFields").status == 200 for _ in range(100))


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(signal_number: signal.Signals) -> None:
    command = [sys.executable, "-m", "penstock.sandbox", "--iterable-port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("iterable sandbox ready: http://127.0.0.1:")
        process.send_signal(signal_number)
        rest, errors = process.communicate(timeout=10)
        assert (process.returncode, rest, errors) == (0, "", "")


def test_cancelling_ends_it(capsys: pytest.CaptureFixture[str]) -> None:
    async def start_and_cancel() -> None:
        task = asyncio.create_task(serve(SandboxOptions(iterable_port=0)))
        await asyncio.sleep(0.5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(start_and_cancel())
    assert capsys.readouterr().out.count("iterable sandbox ready: ") == 1


def test_a_taken_port(start: Start) -> None:
    with start() as emulator:
        port = urlsplit(emulator.url).port
        errors = refused("--iterable-port", str(port))
    assert f"cannot listen on port {port}" in errors
    assert "--iterable-port" in errors


def test_mistaken_options(tmp_path: Path) -> None:
    assert "Did you mean iterable.new_fields (allow | drop)?" in refused("--set", "iterable.new_fieds=drop")
    assert "Allowed: allow | drop." in refused("--set", "iterable.new_fields=keep")
    assert "is not a setting" in refused("--set", "iterable.new_fields")
    assert "Unknown setting 'zendes.bulk'" in refused("--set", "zendes.bulk=off")
    assert "speed" in refused("--speed", "0")
    (tmp_path / "file").write_text("")
    assert "cannot keep its state" in refused("--state", str(tmp_path / "file"))


def test_two_sandboxes_do_not_share_a_state(start: Start, tmp_path: Path) -> None:
    with start("--state", str(tmp_path)):
        assert "no other sandbox uses" in refused("--state", str(tmp_path))


@pytest.mark.parametrize("port", [-1, 65536])
def test_an_impossible_port(port: int) -> None:
    with pytest.raises(SandboxError, match="cannot listen"):
        asyncio.run(serve(SandboxOptions(iterable_port=port)))
