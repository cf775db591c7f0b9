"""Whatever happens to rows, mapping and answers, plans hold what the law says and ledgers what is true."""

from __future__ import annotations

import json
import math
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from penstock.catalog.entities import Leave
from penstock.errors import ConfigurationError
from penstock.ledger.directory import Directory, Learnt, learn
from penstock.plan.outcomes import (
    ALREADY_GONE,
    DELETED,
    NOT_FOUND_TO_LEAVE,
    PROTECTED,
    Answer,
    Outcome,
    RecordException,
)
from penstock.plan.plan import Plan
from penstock.plan.receipts import BatchReceipt, Receipts
from tests.unit.ledger.bench import COLUMNS, IDENTITY, START, Attribute, Bench, Planned
from tests.unit.ledger.law import Fate, Law, World, normalised, plain
from tests.unit.ledger.terms import CANNOT, RESTORING, Verdict, Wanted

IS_LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
PROFILE = settings(
    max_examples=1000 if IS_LONG else 15,
    stateful_step_count=40 if IS_LONG else 25,
    deadline=None,
    phases=(Phase.generate, Phase.shrink) if IS_LONG else (Phase.generate,),
    derandomize=not IS_LONG,
    database=None,
    suppress_health_check=list(HealthCheck),
)

BALLAST = tuple({"id": 1000 + n, "email": f"member{n}@example.com", "text": "x", "whole": n} for n in range(80))
"""People to whom nothing happens, so that the few others may be set aside: up to 5 % are."""
KEYS = st.integers(1, 7)
EMAILS = st.sampled_from(["a@x.fr", "b@x.fr", "c@x.fr", "d@x.fr", "e@x.fr", "f@x.fr", "g@x.fr", " A@x.FR "])
VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "text": st.sampled_from([None, "A", "B", "a"]),
    "other": st.sampled_from([None, "A", "C"]),
    "number": st.sampled_from([None, 1.5, -0.0, math.nan, math.inf]),
    "whole": st.sampled_from([None, 7, 8]),
}
MAPPINGS = (
    (Attribute("Plan", "text"), Attribute("plan", "other"), Attribute("score", "number", clear=True)),
    (Attribute("Plan", "text"), Attribute("score", "number", clear=True), Attribute("size", "whole")),
    (Attribute("Plan", "text", clear=True), Attribute("plan", "whole"), Attribute("score", "number")),
    (Attribute("Plan", "other"), Attribute("plan", "other"), Attribute("size", "number")),
    (
        Attribute("Plan", "text", create_only=True),
        Attribute("plan", "other", required=True),
        Attribute("size", "whole"),
    ),
    (
        Attribute("Plan", "text", required=True, create_only=True),
        Attribute("score", "number", clear=True, create_only=True),
        Attribute("size", "whole"),
    ),
)
NAMES = ("Plan", "plan", "score", "size")
OUTCOMES = st.sampled_from([Outcome.DELIVERED, Outcome.REJECTED, Outcome.SKIPPED, Outcome.UNKNOWN, "field", "stays"])
FATES = st.builds(
    Fate,
    answer=st.sampled_from([Answer.ANSWERED, Answer.ANSWERED, Answer.ANSWERED, Answer.LOST, Answer.NOT_SENT, None]),
    outcomes=st.lists(OUTCOMES, min_size=1, max_size=5).map(tuple),
    applied=st.booleans(),
)
FIELD_BY_FIELD = {"unsendable_value", "identity_attribute_held", "field_held"}
"""Why records are held of which other fields can be sent."""
ALL_WELL = Fate(Answer.ANSWERED, (Outcome.DELIVERED,), applied=True)


class Rounds(RuleBasedStateMachine):
    padding = 0
    addresses_known = False
    """Whether the destination tells ids and knows users by them."""
    first_mapping = MAPPINGS[0]
    policy = Leave.KEEP
    """What happens at first to those who leave."""
    known_before: tuple[str, ...] = ()
    """Users whom another activation delivered."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="ledger-law-"))
        self.pads = tuple(Attribute(f"pad {n}", "nothing") for n in range(self.padding))
        self.bench = Bench(self.folder, (*self.pads, *self.first_mapping))
        self.bench.addresses_known = self.addresses_known
        self.bench.leave = self.policy
        if self.addresses_known:
            path = self.folder / "directory.duckdb"
            self.bench.directory = Directory(path=path, account=IDENTITY.account, match_key="email")
        self.law = Law(self.bench.attributes)
        self.world = World()
        self.people: dict[int, dict[str, Any]] = {
            key: {"id": key, "email": f"{letter}@x.fr", "text": "A", "other": "A", "number": 1.5, "whole": 7}
            for key, letter in enumerate("abcd", start=1)
        }
        self.present = set(self.people)
        self.extras: list[dict[str, Any]] = []
        self.now = START
        for email in self.known_before:
            self.meet_elsewhere(email, tells=True)
        self.run(False, False, [ALL_WELL], 1000, 0)

    def teardown(self) -> None:
        self.bench.close()
        shutil.rmtree(self.folder)

    # --- what happens in the source ---------------------------------------------------------------------

    @rule(key=KEYS, email=EMAILS, values=st.fixed_dictionaries(dict(VALUES)))
    def put(self, key: int, email: str, values: dict[str, Any]) -> None:
        self.people[key] = {"id": key, "email": email, **values}
        self.present.add(key)

    @rule(key=KEYS, data=st.data(), column=st.sampled_from(sorted(VALUES)))
    def edit(self, key: int, data: st.DataObject, column: str) -> None:
        if key in self.present:
            self.people[key][column] = data.draw(VALUES[column])

    @rule(key=KEYS, email=st.one_of(st.none(), st.just("  "), EMAILS))
    def readdress(self, key: int, email: str | None) -> None:
        if key in self.present:
            self.people[key]["email"] = email

    @rule(key=KEYS)
    def leave(self, key: int) -> None:
        self.present.discard(key)

    @rule(key=KEYS)
    def come_back(self, key: int) -> None:
        if key in self.people:
            self.present.add(key)

    @rule(one=KEYS, two=KEYS)
    def swap_addresses(self, one: int, two: int) -> None:
        if {one, two} <= self.present:
            first, second = self.people[one], self.people[two]
            first["email"], second["email"] = second["email"], first["email"]

    @rule(one=KEYS)
    def take_over(self, one: int) -> None:
        """Somebody leaves, and somebody new has the address in the same moment."""
        two = max(self.people) + 1
        if one in self.present:
            self.people[two] = {**self.people[one], "id": two, "text": "B"}
            self.present = self.present - {one} | {two}

    @rule(one=KEYS, two=KEYS)
    def exchange_keys(self, one: int, two: int) -> None:
        """The same people under each other's key."""
        if {one, two} <= self.present:
            first, second = self.people[one], self.people[two]
            self.people[one], self.people[two] = {**second, "id": one}, {**first, "id": two}

    @rule(key=KEYS, what=st.sampled_from(["key", "match", "no key", "no match", "none"]))
    def add_extra(self, key: int, what: str) -> None:
        other = {"id": 900 + key, "email": f"extra{key}@x.fr", "text": "E"}
        twin = self.people.get(key, other)
        self.extras = {
            "key": [{**other, "id": key}],
            "match": [{**other, "email": str(twin["email"]).upper()}],
            "no key": [{**other, "id": None}, {**twin, "id": None}],
            "no match": [{**other, "email": None}],
            "none": [],
        }[what]

    # --- what happens to the mapping and the destination ------------------------------------------------

    @rule(mapping=st.sampled_from(MAPPINGS))
    def remap(self, mapping: tuple[Attribute, ...]) -> None:
        self.bench.attributes = (*self.pads, *mapping)

    @rule(leave=st.sampled_from(Leave))
    def change_policy(self, leave: Leave) -> None:
        if self.addresses_known or leave is not Leave.SUSPEND:
            self.bench.leave = leave

    @rule(names=st.frozensets(st.sampled_from(NAMES), max_size=2))
    def ignore(self, names: frozenset[str]) -> None:
        self.world.ignores = set(names)

    @rule(email=EMAILS, tells=st.booleans())
    def meet_elsewhere(self, email: str, tells: bool) -> None:
        """A user comes to exist at the destination or has another id now; another activation may come to know it."""
        if self.bench.directory is None:
            return
        match = normalised(email) or ""
        number = self.world.give_id(match)
        self.world.users.setdefault(match, {})
        if tells:
            found = f"(SELECT '{match}' AS match, '{number}' AS remote_id)"
            nobody = "(SELECT '' AS match LIMIT 0)"
            learn(self.bench.connection, self.bench.directory, Learnt(found=found, gone=nobody), now=self.now)
            self.law.directory[match] = number

    @rule()
    def lose_directory(self) -> None:
        if self.bench.directory is not None:
            self.bench.directory.path.unlink(missing_ok=True)
            self.law.directory.clear()

    # --- runs -------------------------------------------------------------------------------------------

    @rule(
        full=st.sampled_from([False, False, False, True]),
        tells=st.booleans(),
        fates=st.lists(FATES, min_size=1, max_size=4),
        size=st.sampled_from([1, 3, 1000]),
        hours=st.sampled_from([0, 0, 1, 25]),
    )
    def run(self, full: bool, tells: bool, fates: list[Fate], size: int, hours: int) -> None:
        self.now += timedelta(hours=hours)
        known = frozenset(set(NAMES) - self.world.ignores) if tells else frozenset()
        self._round(full=full, known=known, fates=fates, size=size)

    @rule(
        left=st.frozensets(KEYS, min_size=1, max_size=3),
        fates=st.lists(FATES, min_size=2, max_size=6),
        size=st.sampled_from([1, 3, 1000]),
        hours=st.sampled_from([0, 25]),
        back=st.booleans(),
    )
    def turn_over(self, left: frozenset[int], fates: list[Fate], size: int, hours: int, back: bool) -> None:
        """Some leave, a run sees it, and perhaps they come back before the next one."""
        self.present -= left
        self.run(False, False, fates, size, 0)
        if back:
            self.present |= left & self.people.keys()
        self.run(False, False, fates[::-1], size, hours)

    @rule()
    def settle(self) -> None:
        """Once everything is delivered, nothing is left to do."""
        self.now += timedelta(hours=25)
        self.world.ignores = set()
        known = frozenset(NAMES)
        if self._round(full=False, known=known, fates=[ALL_WELL], size=1000) is None:
            return
        plan, records = self.bench.plan(now=self.now, known=known)
        assert plan.counts.sent == plan.counts.left == plan.counts.returned == 0
        assert {record.op for record in records} <= {"hold"}
        assert not plan.reshapes
        if not plan.counts.held and not self.law.doubts:  # doubts of those who left stay
            assert self.bench.file(plan) is None
        assert plan.counts.unchanged == plan.counts.desired - plan.counts.held
        held = {r.key for r in records if r.code not in {"unsendable_value", "identity_attribute_held"}}
        fixed = {(record.key, name) for record in records for name in record.fixed}
        wanted, _, _ = self.law.wanted(self.rows)
        for key, want in wanted.items():
            there = self.world.users.get(want.match, {})
            if key not in held:
                values = {n: v for n, v in want.values.items() if plain(v) is not None and (key, n) not in fixed}
                assert values.items() <= there.items()

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [*(self.people[key] for key in sorted(self.present)), *self.extras, *BALLAST]

    def _round(self, *, full: bool, known: frozenset[str], fates: Sequence[Fate], size: int) -> Plan | None:
        rows = self.bench.rows = self.rows
        law = deepcopy(self.law)
        law.attributes = self.bench.attributes
        law.leave, law.addresses_known = self.bench.leave, self.addresses_known
        law.remap({each.name: COLUMNS[each.column][0].sql for each in law.attributes})
        wanted, _, set_aside = law.wanted(rows)
        if set_aside > 0.05 * len(rows):
            with pytest.raises(ConfigurationError) as caught:
                self.bench.plan(full=full, now=self.now, known=known)
            assert caught.value.code == "too_many_set_aside"
            return None
        plan, records = self.bench.plan(full=full, now=self.now, known=known)
        verdicts, probes = law.judge(rows, now=self.now, full=full, known=known)
        note(f"due: { {key: v for key, v in verdicts.items() if key < 1000} }")
        note(f"planned: {[record for record in records if record.key < 1000]}")
        _check(plan, records, verdicts, probes, law, wanted)
        self._check_ways(records, law, wanted)
        assert plan.counts.desired == len(rows)
        assert sum(each.records for each in plan.set_aside) == set_aside
        held = sum(verdicts[key].op == "hold" and key in wanted for key in verdicts)
        leaving = Counter(record.op for record in records if record.gone)
        assert (plan.counts.clear, plan.counts.remove) == (leaving["clear"], leaving["remove"])
        assert plan.counts.left == leaving.total() - leaving["hold"]
        assert plan.counts.staying == sum(record.gone and record.code is not None for record in records)
        assert plan.counts.held == set_aside + held - sum(
            record.op == "update" and record.key in verdicts and verdicts[record.key].op == "hold"
            for record in records
        )
        for record in records:
            if record.op in {"leave", "return"}:
                law.records[record.key].member = record.op == "return"
        receipts = self._deliver(plan, records, law, wanted, fates, size)
        if self.bench.file(plan) is not None or plan.reshapes:
            self.bench.fold(plan, receipts, self.now)
            self._fold_law(plan, records, law, receipts)
        self.law = law
        book = self.bench.book()
        assert book == law.book()
        assert self.world.contradiction(book) is None
        return plan

    def _check_ways(self, records: Sequence[Planned], law: Law, wanted: Mapping[int, Wanted]) -> None:
        """Whoever is known goes by id, and apart from whoever may have been sent before."""
        for record in records:
            if record.seq is None:
                continue
            known_as = law.leaver_id(record.key) if record.gone else law.remote_id(wanted[record.key])
            assert record.remote_id == known_as
            in_doubt = any(key == record.key for key, _ in self.law.doubts)
            route = (record.remote_id is not None) + 2 * in_doubt if self.addresses_known else 0
            removal = {Leave.DELETE: 8, Leave.SUSPEND: 12}.get(law.leave, 0)
            if record.gone:
                route += removal if record.op == "remove" else 4
            elif record.key in law.records and law.records[record.key].suspended:
                route += RESTORING
            assert (record.route, record.seq >> 40) == (route, route)

    def _deliver(
        self,
        plan: Plan,
        records: Sequence[Planned],
        law: Law,
        wanted: Mapping[int, Wanted],
        fates: Sequence[Fate],
        size: int,
    ) -> Receipts:
        """Let the destination take what it will, note it in the law's ledger, and return the receipts."""
        sent = sorted((record for record in records if record.seq is not None), key=_number)
        assert len({record.seq for record in sent}) == plan.counts.sent == len(sent)
        for record in sent:
            law.planned(record)
        first = 0
        batches: list[BatchReceipt] = []
        exceptions: list[RecordException] = []
        told: dict[int, str] = {}
        for fate, start in zip(cycle(fates), range(0, len(sent), size), strict=False):
            batch = sent[start : start + size]
            ignored: tuple[str, ...] = ()
            if fate.answer is Answer.ANSWERED:
                due = {name for record in batch for name in record.due}
                ignored = tuple(sorted(due & self.world.ignores))
                for record, outcome in zip(batch, cycle(fate.outcomes), strict=False):
                    outcome = "gone" if self.world.misses(record) and outcome != "stays" else outcome
                    exceptions += self._answer(record, outcome, fate, law, wanted.get(record.key), ignored, told)
            elif fate.answer is not Answer.NOT_SENT:
                for record in batch:
                    law.lost(record)
                    if fate.applied:
                        self.world.apply(record, law.leave)
            last = _number(batch[-1])
            receipt = BatchReceipt(first=first, last=last, records=len(batch), answer=fate.answer, ignored=ignored)
            ids = [(number, told[number]) for number in map(_number, batch) if number in told]
            batches.append(replace(receipt, remote_ids=json.dumps(ids) if ids else ""))
            first = last + 1
        return Receipts(batches=tuple(batches), exceptions=tuple(exceptions))

    def _tell(self, record: Planned, law: Law, told: dict[int, str]) -> str | None:
        """Tell the id of a user who was addressed by match value."""
        if not self.addresses_known or record.route % 2:
            return None
        number = self.world.ids[record.match or ""]
        law.directory[record.match or ""] = told[_number(record)] = number
        return number

    def _answer(
        self,
        record: Planned,
        outcome: Outcome | str,
        fate: Fate,
        law: Law,
        want: Wanted | None,
        ignored: tuple[str, ...],
        told: dict[int, str],
    ) -> Iterator[RecordException]:
        number = _number(record)
        if outcome == "stays":
            outcome = Outcome.DELIVERED if want is not None else outcome
        if outcome == Outcome.DELIVERED or (outcome == "field" and not record.due):
            self.world.apply(record, law.leave)
            law.delivered(record, told=self._tell(record, law, told), ignored=ignored)
            return
        if outcome == "gone":
            code = _gone_code(record, law.leave)
            if code == DELETED:
                law.directory.pop(record.match or "", None)
            law.refused(record, want, self.now, code=code)
            yield RecordException(number=number, outcome=Outcome.SKIPPED, code=code, message="No.")
            return
        if outcome == "stays":
            law.refused(record, want, self.now, code=PROTECTED)
            yield RecordException(number=number, outcome=Outcome.SKIPPED, code=PROTECTED, message="No.")
            return
        fields: tuple[str, ...] = ()
        if outcome == "field":
            fields = (min(record.due),)
            self.world.apply(record, law.leave, fields)
            law.delivered(record, told=self._tell(record, law, told), refused=fields, ignored=ignored)
            law.refused(record, want, self.now, fields)
        elif outcome == Outcome.UNKNOWN:
            law.lost(record)
            if fate.applied:
                self.world.apply(record, law.leave)
        else:
            law.refused(record, want, self.now)
        kind = Outcome.REJECTED if outcome == "field" else Outcome(outcome)
        yield RecordException(number=number, outcome=kind, code="refused", message="No.", fields=fields)

    def _fold_law(self, plan: Plan, records: Sequence[Planned], law: Law, receipts: Receipts) -> None:
        for slot in plan.accepted:
            law.withheld.pop(plan.name_of(slot))
        ignored = {name for batch in receipts.batches for name in batch.ignored}
        excepted = {exception.number for exception in receipts.exceptions}
        for batch in receipts.batches:
            if batch.answer is not Answer.ANSWERED:
                continue
            for record in records:
                if record.seq is not None and batch.first <= record.seq <= batch.last and record.seq not in excepted:
                    for name in record.due.keys() - ignored:
                        law.withheld.pop(name, None)
        law.withheld |= {name: self.now + timedelta(hours=24) for name in ignored}


def _gone_code(record: Planned, leave: Leave) -> str:
    """Why nothing is done for somebody who is not at the destination."""
    if record.gone and not record.route % 2:
        return NOT_FOUND_TO_LEAVE
    return ALREADY_GONE if record.op == "remove" and leave is Leave.DELETE else DELETED


def _number(record: Planned) -> int:
    assert record.seq is not None
    return record.seq


def _check(
    plan: Plan,
    records: Sequence[Planned],
    verdicts: Mapping[int, Verdict],
    probes: set[str],
    law: Law,
    wanted: Mapping[int, Wanted],
) -> None:
    """Compare a plan with the law's verdicts."""
    assert len({record.key for record in records}) == len(records)
    tried: list[str] = []
    seen = {}
    withheld = {plan.name_of(slot) for slot in plan.withheld}
    for record in records:
        probing = record.due.keys() & withheld
        tried += probing
        for name in probing:
            assert record.due[name] == wanted[record.key].values[name] is not None
        due = {name: value for name, value in record.due.items() if name not in withheld}
        seen[record.key] = Verdict(record.op, record.code, record.match, due, record.fixed)
        expected = verdicts.get(record.key)
        if probing and record.op == "update" and (expected is None or not expected.due):
            seen.pop(record.key)
            if expected is not None:
                assert expected.op == "return" or expected.code in FIELD_BY_FIELD
                seen[record.key] = expected
    assert seen == verdicts
    assert len(tried) == len(set(tried))
    assert set(tried) <= probes
    fixed = Counter(name for verdict in verdicts.values() for name in verdict.fixed)
    assert {each.field: each.records for each in plan.fixed} == fixed
    only_once = {each.name for each in law.attributes if each.create_only}
    assert not any(record.op == "update" and record.due.keys() & only_once for record in records)
    possible = {
        name
        for name in probes - only_once
        for key, want in wanted.items()
        if want.values[name] not in (None, CANNOT)
        and key in law.records
        and law.records[key].match == want.match
        and (key, None) not in law.holds
        and (key, name) not in law.holds
    }
    assert possible <= set(tried)


class WideRounds(Rounds):
    """The same where the fields lie in two words of bits."""

    padding = 60


class KnowingRounds(Rounds):
    """The same with a destination that tells ids, which several activations share."""

    addresses_known = True
    first_mapping = MAPPINGS[4]
    known_before = ("b@x.fr", "c@x.fr")


class ClearingRounds(KnowingRounds):
    """The same where whoever leaves is cleared."""

    policy = Leave.CLEAR


class SuspendingRounds(KnowingRounds):
    """The same where whoever leaves is suspended."""

    policy = Leave.SUSPEND


class DeletingRounds(KnowingRounds):
    """The same where whoever leaves is deleted."""

    policy = Leave.DELETE


class BlindlyDeletingRounds(Rounds):
    """The same with a destination that knows users by their match values alone."""

    policy = Leave.DELETE


def test_plans_follow_the_law() -> None:
    run_state_machine_as_test(Rounds, settings=PROFILE)


def test_plans_follow_the_law_beyond_sixty_two_fields() -> None:
    fewer = PROFILE.max_examples // 5
    run_state_machine_as_test(WideRounds, settings=settings(PROFILE, max_examples=fewer))


def test_plans_follow_the_law_where_users_are_known_by_id() -> None:
    run_state_machine_as_test(KnowingRounds, settings=PROFILE)


@pytest.mark.parametrize("machine", [ClearingRounds, SuspendingRounds, DeletingRounds, BlindlyDeletingRounds])
def test_plans_follow_the_law_of_those_who_leave(machine: type[Rounds]) -> None:
    run_state_machine_as_test(machine, settings=settings(PROFILE, max_examples=PROFILE.max_examples // 3))
