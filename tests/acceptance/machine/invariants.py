"""What must hold whatever has happened: the sentence that the machine exists for.

After a quiet run every due field equals the segment or has a listed reason; the next run writes nothing; no user is
there twice; nobody is resurrected; the totals reconcile with the sandbox's log.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from tests.acceptance.machine.people import Person
from tests.acceptance.machine.place import User
from tests.acceptance.machine.world import A_DAY, World

Requests = list[tuple[dict[str, Any], list[tuple[int, frozenset[str]]]]]


def outcomes_add_up(report: dict[str, Any]) -> None:
    """Totals are sums of outcomes."""
    planned, outcomes = report["planned"], report["outcomes"]
    sent = planned["create"] + planned["update"] + planned["remove"]
    assert sum(outcomes.values()) == sent + planned["held"], f"{planned} became {outcomes}"
    assert report["desired"] == planned["create"] + planned["update"] + planned["unchanged"] + planned["held"]


def requests_reconcile(report: dict[str, Any], requests: Requests) -> None:
    """Every request that the report counts is in the sandbox's log, and no other."""
    told = report["requests"]
    writes = sum(line["method"] != "GET" for line, _ in requests)
    assert told["total"] == len(requests), f"{told} were told, the log has {len(requests)} requests"
    assert told["write"] == writes, f"{told} were told, the log has {writes} writes"


def nobody_is_written_in_vain(world: World, report: dict[str, Any], requests: Requests) -> None:
    """In a quiet run each planned record goes out once; only one who was deleted may go out again, in full."""
    barred = 403  # bulk import is off: the records then go one by one
    written = Counter(key for line, records in requests if line["status"] != barred for key, _ in records)
    gone = world.removed | world.perhaps_removed
    for key, times in written.items():
        assert times == 1 or (times == 2 and key in gone), f"person {key} was written {times} times"
    planned = report["planned"]["create"] + report["planned"]["update"]
    assert len(written) <= planned, f"{planned} records were planned, {len(written)} written"


def nothing_is_written(report: dict[str, Any], requests: Requests) -> None:
    """The run after a quiet run finds nothing to do."""
    writes = [(line["method"], line["path"], records) for line, records in requests if line["method"] != "GET"]
    assert not writes, f"a second run wrote {writes}"
    assert report["planned"]["create"] + report["planned"]["update"] == 0, f"a second run planned {report['planned']}"


def everything_due_is_there(world: World, report: dict[str, Any]) -> None:
    """Every field of every member equals the segment, or somebody else's edit of it, or has a listed reason."""
    users = world.look()
    by_owner: dict[int, list[User]] = defaultdict(list)
    for user in users:
        if user.id in world.owners and user.id not in world.strays:
            by_owner[world.owners[user.id]].append(user)
    _nobody_is_there_twice(by_owner)
    _nobody_is_resurrected(world, by_owner)
    reasons = _Reasons(world, report)
    for person in world.shop.members:
        found = by_owner.get(person.key)
        if found:
            _fields_are_right(world, person, found[0], reasons)
        elif person.key not in world.removed | world.perhaps_removed:
            assert reasons.of_record(person), f"{person} is not there, without a reason"


def _nobody_is_there_twice(by_owner: dict[int, list[User]]) -> None:
    for key, users in by_owner.items():
        assert len(users) == 1, f"person {key} is there {len(users)} times: {users}"


def _nobody_is_resurrected(world: World, by_owner: dict[int, list[User]]) -> None:
    if "recreate: true" in world.fields.policies:
        return
    back = world.removed & by_owner.keys()
    assert not back, f"deleted at the destination, and there again: {[by_owner[key] for key in back]}"


def _fields_are_right(world: World, person: Person, user: User, reasons: _Reasons) -> None:
    for target, wanted in world.wanted(person).items():
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
            case "deleted_at_destination":
                return person.key in world.removed | world.perhaps_removed
            case "required_value_missing":
                return any(person.values[world.fields.columns[target]] is None for target in world.place.required)
            case "identity_attribute_held" | "field_held" | "field_ignored" | "identity_kept":
                return True
            case _:
                return person.key in world.refusing or _lately(world, world.refused.get(person.key))


def _lately(world: World, moment: Any) -> bool:
    return moment is not None and world.now - moment <= A_DAY
