"""Whoever watches a run sees how far looking up, reading values and sending are."""

from collections import Counter
from dataclasses import dataclass, field

import pytest

from penstock.operations.project import open_project
from penstock.operations.running import RunOptions, run_activation
from tests.acceptance.iterable.stock import Stock
from tests.emulator import KEY


@dataclass
class Watcher:
    """Counts what is done in each stage that goes through records."""

    stages: dict[str, int] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    now: str = ""

    def stage(self, sentence: str, records: int | None = None) -> None:
        self.now = sentence
        if records is not None:
            self.stages[sentence] = records

    def advance(self, records: int) -> None:
        self.done[self.now] += records


def test_every_record_is_counted_in_every_stage(stock: Stock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ITERABLE_API_KEY", KEY)
    stock.stock(2_500)
    stock.seed(*range(1, 2_001))
    stock.write("update", fields="{name: name, plan: {from: plan, when: only_if_empty}}")
    watcher = Watcher()
    run_activation(open_project(stock.folder), "everybody", RunOptions(), watcher)
    assert watcher.stages == {
        "Looking up users at the destination": 2_500,
        "Reading which users have a value already": 2_000,
        "Sending": 2_000,
    }
    assert dict(watcher.done) == watcher.stages
