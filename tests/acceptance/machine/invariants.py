"""What must hold whatever has happened: the sentence that the machine exists for.

After a quiet run every due field equals the segment or has a listed reason; the next run writes nothing; no user is
there twice; nobody is resurrected; the totals reconcile with the sandbox's log.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from tests.acceptance.machine.people import Person, Value
from tests.acceptance.machine.place import User, is_empty
from tests.acceptance.machine.world import A_DAY, World

Requests = list[tuple[dict[str, Any], list[tuple[int, frozenset[str]]]]]


def outcomes_add_up(world: World, report: dict[str, Any]) -> None:
    """Totals are sums of outcomes; beside what was planned only of those who left some may be set back."""
    planned, outcomes = report["planned"], report["outcomes"]
    staying = sum(outcomes.values()) - _sent(report) - planned["held"]
    assert 0 <= staying <= len(world.away), f"{planned} became {outcomes}"
    assert not staying or world.fields.leave != "keep", f"{planned} became {outcomes}"
    assert report["desired"] == planned["create"] + planned["update"] + planned["unchanged"] + planned["held"]


def _sent(report: dict[str, Any]) -> int:
    return sum(int(report["planned"][name]) for name in ("create", "update", "clear", "remove"))


def nobody_is_removed_by_mistake(world: World, requests: Requests) -> None:
    """Only who left is deleted, where that is said."""
    for line, _ in requests:
        for person in world.removed_by(line):
            assert not person.member, f"{person} was deleted and is a member"
            assert world.fields.leave == "delete", f"{person} was deleted, and leaving means {world.fields.leave}"


def the_mode_is_kept(world: World, before: list[User]) -> None:
    """Updating only creates nobody; creating only changes nobody who was there."""
    after = {user.id: user for user in world.look()}
    if world.fields.mode == "update":
        new = after.keys() - {user.id for user in before}
        assert not new, f"created, though only users who are there are updated: {new}"
    if world.fields.mode == "insert":
        for user in before:
            key = world.owners.get(user.id)
            if key in {*world.delivered, *world.met} and user.id in after and world.shop.people[key].member:
                was, now = (_shown(world, each) for each in (user, after[user.id]))
                assert was == now, f"changed, though only new users are created: {user.id}: {was}, {now}"


def _shown(world: World, user: User) -> dict[str, Any]:
    """The attributes of a user that are not empty; a field that comes to be is empty."""
    shown = {name: user.attributes.get(name) for name in world.place.targets}
    return {name: value for name, value in shown.items() if not is_empty(value)}


def requests_reconcile(report: dict[str, Any], requests: Requests) -> None:
    """Every request that the report counts is in the sandbox's log, and no other."""
    told = report["requests"]
    writes = sum(line["method"] != "GET" for line, _ in requests)
    assert told["total"] == len(requests), f"{told} were told, the log has {len(requests)} requests"
    assert told["write"] == writes, f"{told} were told, the log has {writes} writes"


def nobody_is_written_in_vain(world: World, report: dict[str, Any], requests: Requests) -> None:
    """In a quiet run each planned record goes out once; only one who was deleted may go out again, in full."""
    turned_away = {403, 429}  # bulk import is off, so that records go one by one; or a slow machine missed the pace
    written = Counter(key for line, records in requests if line["status"] not in turned_away for key, _ in records)
    gone = world.removed | world.perhaps_removed
    for key, times in written.items():
        assert times == 1 or (times == 2 and key in gone), f"person {key} was written {times} times"
    planned = _sent(report)
    assert len(written) <= planned, f"{planned} records were planned, {len(written)} written"


def nothing_is_written(report: dict[str, Any], requests: Requests) -> None:
    """The run after a quiet run finds nothing to do."""
    writes = [(line["method"], line["path"], records) for line, records in requests if line["method"] != "GET"]
    assert not writes, f"a second run wrote {writes}"
    moved = report["planned"]["left"] + report["planned"]["returned"]
    assert _sent(report) + moved == 0, f"a second run planned {report['planned']}"


def everything_due_is_there(world: World, report: dict[str, Any]) -> None:
    """Every field of every member equals the segment, or somebody else's edit of it, or has a listed reason."""
    users = world.look()
    by_owner: dict[int, list[User]] = defaultdict(list)
    for user in users:
        if user.id in world.owners and user.id not in world.strays:
            by_owner[world.owners[user.id]].append(user)
    _nobody_is_there_twice(by_owner)
    _nobody_is_resurrected(world, by_owner)
    reasons, confirmed = _Reasons(world, report), world.runner.confirmed()
    for person in world.shop.members:
        found = by_owner.get(person.key)
        if found:
            if world.fields.mode != "insert":
                _fields_are_right(world, person, found[0], world.wanted(person), reasons)
            _is_not_suspended(world, person, found[0], reasons)
            lost = world.note_filled(person, found[0])
            assert not lost or _is_new(world, person), f"{person}: {lost} were emptied, which is never to be"
            if reasons.of_record(person) is None or (world.fields.mode != "insert" and person.key in confirmed):
                world.delivered.add(person.key)
        elif person.key not in world.removed | world.perhaps_removed:
            assert reasons.of_record(person), f"{person} is not there, without a reason"
        elif reasons.of_record(person) == "deleted_at_destination":
            world.noticed.add(person.key)
    for person in world.away:
        found = by_owner.get(person.key)
        if found and person.key in world.delivered - world.spared:
            _is_gone_as_said(world, person, found[0], reasons)


def _is_new(world: World, person: Person) -> bool:
    """Whether the user may be another one than before, though under the same name."""
    return world.fields.leave == "delete" or person.key in world.removed | world.perhaps_removed


def _is_not_suspended(world: World, person: Person, user: User, reasons: _Reasons) -> None:
    if user.attributes.get("suspended") is True and user.id not in world.suspended:
        assert reasons.of_record(person), f"{person} is a member and suspended, without a reason"


def _is_gone_as_said(world: World, person: Person, user: User, reasons: _Reasons) -> None:
    """Whoever left is cleared, suspended or deleted, or has a listed reason."""
    match world.fields.leave:
        case "clear":
            _fields_are_right(world, person, user, world.emptied(person), reasons)
        case "suspend":
            is_done = user.attributes["suspended"] is True
            assert is_done or reasons.of_leaving(person), f"{person} left and is not suspended, without a reason"
        case "delete":
            assert reasons.of_leaving(person), f"{person} left and is not deleted, without a reason"


def _nobody_is_there_twice(by_owner: dict[int, list[User]]) -> None:
    for key, users in by_owner.items():
        assert len(users) == 1, f"person {key} is there {len(users)} times: {users}"


def _nobody_is_resurrected(world: World, by_owner: dict[int, list[User]]) -> None:
    if "recreate: true" in world.fields.policies:
        return
    back = world.removed & by_owner.keys()
    assert not back, f"deleted at the destination, and there again: {[by_owner[key] for key in back]}"


def _fields_are_right(
    world: World, person: Person, user: User, values: Mapping[str, Value], reasons: _Reasons
) -> None:
    for target, wanted in values.items():
        shown = user.attributes.get(target)
        part = (person.key, target)
        if world.place.shows(wanted, shown):
            continue
        edit = world.edits.get(part)
        if edit is not None and world.place.shows(edit.value, shown) and world.place.shows(wanted, edit.over):
            continue
        if wanted is None and part not in world.carried and target not in world.fields.cleared:
            continue
        reason = reasons.of_field(person, target)
        assert reason, f"{person}: {target} should be {wanted!r} and is {shown!r}, without a reason (user {user.id})"


class _Reasons:
    """The reasons that a run lists, each of which the model has to know the cause of."""

    def __init__(self, world: World, report: dict[str, Any]) -> None:
        self._world = world
        self._run = report["run"]
        self._withheld = {each["field"] for each in report["withheld"]}
        self._told = {reason["code"] for reason in report["reasons"]}
        self._holds = world.runner.holds() if world.runner.ledger.exists() else []

    def of_record(self, person: Person) -> str | None:
        """Why nothing of a record is sent; fails if there is no cause for it."""
        entry = self._entry(person)
        if entry is None or entry["not_confirmed"]:
            return None
        code = str(entry["reason"]["code"])
        assert self._has_cause(person, code), f"{person} is said to be {code}, which is not so"
        return code

    def of_leaving(self, person: Person) -> str | None:
        """Why somebody who left is not removed, and perhaps never will be; fails if there is no cause for it."""
        entry = self._entry(person)
        if entry is None:
            return None
        code = str(entry["reason"]["code"])
        assert self._has_cause(person, code), f"the leaving of {person} is said to be {code}, which is not so"
        return code

    def _entry(self, person: Person) -> dict[str, Any] | None:
        """What the run says of a record that was not simply delivered."""
        last = self._world.runner.history(person.key)[-1:]
        return next((entry for entry in last if entry["run"] == self._run and entry["reason"]), None)

    def of_field(self, person: Person, target: str) -> str | None:
        """Why a field is not sent; fails if there is no cause for it."""
        whole = self.of_record(person)
        if whole is not None:
            return whole
        world = self._world
        if target in self._withheld:
            assert target in world.dropping or _lately(world, world.dropped.get(target)), f"{target} is withheld"
            return "withheld"
        if world.fields.targets[target].set_once and "identity_attribute_held" in self._told:
            return "identity_attribute_held"
        for hold in self._holds:
            if (hold.key, hold.field) == (person.key, target):
                assert self._has_cause(person, hold.code), f"{person}: {target} is held as {hold.code}"
                return hold.code
        return None

    def _has_cause(self, person: Person, code: str) -> bool:
        world = self._world
        match code:
            case "identity_changed":
                return bool(world.sent_as[person.key] - {world.match_of(person)})
            case "identity_taken":
                return any(world.match_of(person) in sent for key, sent in world.sent_as.items() if key != person.key)
            case "absent_at_destination":
                is_there = any(world.owners.get(user.id) == person.key for user in world.place.find(person))
                return world.fields.mode == "update" and (not is_there or _lately(world, world.met.get(person.key)))
            case "already_at_destination":
                was_there = person.key in world.removed | world.perhaps_removed  # and was seen before being deleted
                return world.fields.mode == "insert" and (was_there or bool(world.place.find(person)))
            case "user_of_another_record":
                return world.is_wanted_elsewhere(person)
            case "deleted_at_destination":
                back = _lately(world, world.met.get(person.key))
                return back or person.key in world.removed | world.perhaps_removed
            case "required_value_missing":
                return any(person.values[world.fields.columns[target]] is None for target in world.place.required)
            case "identity_attribute_held" | "field_held" | "field_ignored" | "identity_kept":
                return True
            case _:
                return person.key in world.refusing or _lately(world, world.refused.get(person.key))


def _lately(world: World, moment: Any) -> bool:
    return moment is not None and world.now - moment <= A_DAY
