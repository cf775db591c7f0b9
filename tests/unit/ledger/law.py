"""The design's one law in plain Python: what is due, what becomes of it, and a destination that keeps what it gets.

A field of a record is due when its desired value differs from the confirmed one, or is in doubt; unless the
value cannot be sent, the record or the field is held, or the field is withheld. What only a creation may set is not
sent to those who are known to exist, and nobody is created without a required value, nor is that ever cleared.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from penstock.catalog.entities import Leave
from penstock.plan.outcomes import DELETED, Answer, Outcome
from tests.unit.ledger.bench import REMOVAL, Attribute, Book, Confirmed, Planned, Row
from tests.unit.ledger.leavers import judge_leaver, leaving_refused, removal_lost, removed, tried
from tests.unit.ledger.terms import CANNOT, RECORD, RESTORING, Hold, Known, Verdict, Wanted


@dataclass(slots=True)
class Law:
    """The ledger as it ought to be."""

    attributes: tuple[Attribute, ...]
    records: dict[int, Known] = field(default_factory=dict)
    doubts: set[tuple[int, str | None]] = field(default_factory=set)
    holds: dict[tuple[int, str | None], Hold] = field(default_factory=dict)
    withheld: dict[str, datetime] = field(default_factory=dict)
    slots: dict[str, str] = field(default_factory=dict)
    """Names of the fields that the ledger has → the column type of each."""
    sought_before: set[int] = field(default_factory=set)
    """Keys of the leavers whom a plan sends once more after their leaving was refused."""
    directory: dict[str, str] = field(default_factory=dict)
    """Match values of the users that are known to exist at the account → their ids."""
    leave: Leave = Leave.KEEP
    addresses_known: bool = False

    @property
    def mapping(self) -> object:
        return tuple((each.name, each.column) for each in self.attributes)

    # --- what is due ------------------------------------------------------------------------------------

    def wanted(self, rows: Sequence[Row]) -> tuple[dict[int, Wanted], set[int], int]:
        """The desired records, the keys of those set aside, and the number of rows set aside."""
        matches = [normalised(row["email"]) for row in rows]
        keys = Counter(row["id"] for row in rows)
        by_match = Counter(match for match in matches if match is not None)
        wanted, aside, count = {}, set(), 0
        for row, match in zip(rows, matches, strict=True):
            if row["id"] is None or keys[row["id"]] > 1 or match is None or by_match[match] > 1:
                aside.add(row["id"])
                count += 1
                continue
            values = {each.name: sendable(row.get(each.column)) for each in self.attributes}
            wanted[row["id"]] = Wanted(row["id"], match, values)
        return wanted, aside - {None}, count

    def judge(
        self, rows: Sequence[Row], *, now: datetime, full: bool, known: Iterable[str]
    ) -> tuple[dict[int, Verdict], set[str]]:
        """What must happen to each record of which something must; and the withheld fields that may be tried."""
        wanted, aside, _ = self.wanted(rows)
        still = {} if full else self.withheld  # whoever asks for everything tries everything
        withheld = {name: at for name, at in still.items() if name in self.names and name not in known}
        released = {self.records[key].match for key in aside if key in self.records}
        for key, want in wanted.items():
            if key in self.records and self.records[key].match != want.match:
                released.add(self.records[key].match)
        verdicts = {}
        for key, want in wanted.items():
            verdict = self._judge_one(want, released, withheld, now=now, full=full)
            if verdict is not None:
                verdicts[key] = verdict
        for key, record in self.records.items():
            if record.member and key not in wanted and key not in aside:
                present = {match for match in (normalised(row["email"]) for row in rows) if match is not None}
                verdicts[key] = judge_leaver(self, key, wanted=present, withheld=withheld, now=now, full=full)
        return verdicts, {name for name, at in withheld.items() if at <= now}

    @property
    def names(self) -> set[str]:
        return {each.name for each in self.attributes}

    def _judge_one(
        self, want: Wanted, released: set[str], withheld: Iterable[str], *, now: datetime, full: bool
    ) -> Verdict | None:
        record = self.records.get(want.key)
        candidates = {
            each.name
            for each in self.attributes
            if each.name not in withheld and self._differs(want, record, each, full=full)
        }
        only_at_first = {each.name for each in self.attributes if each.create_only}  # held with a reason of its own
        refused = {
            name
            for name in candidates - only_at_first
            if self._is_held(want, name, want.values[name], now=now, full=full)
        }
        unsendable = {name for name, value in want.values.items() if value is CANNOT and name not in withheld}
        is_new = record is None or not record.exists
        is_there = not is_new or self.remote_id(want) is not None
        wished = candidates - refused - unsendable
        only_once = only_at_first if is_there else set()
        fixed, due = frozenset(wished & only_once), {name: want.values[name] for name in wished - only_once}
        if record is not None and record.match != want.match:
            return Verdict("hold", "identity_changed", want.match, due, fixed)
        tried = (want.match, *(plain(want.values[each.name]) for each in self.attributes))
        restores = record is not None and record.suspended
        if is_new or due or restores:
            if self._is_held(want, RECORD, tried, now=now, full=full):
                return Verdict("hold", self.holds[want.key, RECORD].code, want.match, due, fixed)
            if (is_new or due) and any(
                plain(want.values[each.name]) is None and (not is_there or each.name in due)
                for each in self.attributes
                if each.required and each.name not in withheld
            ):
                return Verdict("hold", "required_value_missing", want.match, due, fixed)
        if record is None and want.match in released:
            return Verdict("hold", "identity_taken", want.match, due, fixed)
        if is_new:
            return Verdict("create", None, want.match, due, fixed)
        if due or restores:
            return Verdict("update", None, want.match, due, fixed)
        if record is not None and not record.member:
            return Verdict("return", None, want.match, {}, fixed)
        if unsendable or fixed:
            code = "unsendable_value" if unsendable else "identity_attribute_held"
            return Verdict("hold", code, want.match, {}, fixed)
        return Verdict("hold", "field_held", want.match, {}) if refused else None

    def remote_id(self, want: Wanted) -> str | None:
        """The id under which a record's user is known; the directory's is never older than the ledger's."""
        record = self.records.get(want.key)
        if record is not None and not record.exists and (want.key, REMOVAL) in self.doubts:
            return None  # perhaps deleted before it returned
        return self.directory.get(want.match) or (record.remote_id if record is not None else None)

    def leaver_id(self, key: int) -> str | None:
        """The id under which the user of somebody who left is known."""
        record = self.records[key]
        return self.directory.get(record.match) or record.remote_id

    def _differs(self, want: Wanted, record: Known | None, attribute: Attribute, *, full: bool) -> bool:
        name = attribute.name
        value = plain(want.values[name])
        is_confirmed = record is not None and name in record.values
        before = record.values.get(name) if record is not None else None
        if record is not None and (want.key, name) in self.doubts:
            return True
        if attribute.clear and value is None and not is_confirmed:
            return True
        if full and not attribute.create_only:
            return value is not None or is_confirmed
        return bool(value != before)

    def _is_held(self, want: Wanted, name: str | None, tried: object, *, now: datetime, full: bool) -> bool:
        hold = self.holds.get((want.key, name))
        return (
            not full
            and hold is not None
            and hold.until > now
            and hold.mapping == self.mapping
            and hold.tried == plain(tried)
        )

    # --- what becomes of it -----------------------------------------------------------------------------

    def remap(self, types: Mapping[str, str]) -> None:
        """Take on the fields of a mapping; what is known of others is forgotten, or in doubt if the type changed."""
        gone = {name for name, type_ in self.slots.items() if types.get(name) != type_}
        carried = {
            (key, name)
            for key, record in self.records.items()
            for name in gone & types.keys()
            if record.values.get(name) is not None or (key, name) in self.doubts
        }
        for record in self.records.values():
            for name in gone:
                record.values.pop(name, None)
        self.doubts = {(key, name) for key, name in self.doubts if name not in gone} | carried
        self.holds = {(key, name): hold for (key, name), hold in self.holds.items() if name not in gone}
        self.withheld = {name: at for name, at in self.withheld.items() if name not in gone}
        self.slots = dict(types)

    def planned(self, sent: Planned) -> None:
        """What a plan sends is on hold no longer, whatever becomes of it."""
        before = self.holds.get((sent.key, RECORD))
        self.sought_before.discard(sent.key)
        if before is not None and before.tried == tried(self.leave):
            self.sought_before.add(sent.key)
        for name in (RECORD, *sent.due):
            self.holds.pop((sent.key, name), None)

    def delivered(
        self, sent: Planned, *, told: str | None = None, refused: Iterable[str] = (), ignored: Iterable[str] = ()
    ) -> None:
        """The destination has taken a record, less these fields, and perhaps told its id."""
        if sent.op == "remove":
            removed(self, sent.key)
            return
        taken = {name: value for name, value in sent.due.items() if name not in {*refused, *ignored}}
        record = self.records.get(sent.key)
        if record is None:
            self._release(sent)
            record = self.records[sent.key] = Known(sent.match or "", member=True, exists=True)
        record.member, record.exists = sent.op != "clear" or bool(tuple(refused)), True
        record.suspended = False
        record.remote_id = told or sent.remote_id
        record.values |= taken
        for name in (RECORD, REMOVAL, *taken):
            self.doubts.discard((sent.key, name))

    def lost(self, sent: Planned) -> None:
        """Nobody knows whether the destination has taken a record."""
        if sent.op == "remove":
            removal_lost(self, sent.key)
            return
        if sent.key not in self.records:
            self._release(sent)
            known = Known(sent.match or "", member=True, exists=False, remote_id=sent.remote_id)
            self.records[sent.key] = known
        self.records[sent.key].member = self.records[sent.key].member or not sent.gone
        if sent.route >= RESTORING:
            self.doubts.add((sent.key, REMOVAL))
        self.doubts |= {(sent.key, name) for name in sent.due}
        if sent.op == "create" and not self.records[sent.key].exists:
            self.doubts.add((sent.key, RECORD))

    def refused(
        self, sent: Planned, want: Wanted | None, now: datetime, fields: Iterable[str] = (), code: str = "refused"
    ) -> None:
        """The destination has refused a record, or some fields of it."""
        if code == DELETED and sent.key in self.records:
            self.records[sent.key].values, self.records[sent.key].remote_id = {}, None
        if want is None:
            leaving_refused(self, sent, code, now)
            return
        for name in fields or (RECORD,):
            tried = plain(want.values[name]) if name else None
            if name is RECORD:
                tried = (want.match, *(plain(want.values[each.name]) for each in self.attributes))
            self.holds[sent.key, name] = Hold(code, tried, self.mapping, now + timedelta(hours=24))

    def _release(self, sent: Planned) -> None:
        """Whoever had this match value before is no longer found under it."""
        for key, record in list(self.records.items()):
            if record.match == sent.match and not record.member:
                del self.records[key]
                self.doubts = {(k, name) for k, name in self.doubts if k != key}

    def book(self) -> Book:
        """What the ledger's file must say."""
        return Book(
            records={
                key: Confirmed(
                    match=r.match,
                    member=r.member,
                    exists=r.exists,
                    values=dict(r.values),
                    remote_id=r.remote_id,
                    suspended=r.suspended,
                )
                for key, r in self.records.items()
            },
            doubts=frozenset(self.doubts),
            holds=frozenset(self.holds),
            withheld=frozenset(self.withheld),
        )


@dataclass(slots=True)
class World:
    """A destination: the attributes of each user by match value, its id, and the fields that it ignores."""

    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    ignores: set[str] = field(default_factory=set)
    suspended: set[str] = field(default_factory=set)
    """Match values of the users who may not sign in."""
    given: int = 0
    """Ids given so far."""

    def give_id(self, match: str) -> str:
        """Let a user have an id that nobody had before."""
        self.given += 1
        self.ids[match] = str(self.given)
        return self.ids[match]

    def misses(self, sent: Planned) -> bool:
        """Whether nobody is found under the id by which a record is addressed."""
        if sent.route % 2:
            return self.ids.get(sent.match or "") != sent.remote_id
        return sent.gone and sent.match not in self.users

    def apply(self, sent: Planned, leave: Leave, refused: Iterable[str] = ()) -> None:
        """Take a record as a real destination would."""
        if self.misses(sent):
            return
        match = sent.match or ""
        if sent.op == "remove" and leave is Leave.DELETE:
            del self.users[match], self.ids[match]
            self.suspended.discard(match)
            return
        if sent.op == "remove":
            self.suspended.add(match)
            return
        if sent.route >= RESTORING:
            self.suspended.discard(match)
        if match not in self.users:
            self.give_id(match)
        user = self.users.setdefault(match, {})
        user |= {name: v for name, v in sent.due.items() if name not in self.ignores and name not in {*refused}}

    def contradiction(self, book: Book) -> str | None:
        """Find a value that a ledger takes for confirmed, and that is another at the destination."""
        for key, record in book.records.items():
            if not record.exists:
                continue
            if record.match not in self.users:
                return f"{key} is said to exist as {record.match}"
            if record.suspended != (record.match in self.suspended) and (key, REMOVAL) not in book.doubts:
                return f"{key} is said to be suspended or not, and is otherwise"
            for name, value in record.values.items():
                there = self.users[record.match].get(name)
                if (key, name) not in book.doubts and there != value:
                    return f"{name} of {key} is said to be {value!r} and is {there!r}"
        return None


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a batch and of the records in it: exceptions by position, round and round."""

    answer: Answer | None
    outcomes: tuple[Outcome | str, ...]
    """Of each record in turn: an outcome, or `field` where one of its fields is refused."""
    applied: bool
    """Whether what was lost had been applied."""


def normalised(email: str | None) -> str | None:
    """The match value of an address."""
    return (email.strip(" ").lower() or None) if email is not None else None


def sendable(value: Any) -> Any:
    """A value, or CANNOT."""
    return CANNOT if isinstance(value, float) and not math.isfinite(value) else value


def plain(value: Any) -> Any:
    """A desired value as the ledger's column would hold it."""
    return None if value is CANNOT else value
