"""kill -9 at any moment of a run, its recovery included: nobody lost, nobody twice, only what was in flight again."""

import os
import random
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.conftest import LIVES, SEED
from tests.chaos.frozen import ALLOWED, Moment, Pace, Struck, strike
from tests.chaos.inside import InsideDesk
from tests.chaos.people import People, Sending
from tests.chaos.stages import EVERYBODY, Noted, Stage, State
from tests.chaos.tally import HITS, REPEATED
from tests.chaos.ways import WAYS
from tests.contract.destinations.stands.iterable_stand import IterableStand
from tests.contract.destinations.stands.stand import Desk, Stand
from tests.contract.destinations.stands.zendesk_stand import SPEED, ZendeskStand
from tests.emulator import Emulator, Zendesk

KILLS = 10
"""In a life: a project, from its first run on."""
SHORT_KILLS = 3
DELAY_SECONDS = 0.05
LEAST_HITS = 3
NEVER = {("iterable", Stage.LEARNING)}
"""Where directories are learnt while users are looked up, that stage tells it."""
SPECIAL = (Stage.WAITING, Stage.LOOKING_UP, Stage.REMOVING)
"""Stages that only some ways have; in these they are drawn more often than the others."""
SPECIAL_CARDS = 5
COMPANION_SECONDS = 120
BUSY = 5
"""A run beside this one may be taking up what was cut short of this activation."""
NOT_FOUND = "leaver_not_found"
"""Why alone a leaver may be skipped: a newcomer who left before the killed run came to create them."""


@dataclass(slots=True)
class Life:
    """A project under fire. The stages are drawn like cards, so that each of them comes as often as the others.

    Those that only its way has come first, so that no life is too short for them.
    """

    people: People
    chance: random.Random
    paces: dict[str, Pace] = field(default_factory=lambda: defaultdict(Pace))
    kills: int = 0
    cards: list[Stage] | None = None

    @property
    def desk(self) -> Desk:
        return self.people.desk

    @property
    def state(self) -> State:
        return State(self.desk.folder / ".penstock")

    def kill(self) -> Struck:
        """Kill a run, unless it comes to its end before; a run beside it comes to its own."""
        mine, *others = self.chance.sample(self.people.way.activations, k=len(self.people.way.activations))
        moment = Moment(stage=self._draw(mine), share=self.chance.random())
        with self._beside(others, moment):
            struck = strike(self.desk, moment, self.paces[mine], activation=mine)
        if struck.stage is None:
            assert struck.exit_code in ((0, BUSY) if others else (0,)), struck
            return struck
        self.kills += 1
        HITS[self.desk.stand.name, struck.stage] += 1
        self.people.rest()
        return struck

    @contextmanager
    def _beside(self, activations: Sequence[str], moment: Moment) -> Iterator[None]:
        """Let other runs to the same account begin before the block, and end after it; perhaps they send already.

        If somebody is to be hit while waiting for them, no write of theirs is taken meanwhile.
        """
        before = self.state.noted().keys()
        awaited = moment.stage is Stage.WAITING
        sends_first = awaited or self.chance.random() < 0.5
        stand = self.desk.stand
        with ExitStack() as companions:
            if awaited:
                stand.trouble("429", retry_after=1)
            processes = [self._started(companions, each) for each in activations]
            for process in processes:
                while sends_first and process.poll() is None and not self._is_sending(before):
                    time.sleep(0.005)
            if all(process.poll() is not None for process in processes):  # there was nothing to send
                stand.slow_down(DELAY_SECONDS * SPEED)
            yield
            stand.slow_down(DELAY_SECONDS * SPEED)
            ends = [process.wait(COMPANION_SECONDS) for process in processes]
            assert not any(ends), "a run beside the killed one did not come to its end"

    def _started(self, companions: ExitStack, activation: str) -> "subprocess.Popen[bytes]":
        command = self.desk.command("run", activation, "--quiet", *ALLOWED)
        process = subprocess.Popen(
            command, env=self.desk.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        companions.enter_context(process)
        companions.callback(process.kill)
        return process

    def _is_sending(self, before: Collection[str]) -> bool:
        noted = self.state.noted()
        return any(noted[run].status == "sending" for run in noted.keys() - before)

    def _draw(self, activation: str) -> Stage:
        cut_short = any(
            noted.is_open and noted.status == "sending" and noted.activation == activation
            for noted in self.state.noted().values()
        )
        if cut_short and self.chance.random() < 0.5:
            return Stage.RECOVERING
        if not self.cards:
            special = self.people.way.stages
            cards = [stage for stage in Stage if stage not in {Stage.RECOVERING, Stage.OVER, *SPECIAL}]
            cards += (SPECIAL_CARDS - 1) * special
            self.chance.shuffle(cards)
            first = self.cards is None
            place = len(cards) if first else self.chance.randrange(len(cards))
            self.cards = [*cards[:place], *special, *cards[place:]]
        return self.cards.pop()


def test_whatever_is_killed_is_made_good(life: int, tmp_path: Path, emulators: tuple[Zendesk, Emulator]) -> None:
    chance = random.Random(f"{os.environ.get(SEED, '4')}/{life}")
    zendesk, iterable = emulators
    stand: Stand = IterableStand(iterable) if life % 2 else ZendeskStand(zendesk)
    ways = WAYS[stand.name]
    way = ways[life // 2 % len(ways)]
    way.write(tmp_path, stand)
    stand.slow_down(DELAY_SECONDS * SPEED)
    size = int(chance.randrange(3, 7) * stand.records_per_write * way.share)
    people = People(InsideDesk(tmp_path, stand), chance, size, way)
    people.open_shop()
    living = Life(people, chance)
    kills = SHORT_KILLS if LIVES not in os.environ else KILLS
    round_ = 0
    while living.kills < kills:
        people.change(f"{life}-{round_}")
        live_through_a_round(living)
        round_ += 1
    for each in way.activations:
        assert living.desk.penstock("run", each).document["requests"]["write"] == 0


def live_through_a_round(life: Life) -> None:
    """Kill a run once or more, and let the next one come to its end."""
    people, chance = life.people, life.chance
    before = life.state.noted().keys()
    hit: list[Noted] = []
    reverted = False
    while not hit or chance.random() < 0.4:
        struck = life.kill()
        hit += [struck.noted] if struck.noted is not None else []
        if struck.stage is None:
            break
        if chance.random() < 0.3:
            people.revert()
            reverted = True
    for each in people.way.activations:
        assert_quiet_run_is_whole(people, each)
    people.assert_right()
    noted = life.state.noted()
    assert not any(each.is_open for each in noted.values())
    assert not any(path.is_file() for path in (life.desk.folder / ".penstock" / "queues").rglob("*"))
    sent = people.sent_since()
    if not reverted:
        assert_no_more_than_what_was_in_flight_again(people, sent, hit)
    for killed in hit:
        assert_killed_run_is_told(life.desk, killed)
    members = sorted(people.wanted().keys() & {who for name, who in sent if name == EVERYBODY})
    if members and not reverted:
        address = chance.choice(members)
        runs = noted.keys() - before
        assert_history_adds_up(life.desk, people.key_of(address), runs, sent[EVERYBODY, address])


def assert_quiet_run_is_whole(people: People, activation: str) -> None:
    """A run that is not disturbed delivers everything, but to whom it may not create."""
    ended = people.desk.penstock("run", activation, *ALLOWED)
    report = ended.document
    assert ended.exit_code == 0, report
    assert_told_whole(report)
    assert (report["outcomes"]["rejected"], report["outcomes"]["unknown"]) == (0, 0)
    told = {reason["code"]: reason["count"] for reason in report["reasons"]}
    assert told.pop("absent_at_destination", 0) == people.absent(), report
    assert not told or (set(told) == {NOT_FOUND} and Stage.REMOVING in people.way.stages), report


def assert_no_more_than_what_was_in_flight_again(
    people: People, sent: Counter[Sending], killed: Sequence[Noted]
) -> None:
    """Unless the shop changed between the runs of a round, whoever was sent to twice was in flight at a kill."""
    stand = people.desk.stand
    again = sum(times - 1 for times in sent.values())
    in_flight = sum(noted.in_flight for noted in killed)
    assert again <= in_flight <= stand.writes_in_flight * stand.records_per_write * len(killed)
    assert max(sent.values(), default=1) <= 1 + sum(noted.in_flight > 0 for noted in killed)
    REPEATED[stand.name] += again


def assert_told_whole(report: Any) -> None:
    """Every record of a plan has one outcome."""
    planned = report["planned"]
    due = sum(planned[what] for what in ("create", "update", "remove", "clear", "held"))
    assert sum(report["outcomes"].values()) == due, report


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
    not_found = sum(reason["count"] for reason in told["reasons"] if reason["code"] == NOT_FOUND)
    assert noted.answered <= outcomes["delivered"] + not_found <= noted.started
    assert outcomes["delivered"] + outcomes["unknown"] + not_found == noted.started


def assert_history_adds_up(desk: Desk, key: str, runs: Collection[str], times: int) -> None:
    """A record's history tells of every sending, and of one delivery."""
    entries = desk.penstock("history", EVERYBODY, key).document["entries"]
    outcomes = Counter(entry["outcome"] for entry in entries if entry["run"] in runs)
    assert outcomes["delivered"] == 1, entries
    assert times <= outcomes["delivered"] + outcomes["unknown"], entries


@pytest.mark.skipif(LIVES not in os.environ, reason="the short form is too short for that")
def test_every_stage_was_hit() -> None:
    for name in WAYS:
        ordinary = [stage for stage in Stage if stage is not Stage.OVER]
        missed = [stage for stage in ordinary if HITS[name, stage] < LEAST_HITS and (name, stage) not in NEVER]
        assert not missed, f"{name}: {missed}"
