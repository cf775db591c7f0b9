"""Progress where nobody watches a terminal: every stage that goes through records says how far it is."""

import pytest

from penstock.cli import progress
from penstock.cli.screen import Screen


def test_a_long_stage_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(progress, "LINE_EVERY_SECONDS", 0.0)
    with progress.watching(Screen()) as watcher:
        watcher.stage("Checking the destination")
        watcher.stage("Looking up users at the destination", 100_000)
        watcher.advance(1_000)
        watcher.advance(11_000)
        watcher.stage("Sending", 1)
        watcher.advance(1)
    lines = [line.rpartition(", ")[0] or line for line in capsys.readouterr().err.splitlines()]
    assert lines == [
        "Checking the destination …",
        "Looking up users at the destination: 100,000 records …",
        "Looking up users at the destination: 1,000 of 100,000",
        "Looking up users at the destination: 12,000 of 100,000",
        "Sending: 1 record …",
        "Sending: 1 of 1",
    ]
