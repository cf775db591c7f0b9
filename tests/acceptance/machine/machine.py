"""Everything that may happen between a shop and a destination, in any order, as Hypothesis likes."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from penstock.errors import PenstockError
from tests.acceptance.machine import invariants
from tests.acceptance.machine.invariants import Requests
from tests.acceptance.machine.mapping import FieldMap
from tests.acceptance.machine.people import SCORE_TYPES, VALUES, Person, Shop, Value
from tests.acceptance.machine.place import Fault, Place, User
from tests.acceptance.machine.runner import End, Point, Runner
from tests.acceptance.machine.tally import Tally
from tests.acceptance.machine.world import Edit, World

FEWEST, MOST = 4, 16
"""People in the segment at least, and people in all at most."""
MODES = ("upsert", "upsert", "update", "insert")
ASKS_FOR_ALL = {"ledger_old", "ledger_of_another", "ledger_missing"}
"""Refusals whose way out is to send everything."""

Edits = list[tuple[int, str, int]]

pick = st.integers(min_value=0, max_value=9999)
"""Whom or what of those that there are just then."""
row = st.fixed_dictionaries({column: st.sampled_from(values) for column, values in VALUES.items()})

CHANGES_BETWEEN_RUNS = 5

LOSES_ANSWERS = {"drop-after", "truncate", "nonsense", "lose-job", "fail-job", "results-null", "wrong-counts"}

edits = st.lists(st.tuples(pick, st.sampled_from(sorted(VALUES)), pick), min_size=1, max_size=5)
"""Whose column becomes which of its values."""
moves = st.lists(pick, max_size=3)
"""Who leaves, and if not there returns."""
rarely = st.sampled_from((False, False, False, False, True))
change = precondition(lambda self: self.changes < CHANGES_BETWEEN_RUNS)
"""What happens between two runs, a few times at most."""


def told(step: Callable[..., str | None]) -> Callable[..., None]:
    """A step that says in a sentence what it did; an example prints the sentences of its steps."""

    @wraps(step)
    def telling(self: Machine, *arguments: Any, **named: Any) -> None:
        self.is_sound = False
        self.changes += 1
        sentence = step(self, *arguments, **named)
        if sentence:
            note(f"  {sentence}")
            self.tally.step(step.__name__)
        self.is_sound = True

    return telling


class Machine(RuleBasedStateMachine):
    """One example: a shop, an account, and what happens to them."""

    place: ClassVar[Place]
    tally: ClassVar[Tally]

    def __init__(self) -> None:
        super().__init__()
        self._folder = Path(tempfile.mkdtemp(prefix="penstock-machine-"))
        self.is_sound = False
        self.changes = 0

    # --- the beginning -----------------------------------------------------------------------------------

    @initialize(
        people=st.lists(row, min_size=FEWEST + 2, max_size=10),
        draw=st.data(),
    )
    @told
    def begin(self, people: list[dict[str, Any]], draw: st.DataObject) -> str:
        place = self.place
        self.tally.expect(step.function.__name__ for step in self.rules)
        switches = {name: draw.draw(st.sampled_from(each), label=name) for name, each in place.switches.items()}
        match_key = draw.draw(st.sampled_from(place.match_keys), label="match")
        mode = draw.draw(st.sampled_from(MODES), label="mode")
        policy = draw.draw(st.sampled_from(place.policies), label="policy") if mode == "upsert" else ""
        leave = draw.draw(st.sampled_from(place.leaves), label="leave")
        place.begin(switches)
        shop = Shop(self._folder / "shop.duckdb")
        policies = (*((policy,) if policy else ()), f"mode: {mode}", f"leave: {leave}")
        fields = FieldMap(targets=place.targets, columns=dict(place.start), policies=policies, mode=mode, leave=leave)
        runner = Runner(folder=self._folder, place=place)
        self.world = World(shop=shop, fields=fields, place=place, runner=runner, match_key=place.match(match_key))
        for values in people:
            shop.join(values)
        for whom in draw.draw(st.lists(pick, max_size=8), label="met") if mode != "upsert" else ():
            self._meet(self._person(whom))
        self._write()
        return f"{len(people)} people, matched by {self.world.match_key}; {switches} {policies}"

    def teardown(self) -> None:
        """However an example ends, a quiet day sets everything right."""
        try:
            if self.is_sound:
                self.the_destination_takes_everything_again()
                self.a_day_passes()
                self.a_quiet_run()
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    # --- what happens in the shop ------------------------------------------------------------------------

    @rule(values=row)
    @precondition(lambda self: len(self.world.shop.people) < MOST)
    @change
    @told
    def somebody_joins(self, values: dict[str, Any]) -> str:
        return f"{self.world.shop.join(values)} joins"

    @rule(edits=edits)
    @change
    @told
    def values_change(self, edits: Edits) -> str:
        return self._edit(edits)

    def _edit(self, edits: Edits) -> str:
        told_of = []
        for whom, column, which in edits:
            person, value = self._person(whom), VALUES[column][which % len(VALUES[column])]
            self.tally.edit(person, column, value)
            self.world.shop.edit(person, column, value)
            told_of.append(f"{person}'s {column} becomes {value!r}")
        return ", ".join(told_of)

    @rule(moves=moves.filter(bool))
    @change
    @told
    def somebody_leaves_or_returns(self, moves: list[int]) -> str:
        return self._move(moves)

    def _move(self, moves: list[int]) -> str:
        return ", ".join(filter(None, (self._leave_or_return(self._person(whom)) for whom in moves)))

    def _leave_or_return(self, person: Person) -> str | None:
        shop, leaves = self.world.shop, person.member
        is_taken = any(member.email == person.email for member in shop.members)
        if len(shop.members) == FEWEST if leaves else is_taken:
            return None
        shop.move(person, member=not leaves)
        self.world.spared.discard(person.key)
        self.tally.step("somebody leaves" if leaves else "somebody returns")
        return f"{person} {'leaves' if leaves else 'returns'}"

    @rule(whom=pick, back=st.booleans())
    @change
    @told
    def an_address_changes(self, whom: int, back: bool) -> str | None:
        person = self._person(whom)
        email = f"person{person.key}@example.org" if back else f"person{person.key}.new@example.org"
        if any(other.email == email for other in self.world.shop.people.values()):
            return None
        self.world.readdress(person, email)
        return f"{person}'s address becomes {email}"

    @rule(whom=pick, whose=pick)
    @precondition(lambda self: len(self.world.shop.members) < len(self.world.shop.people))
    @change
    @told
    def an_address_is_taken_over(self, whom: int, whose: int) -> str | None:
        away = [person for person in self.world.shop.people.values() if not person.member]
        former, members = away[whose % len(away)], self.world.shop.members
        person = members[whom % len(members)]
        if any(member.email == former.email for member in members):
            return None
        self.world.readdress(person, former.email)
        return f"{person} takes over the address of {former}, who left"

    # --- what happens to the mapping ---------------------------------------------------------------------

    @rule(which=pick, column=pick, rule_=st.sampled_from(("", "empty: clear", "when: not_empty")))
    @change
    @told
    def a_field_is_mapped(self, which: int, column: int, rule_: str) -> str | None:
        fields = self.world.fields
        target = list(fields.targets.values())[which % len(fields.targets)]
        fields.columns[target.name] = target.columns[column % len(target.columns)]
        is_free = not target.custom and not target.set_once and target.name not in self.place.required
        fields.rules[target.name] = rule_ if is_free else ""
        self.world.forget_rule(target.name)
        self._write()
        return f"{target.name} is mapped from {fields.columns[target.name]} {fields.rules[target.name]}"

    @rule(which=pick)
    @change
    @told
    def a_field_is_unmapped(self, which: int) -> str | None:
        fields = self.world.fields
        targets = [name for name in fields.columns if name != "name"]
        if not targets:
            return None
        target = targets[which % len(targets)]
        del fields.columns[target]
        fields.rules.pop(target, None)
        self.world.forget_rule(target)
        self._write()
        return f"{target} is no longer mapped"

    @rule(which=pick, to=pick)
    @change
    @told
    def a_field_is_renamed(self, which: int, to: int) -> str | None:
        fields = self.world.fields
        renames = [
            (name, other.name)
            for name, column in fields.columns.items()
            for other in fields.targets.values()
            if name != "name" and other.name not in fields.columns and column in other.columns
        ]
        if not renames:
            return None
        name, other = renames[which % len(renames)]
        fields.columns[other] = fields.columns.pop(name)
        fields.rules.pop(name, None)
        self.world.forget_rule(name)
        self._write()
        return f"{name} is mapped to {other} instead"

    @rule(type_=st.sampled_from(SCORE_TYPES))
    @change
    @told
    def a_type_changes(self, type_: str) -> str | None:
        if type_ == self.world.shop.score_type:
            return None
        self.world.shop.retype_score(type_)
        return f"the column score becomes {type_}"

    # --- what happens at the destination -----------------------------------------------------------------

    @rule(whom=pick, name=st.sampled_from(VALUES["name"]))
    @change
    @told
    def somebody_is_deleted(self, whom: int, name: Value) -> str | None:
        """Whoever is sent something afterwards could come back by it, so perhaps the name changes."""
        owned = self._owned()
        if not owned:
            return None
        user = owned[whom % len(owned)]
        key, world = self.world.owners[user.id], self.world
        known = key in world.runner.confirmed() and not world.is_cut_off and key not in world.perhaps_removed
        self.place.delete(user)
        (world.removed if known else world.perhaps_removed).add(key)
        world.shop.edit(world.shop.people[key], "name", name)
        return f"user {user.id}, who is person {key} and now called {name!r}, is deleted at the destination"

    @rule(whom=pick, which=pick, value=pick)
    @change
    @told
    def somebody_is_edited(self, whom: int, which: int, value: int) -> str | None:
        owned, world = self._owned(), self.world
        targets = [
            target
            for target in world.fields.targets.values()
            if not target.set_once and not target.custom and target.name in world.fields.columns
        ]
        if not owned:
            return None
        user, target = owned[whom % len(owned)], targets[which % len(targets)]
        if target.name not in user.attributes and self.place.kind == "iterable":
            return None
        column = target.columns[0]
        written = VALUES[column][value % len(VALUES[column])]
        if written is None or written == "":
            return None
        part = (world.owners[user.id], target.name)
        before = world.edits[part].over if part in world.edits else user.attributes.get(target.name)
        self.place.edit(user, target.name, written)
        world.edits[part] = Edit(over=before, value=written)
        return f"somebody at the destination makes {target.name} of person {part[0]} {written!r}"

    @rule(whom=pick)
    @change
    @told
    def somebody_is_there_already(self, whom: int) -> str | None:
        return self._meet(self._person(whom))

    def _meet(self, person: Person) -> str | None:
        if self.place.find(person) or self.world.sent_as[person.key]:
            return None
        self.place.meet(person, self.world.match_key)
        self.world.met[person.key] = self.world.now
        return f"{person} is created at the destination by hand"

    @rule(whom=pick)
    @precondition(lambda self: self.world.noticed)
    @change
    @told
    def somebody_deleted_comes_back(self, whom: int) -> str | None:
        noticed = sorted(self.world.noticed)
        person = self.world.shop.people[noticed[whom % len(noticed)]]
        if not person.member or self.place.find(person):
            return None
        self.world.come_back(person)
        return f"{person}, who was deleted, is created at the destination by hand"

    @rule(whom=pick)
    @change
    @told
    def the_destination_refuses_somebody(self, whom: int) -> str:
        person = self._person(whom)
        self.world.refusing.add(person.key)
        return f"the destination refuses {person} from now on"

    @rule(which=pick)
    @change
    @told
    def the_destination_ignores_a_field(self, which: int) -> str:
        target = self.place.droppable[which % len(self.place.droppable)]
        self.world.dropping = frozenset({target}) if self.place.kind == "zendesk" else frozenset(self.place.droppable)
        return f"the destination ignores {', '.join(sorted(self.world.dropping))} from now on"

    @rule()
    @precondition(lambda self: self.world.refusing or self.world.dropping)
    @change
    @told
    def the_destination_takes_everything_again(self) -> str:
        world = self.world
        world.refused.update(dict.fromkeys(world.refusing, world.now))
        world.dropped.update(dict.fromkeys(world.dropping, world.now))
        world.refusing.clear()
        world.dropping = frozenset()
        return "the destination takes everything again"

    @rule()
    @change
    @told
    def the_account_becomes_another(self) -> str:
        self.place.reset()
        self.world.forget_account()
        return "another account takes the place of the one that there was"

    # --- time, and the project's own state ---------------------------------------------------------------

    @rule()
    @change
    @told
    def a_day_passes(self) -> str:
        self.world.runner.ahead += timedelta(hours=25)
        return "a day passes"

    @rule()
    @precondition(lambda self: self.world.runner.ledger.exists())
    @change
    @told
    def the_ledger_is_copied(self) -> str:
        self.world.runner.keep_copy()
        self._at_copy = (set(self.world.carried), self.world.epoch)
        return "the ledger is copied"

    @rule()
    @precondition(lambda self: self.world.runner.copy.exists())
    @change
    @told
    def the_copy_is_restored(self) -> str:
        world = self.world
        world.runner.restore_copy()
        carried, epoch = self._at_copy
        if epoch == world.epoch:
            world.forget_since(carried)
        return "the copy of the ledger is put back"

    @rule()
    @precondition(lambda self: self.world.runner.ledger.exists())
    @change
    @told
    def the_ledger_is_lost(self) -> str:
        self.world.runner.lose_ledger()
        self.world.forget_since(set())
        return "the ledger is deleted"

    @rule(edits=edits)
    @precondition(lambda self: self.world.runner.ledger.exists())
    @told
    def an_old_ledger_comes_back_before_edits_are_taken_back(self, edits: Edits) -> str:
        """While those people are refused, nothing but doubt can tell that what the ledger says is not there."""
        self.the_ledger_is_copied()
        people = [self._person(whom) for whom, _, _ in edits]
        values = [
            (person, column, person.values[column]) for person, (_, column, _) in zip(people, edits, strict=True)
        ]
        note(f"  {self._edit(edits)}")
        self._certain_run()
        self.the_copy_is_restored()
        self.world.refusing |= {person.key for person in people}
        self._certain_run()
        for person, column, value in reversed(values):
            self.world.shop.edit(person, column, value)
        self.the_destination_takes_everything_again()
        self.a_day_passes()
        return f"what was edited is as it was: {', '.join(f'{column} of {person}' for person, column, _ in values)}"

    # --- runs --------------------------------------------------------------------------------------------

    @rule(edits=edits, moves=moves, which=pick, full=rarely)
    @told
    def a_run_whose_writes_go_wrong(self, edits: Edits, moves: list[int], which: int, full: bool) -> str:
        return self._troubled(edits, moves, self.place.write_faults[which % len(self.place.write_faults)], full=full)

    @rule(edits=edits, moves=moves, which=pick)
    @told
    def a_run_whose_answers_are_lost(self, edits: Edits, moves: list[int], which: int) -> str:
        lost = [fault for fault in self.place.write_faults if fault["do"] in LOSES_ANSWERS]
        return self._troubled(edits, moves, lost[which % len(lost)])

    @rule(edits=edits, moves=moves, which=pick)
    @told
    def a_run_whose_reads_go_wrong(self, edits: Edits, moves: list[int], which: int) -> str:
        return self._troubled(edits, moves, self.place.read_faults[which % len(self.place.read_faults)])

    def _troubled(self, edits: Edits, moves: list[int], fault: Fault, *, full: bool = False) -> str:
        note(f"  {self._edit(edits)}; {self._move(moves)}")
        result, _ = self._run([fault], full=full)
        if isinstance(result, PenstockError) and result.code in ASKS_FOR_ALL:
            full = True
            result, _ = self._run([fault], full=True)
        ended = result.code if isinstance(result, PenstockError) else _figures(result)
        return f"a {'full ' if full else ''}run while {fault}: {ended}"

    @rule(edits=edits, moves=moves, point=st.sampled_from(Point), seed=pick)
    @told
    def a_killed_run(self, edits: Edits, moves: list[int], point: Point, seed: int) -> str:
        return self._cut_off(End.KILLED, edits, moves, point, seed)

    @rule(edits=edits, moves=moves, point=st.sampled_from(Point), seed=pick)
    @told
    def an_interrupted_run(self, edits: Edits, moves: list[int], point: Point, seed: int) -> str:
        return self._cut_off(End.INTERRUPTED, edits, moves, point, seed)

    def _cut_off(self, how: End, edits: Edits, moves: list[int], point: Point, seed: int) -> str:
        note(f"  {self._edit(edits)}; {self._move(moves)}")
        # Not for secrets: the seed makes the same moment likely again.
        self.changes = 0
        before = self.world.look()
        ended = self.world.runner.end(how, point, random.Random(seed), self._standing())
        invariants.the_mode_is_kept(self.world, before)
        self.world.is_cut_off = True
        self.world.settle_leavers()
        self._end_faults()
        self.world.take_in()
        self.tally.step(f"a run is {how} {point}" if ended else f"a run ends before it is {how}")
        return f"a run is {how} {point}" if ended else f"a run ends before it is {how} {point}"

    @rule(full=rarely)
    @told
    def a_quiet_run(self, full: bool = False) -> str:
        report, requests = self._certain_run(full=full)
        invariants.nobody_is_written_in_vain(self.world, report, requests)
        withheld = bool(report["withheld"]) or self._had_withheld
        note(f"    {_figures(report)}")
        if withheld:  # whoever tried a field again found out whether everybody may have it
            report, _ = self._certain_run()
        invariants.everything_due_is_there(self.world, report)
        self.world.delivered -= {person.key for person in self.world.away}
        again, requests = self._certain_run()
        invariants.nothing_is_written(again, requests)
        invariants.everything_due_is_there(self.world, again)
        self._had_withheld = bool(again["withheld"])
        return f"a quiet {'full ' if full else ''}run: {_figures(report)}"

    _had_withheld = False

    def _certain_run(self, *, full: bool = False) -> tuple[dict[str, Any], Requests]:
        """Run without trouble; a refusal that asks for it is followed by a full run."""
        result, requests = self._run([], full=full)
        if isinstance(result, PenstockError) and result.code in ASKS_FOR_ALL:
            note(f"    refused: {result.code}; so everything is sent")
            result, requests = self._run([], full=True)
        if isinstance(result, PenstockError):
            raise AssertionError(f"a run without trouble fails: {result.code}: {result.message}") from result
        assert result["status"] in ("succeeded", "incomplete"), result
        assert result["outcomes"]["unknown"] == 0, result["reasons"]
        return result, requests

    def _run(self, faults: list[Fault], *, full: bool) -> tuple[dict[str, Any] | PenstockError, Requests]:
        world = self.world
        self.changes = 0
        world.take_in()
        self.place.emulator.faults(*faults, *self._standing())
        unmapped = [target for target in world.fields.targets if target not in world.fields.columns]
        before = world.look()
        result = world.runner.run(full=full)
        invariants.the_mode_is_kept(world, before)
        self._end_faults()
        requests = world.take_in()
        for target in unmapped:
            world.forget_field(target)
        if isinstance(result, PenstockError):
            self.tally.step(f"a run ended as {result.code}")
        else:
            self.tally.end(result)
            if world.is_cut_off:  # what the killed run was refused is held from now on, when it is taken up
                world.refused = dict.fromkeys(world.refused, world.now)
                world.dropped = dict.fromkeys(world.dropped, world.now)
            world.is_cut_off = False
            invariants.outcomes_add_up(world, result)
            invariants.nobody_is_removed_by_mistake(world, requests)
            world.settle_leavers()
            invariants.requests_reconcile(result, requests)
        return result, requests

    def _end_faults(self) -> None:
        self.tally.faults(self.place.faults())
        self.place.emulator.faults()

    # --- who and what ------------------------------------------------------------------------------------

    def _standing(self) -> list[Fault]:
        """What the destination refuses or ignores until it is told otherwise."""
        world = self.world
        people = [world.shop.people[key] for key in sorted(world.refusing)]
        ids = {key: user for user in world.look() if (key := world.owners.get(user.id)) is not None}
        refusals = [fault for person in people for fault in self.place.refusal(person, ids.get(person.key))]
        return [*refusals, *self.place.dropping(world.dropping)]

    def _person(self, whom: int) -> Person:
        people = list(self.world.shop.people.values())
        return people[whom % len(people)]

    def _owned(self) -> list[User]:
        world = self.world
        users = sorted(world.look(), key=lambda user: user.id)
        return [user for user in users if user.id in world.owners and user.id not in world.strays]

    def _write(self) -> None:
        fields, place = self.world.fields, self.place
        fields.write(self._folder, destination=place.destination(), match_key=self.world.match_key)


def _figures(report: dict[str, Any]) -> str:
    planned = {name: count for name, count in report["planned"].items() if count}
    outcomes = {str(name): count for name, count in report["outcomes"].items() if count}
    reasons = [f"{reason['code']} of {', '.join(reason['examples'])}" for reason in report["reasons"]]
    return f"planned {planned}, ended {outcomes}{'; ' if reasons else ''}{'; '.join(reasons)}"
