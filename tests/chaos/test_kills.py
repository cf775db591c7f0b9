"""kill -9 at any moment of a run, its recovery included: nobody lost, nobody twice, only what was in flight again."""

import os
import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.conftest import LIVES, SEED
from tests.chaos.frozen import ALLOWED, Moment, Pace, Struck, strike
from tests.chaos.inside import InsideDesk
from tests.chaos.people import People
from tests.chaos.stages import Noted, Stage, State
from tests.chaos.tally import HITS, REPEATED
from tests.contract.destinations.stands.iterable_stand import IterableStand
from tests.contract.destinations.stands.stand import Desk, Stand
from tests.contract.destinations.stands.zendesk_stand import SPEED, ZendeskStand
from tests.emulator import Emulator, Zendesk

KILLS = 10
"""In a life: a project, from its first run on."""
SHORT_KILLS = 5
DELAY_SECONDS = 0.05
LEAST_HITS = 3
NEVER = {("iterable", Stage.LEARNING)}
"""Iterable's users have no ids, so no directory is learnt."""
IN_ORDER = tuple(stage for stage in Stage if stage is not Stage.OVER)


@dataclass(slots=True)
class Life:
    """A project under fire. The stages are drawn like cards, so that each of them comes as often as the others."""

    people: People
    chance: random.Random
    pace: Pace = field(default_factory=Pace)
    kills: int = 0
    cards: list[Stage] = field(default_factory=list)

    @property
    def desk(self) -> Desk:
        return self.people.desk

    @property
    def state(self) -> State:
        return State(self.desk.folder / ".penstock")

    def kill(self) -> tuple[Struck, Noted | None]:
        """Kill a run, unless it comes to its end before; with what its store said of it then."""
        struck = strike(self.desk, Moment(stage=self._draw(), share=self.chance.random()), self.pace)
        noted = self.state.noted().get(struck.run or "")
        if struck.stage is None:
            assert struck.exit_code == 0, struck
            return struck, noted
        self.kills += 1
        HITS[self.desk.stand.name, struck.stage] += 1
        if noted is not None and noted.in_flight:
            self.people.rest()
        return struck, noted

    def _draw(self) -> Stage:
        cut_short = any(noted.is_open and noted.status == "sending" for noted in self.state.noted().values())
        if cut_short and self.chance.random() < 0.5:
            return Stage.RECOVERING
        if not self.cards:
            self.cards = [stage for stage in IN_ORDER if stage is not Stage.RECOVERING]
            self.chance.shuffle(self.cards)
        return self.cards.pop()


def test_whatever_is_killed_is_made_good(life: int, tmp_path: Path, emulators: tuple[Zendesk, Emulator]) -> None:
    chance = random.Random(f"{os.environ.get(SEED, '4')}/{life}")
    zendesk, iterable = emulators
    stand: Stand = IterableStand(iterable) if life % 2 else ZendeskStand(zendesk)
    stand.write(tmp_path)
    stand.trouble("delay", seconds=DELAY_SECONDS * SPEED)
    people = People(InsideDesk(tmp_path, stand), chance, chance.randrange(3, 7) * stand.records_per_write)
    people.open_shop()
    living = Life(people, chance)
    kills = SHORT_KILLS if LIVES not in os.environ else KILLS
    round_ = 0
    while living.kills < kills:
        people.change(f"{life}-{round_}")
        live_through_a_round(living)
        round_ += 1
    assert living.desk.run()["requests"]["write"] == 0


def live_through_a_round(life: Life) -> None:
    """Kill a run once or more, and let the next one come to its end."""
    people, chance = life.people, life.chance
    hit: list[Noted] = []
    reverted = False
    while not hit or chance.random() < 0.4:
        struck, noted = life.kill()
        hit += [noted] if noted is not None else []
        if struck.stage is None:
            break
        if chance.random() < 0.3:
            people.revert()
            reverted = True
    report = life.desk.run(*ALLOWED)
    assert_told_whole(report)
    assert (report["outcomes"]["rejected"], report["outcomes"]["unknown"]) == (0, 0)
    people.assert_right()
    assert not any(noted.is_open for noted in life.state.noted().values())
    sent = people.sent_since()
    if not reverted:
        assert_no_more_than_what_was_in_flight_again(people, sent, hit)
    for noted in hit:
        assert_killed_run_is_told(life.desk, noted)
    members = sorted(sent.keys() & people.wanted().keys())
    if members and not reverted:
        address = chance.choice(members)
        runs = {noted.run for noted in hit} | {report["run"]}
        assert_history_adds_up(life.desk, people.key_of(address), runs, sent[address])


def assert_no_more_than_what_was_in_flight_again(people: People, sent: Counter[str], killed: list[Noted]) -> None:
    """Unless the shop changed between the runs of a round, whoever was sent to twice was in flight at a kill."""
    stand = people.desk.stand
    again = sum(times - 1 for times in sent.values())
    in_flight = sum(noted.in_flight for noted in killed)
    assert again <= in_flight <= stand.writes_in_flight * stand.records_per_write * len(killed)
    REPEATED[stand.name] += again


def assert_told_whole(report: Any) -> None:
    """Every record of a plan has one outcome."""
    planned = report["planned"]
    assert sum(report["outcomes"].values()) == planned["create"] + planned["update"] + planned["held"], report


def assert_killed_run_is_told(desk: Desk, noted: Noted) -> None:
    """A killed run is told as interrupted, and of each record what its store knew when it died, or came to know."""
    told = desk.penstock("report", noted.run).document
    assert told["ended_at"]
    if noted.status != "sending" and noted.is_open:
        assert (told["status"], "outcomes" in told) == ("interrupted", False)
        return
    assert told["status"] == ("interrupted" if noted.is_open else noted.status)
    assert_told_whole(told)
    outcomes = told["outcomes"]
    assert noted.answered <= outcomes["delivered"] <= noted.started
    assert outcomes["delivered"] + outcomes["unknown"] == noted.started


def assert_history_adds_up(desk: Desk, key: str, runs: set[str], times: int) -> None:
    """A record's history tells of every sending, and of one delivery."""
    entries = desk.penstock("history", "everybody", key).document["entries"]
    outcomes = Counter(entry["outcome"] for entry in entries if entry["run"] in runs)
    assert outcomes["delivered"] == 1, entries
    assert times <= outcomes["delivered"] + outcomes["unknown"], entries


@pytest.mark.skipif(LIVES not in os.environ, reason="the short form is too short for that")
def test_every_stage_was_hit() -> None:
    for name in ("iterable", "zendesk"):
        missed = [stage for stage in IN_ORDER if HITS[name, stage] < LEAST_HITS and (name, stage) not in NEVER]
        assert not missed, f"{name}: {missed}"
