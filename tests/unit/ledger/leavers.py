"""The law of those who leave, in plain Python: kept, cleared or removed once, unless still wanted or held."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from penstock.catalog.entities import Leave
from penstock.plan.outcomes import ALREADY_GONE, ANOTHER_RECORD, DELETED, NOT_FOUND_TO_LEAVE, PROTECTED
from tests.unit.ledger.bench import REMOVAL, Attribute, Planned
from tests.unit.ledger.terms import RECORD, Hold, Verdict

if TYPE_CHECKING:
    from tests.unit.ledger.law import Law


def tried(leave: Leave) -> object:
    """What a hold remembers of somebody whose leaving was refused."""
    return ("leave", leave)


def judge_leaver(
    law: Law, key: int, *, wanted: Collection[str], withheld: Iterable[str], now: datetime, full: bool
) -> Verdict:
    """What must happen to a record that is no longer desired; `wanted` are the match values of those who are."""
    record = law.records[key]
    due = {each.name: None for each in law.attributes if is_cleared(law, key, each) and each.name not in withheld}
    may_be_created = not (law.addresses_known or record.exists)
    if law.leave is Leave.KEEP or (law.leave is Leave.CLEAR and (not due or may_be_created)):
        return Verdict("leave", None, record.match, {})
    due = due if law.leave is Leave.CLEAR else {}
    if record.match in wanted:
        return Verdict("leave", ANOTHER_RECORD, record.match, due)
    hold = law.holds.get((key, RECORD))
    is_held = hold is not None and hold.until > now and hold.mapping == law.mapping
    if is_held and hold is not None and hold.tried == tried(law.leave) and not full:
        return Verdict("hold", hold.code, record.match, due)
    return Verdict("clear" if law.leave is Leave.CLEAR else "remove", None, record.match, due)


def is_cleared(law: Law, key: int, attribute: Attribute) -> bool:
    """Whether an attribute of somebody who left is to be emptied."""
    if attribute.create_only or attribute.required:
        return False
    return law.records[key].values.get(attribute.name) is not None or (key, attribute.name) in law.doubts


def removed(law: Law, key: int) -> None:
    """The user was removed, as the policy says."""
    record = law.records[key]
    if law.leave is Leave.DELETE:
        law.directory.pop(record.match, None)
        forget(law, key)
        return
    record.member, record.suspended = False, True
    end(law, key)


def removal_lost(law: Law, key: int) -> None:
    """Nobody knows whether the user was removed."""
    record = law.records[key]
    law.doubts.add((key, REMOVAL))
    if law.leave is Leave.SUSPEND:
        record.suspended = True
        return
    law.directory.pop(record.match, None)
    law.doubts |= {(key, name) for name, value in record.values.items() if value is not None}
    record.values, record.exists = {}, False


def leaving_refused(law: Law, sent: Planned, code: str, now: datetime) -> None:
    """Nothing was cleared or removed, for a reason that may settle the leaving."""
    record = law.records[sent.key]
    missed_before = sent.key in law.sought_before
    if code in {DELETED, ALREADY_GONE} or (code == NOT_FOUND_TO_LEAVE and law.leave is Leave.DELETE):
        law.directory.pop(record.match, None)
    is_gone = code in {DELETED, ALREADY_GONE} or (code == NOT_FOUND_TO_LEAVE and missed_before)
    if is_gone and (law.leave is Leave.DELETE or not record.exists):
        forget(law, sent.key)
    elif is_gone or code == PROTECTED:
        record.member = record.suspended = False
        end(law, sent.key)
    else:
        law.holds[sent.key, RECORD] = Hold(code, tried(law.leave), law.mapping, now + timedelta(hours=24))


def end(law: Law, key: int) -> None:
    """Leaving is settled: neither the record nor its removal is in doubt or held."""
    law.doubts -= {(key, RECORD), (key, REMOVAL)}
    law.holds.pop((key, RECORD), None)


def forget(law: Law, key: int) -> None:
    """Nothing is known of a record any more."""
    del law.records[key]
    law.doubts = {each for each in law.doubts if each[0] != key}
    law.holds = {each: hold for each, hold in law.holds.items() if each[0] != key}
