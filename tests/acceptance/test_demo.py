"""The demo tells the truth, ends by itself, and leaves nothing running, whatever happens to it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from tests.waiting import until

REPOSITORY = Path(__file__).parents[2]
ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)")


@contextmanager
def demo(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Start the demo in a process group of its own, as a terminal does."""
    with subprocess.Popen(
        [sys.executable, "-m", "demo", "--folder", str(folder)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()


def listening(output: str) -> int:
    """How many of the two emulators named in the output still listen."""
    ports = set(ADDRESS.findall(output))
    assert len(ports) == 2, output
    return sum(_answers(int(port)) for port in ports)


def requests(output: str) -> int:
    """How many requests the emulators named in the output have answered."""
    logs = (f"http://127.0.0.1:{port}/_sandbox/requests" for port in set(ADDRESS.findall(output)))
    return sum(len(urlopen(log).read().splitlines()) for log in logs)


def _answers(port: int) -> bool:
    with socket.socket() as client:
        client.settimeout(2)
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_it_tells_its_story_and_ends(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with demo(folder) as process:
        output, errors = process.communicate(timeout=300)
    assert process.returncode == 0, output + errors
    assert output.count("✓ ") > 45
    assert "16. Go on from here" in output
    assert not [line for line in output.splitlines() if line.startswith("✓") and len(line) > 80]
    assert "\nNotes\n  - Created the user field `plan` (text) in Zendesk.\n" in output
    for told in (
        "Iterable: 14,741 users, and not one",
        "Zendesk: 3,574 users, and not one",
        "(300 created, 40 updated)",
    ):
        assert told in output
    assert listening(output) == 0
    assert (folder / "penstock.yaml").exists()
    assert (folder / "sandbox").is_dir()


def test_interrupted_it_leaves_nothing_running(tmp_path: Path) -> None:
    seen = ""
    with demo(tmp_path / "demo") as process:
        assert process.stdout is not None
        for line in process.stdout:
            seen += line
            if line.startswith("$ penstock run"):
                break
        assert listening(seen) == 2
        before = requests(seen)
        until(lambda: requests(seen) > before)  # then the run has begun, and not only its interpreter
        os.killpg(process.pid, signal.SIGINT)
        rest, errors = process.communicate(timeout=60)
    assert process.returncode == 130, seen + rest + errors
    assert "Traceback" not in errors
    assert listening(seen) == 0


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with demo(tmp_path) as process:
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "did not make" in errors
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
