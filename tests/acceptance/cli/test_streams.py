"""Terminals, pipes and the process itself."""

import json
import os
import pty
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.acceptance.cli.project import PENSTOCK, Project, ended


def test_a_reader_that_goes_away_is_no_error(project: Project) -> None:
    for command in ("schema", "run everyone", "--help"):
        penstock = " ".join([*PENSTOCK, command])
        shell = subprocess.run(
            ["bash", "-c", f"set -o pipefail; {penstock} | true"],
            cwd=project.folder,
            env=project.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert shell.returncode == 0, command
        assert "Broken" not in shell.stderr
        assert "Traceback" not in shell.stderr


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="there is no /dev/full here")
def test_a_full_disk_behind_the_output_is_told(project: Project) -> None:
    result = _in_bash(project, "schema > /dev/full")
    assert result.returncode == 2
    assert "Error: The output cannot be written" in result.stderr


def test_closed_streams(project: Project) -> None:
    assert _in_bash(project, "run everyone >&- 2>&-").returncode == 0


def test_colours_and_bar_on_a_terminal_only(project: Project) -> None:
    plain = project.run("run", "everyone")
    assert "\x1b" not in plain.out + plain.err
    coloured = _on_terminal(project, "run", "everyone", "--full", TERM="xterm-256color")
    assert "\x1b[" in coloured
    assert "All 3 records delivered." in coloured
    colourless = _on_terminal(project, "runs", TERM="xterm-256color", NO_COLOR="1")
    assert "\x1b[3" not in colourless


def test_lines_fit_a_narrow_terminal(project: Project) -> None:
    project.run("run", "everyone")
    for command in (("runs",), ("check",), ("segment", "pros"), ("plan", "everyone", "--full", "--quiet")):
        text = _on_terminal(project, *command, TERM="dumb")
        assert max(map(len, text.splitlines())) <= 80, command


def test_unexpected_failures_are_sentences(project: Project) -> None:
    broken = project.folder / "broken"
    broken.mkdir()
    (broken / "duckdb.py").write_text("raise RuntimeError('a secret')")
    project.env["PYTHONPATH"] = str(broken)
    result = project.run("run", "everyone")
    assert result.code == 2
    assert "Error: Penstock came upon something that it does not expect (RuntimeError)." in result.err
    assert "a secret" not in result.err
    project.env["PENSTOCK_DEBUG"] = "1"
    with project.start("run", "everyone") as process:
        assert "Traceback" in process.communicate(timeout=30)[1]


def test_an_interruption_is_an_exit_code_wherever_it_comes() -> None:
    module = "tests.acceptance.cli.interrupted_text"
    assert subprocess.run([sys.executable, "-m", module], check=False).returncode == 130


def test_sandbox_serves_until_interrupted(project: Project) -> None:
    with project.start("sandbox", "--iterable-port", "0", "--set", "iterable.new_fields=drop") as process:
        assert process.stdout is not None
        name, _, url = process.stdout.readline().strip().partition(" sandbox ready: ")
        assert name == "iterable"
        with urllib.request.urlopen(f"{url}/_sandbox/settings", timeout=10) as answer:
            assert json.load(answer)["new_fields"] == "drop"
        process.send_signal(signal.SIGINT)
        result = ended(process)
    assert result.code == 0
    assert "Ctrl-C ends them." in result.err


def test_sandbox_as_json(project: Project) -> None:
    with project.start("sandbox", "--iterable-port", "0", "--state", "kept", "--json") as process:
        assert process.stdout is not None
        lines: list[str] = []
        while not lines or lines[-1] != "}\n":
            lines.append(process.stdout.readline())
        url = json.loads("".join(lines))["iterable"]["url"]
        assert url.startswith("http://127.0.0.1:")
        process.send_signal(signal.SIGTERM)
        result = ended(process)
    assert (result.code, result.out, result.err) == (0, "", "")
    assert (project.folder / "kept").is_dir()


def _in_bash(project: Project, command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["bash", "-c", " ".join([*PENSTOCK, command])],
        cwd=project.folder,
        env=project.environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def _on_terminal(project: Project, *arguments: str, **env: str) -> str:
    """Run a command on a terminal of 80 columns and return all that appears there."""
    ours, theirs = pty.openpty()
    try:
        os.set_blocking(ours, True)
        with subprocess.Popen(
            [*PENSTOCK, *arguments],
            cwd=project.folder,
            env={**project.environment(), "COLUMNS": "80", **env},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        ) as process:
            os.close(theirs)
            shown = b""
            while chunk := _read(ours):
                shown += chunk
            assert process.wait(timeout=30) == 0, shown
    finally:
        os.close(ours)
    return shown.decode().replace("\r\n", "\n")


def _read(handle: int) -> bytes:
    try:
        return os.read(handle, 4096)
    except OSError:
        # The other side has been closed.
        return b""
