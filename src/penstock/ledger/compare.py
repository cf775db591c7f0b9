"""The comparison of desired with confirmed records, compiled to one statement that writes the plan's file.

One law: a field of a record is due when its desired value differs from the confirmed one, or is in doubt; unless
the value cannot be sent, the record or field is held, or the field is withheld. What is due to those who left is in
`leaving`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from penstock.catalog.entities import Leave, Mode, When, WhenEmpty
from penstock.ledger.census import DESIRED, DIFFERING, SET_ASIDE
from penstock.ledger.directory import KNOWN
from penstock.ledger.leaving import cleared_bits_sql, cleared_value_sql, leaving_sql, tried_to_leave_sql
from penstock.ledger.rules import never_sent_sql, only_if_empty, ruled_due_sql
from penstock.ledger.state import SUSPENDED, LedgerState
from penstock.mapping.slots import MappedSlot, Slot, bit_sum, mask, replaced, words
from penstock.plan.records import FILE_FORMAT
from penstock.plan.routes import action_sql, way_sql
from penstock.quoting import quote_text

HELD_RECORDS = "penstock_held_records"
"""Table (key, tried, code) of record holds that are in force."""
HELD_FIELDS = "penstock_held_fields"
"""Table (key, w<word>) of field holds that are in force, as bits."""
DOUBTED = "penstock_doubted"
"""Table (key, w<word>, removal) of what is in doubt, as bits; a doubted creation or removal has a row with no bit."""
PROBES = "penstock_probes"
"""Table (key, w<word>) of the records that try a withheld field again, as bits."""
SHARED = "penstock_shared"
"""Table (key) of members that share a user at the destination."""
TAKEN = "penstock_taken"
"""Table (key) of new records whose match value belongs to another known member."""


class Part(StrEnum):
    """Whom a SELECT of candidates is about."""

    ALL = "all"
    DIFFERING = "differing"
    SAME = "same"
    """Those in whom nothing differs that is confirmed."""


class Shape(StrEnum):
    """How the comparison is computed; all give the same plan."""

    FIRST = "first"
    """Nothing is confirmed: no comparison."""
    DIFFERING = "differing"
    """Compare the values of those keys alone whose hashes differ: cheapest when few do."""
    EVERYBODY = "everybody"
    """The same, and beside them all others, whose confirmed values are the desired ones: they need not be fetched."""
    JOIN = "join"
    """Join all values: slower, and the only one that bears the values of most records differing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What is compared, and which exceptions are in force."""

    slots: Sequence[MappedSlot]
    state: LedgerState | None
    shape: Shape
    full: bool
    excluded: frozenset[int]
    """Slots that are withheld."""
    probe: tuple[Slot, ...] = ()
    """Withheld slots that a record tries again, as PROBES says."""
    has_set_aside: bool = False
    has_holds: bool = False
    has_doubts: bool = False
    has_taken: bool = False
    has_shared: bool = False
    has_wanted: bool = False
    """Whether there are users who left and are still wanted, as WANTED says."""
    leave: Leave = Leave.KEEP
    addresses_known: bool = False
    """Whether the destination addresses those who are known to exist by their remote id."""
    has_directory: bool = False
    keeps_case: bool = False
    """Whether the match value is sent otherwise than it is compared."""
    mode: Mode = Mode.UPSERT
    seeks: bool = False
    """Whether the plan says when a user was last seen or written at the destination."""

    @property
    def fixed(self) -> tuple[MappedSlot, ...]:
        """The slots of what is set when a user is created and held when it changes."""
        return tuple(mapped for mapped in self.compared if mapped.field.create_only)

    @property
    def required(self) -> tuple[MappedSlot, ...]:
        """The slots without whose value nobody is created."""
        return tuple(mapped for mapped in self.compared if mapped.field.required)

    @property
    def words(self) -> tuple[int, ...]:
        """Words of bits in use."""
        return words(mapped.slot.number for mapped in self.slots)

    @property
    def compared(self) -> tuple[MappedSlot, ...]:
        """The slots that are compared for every record."""
        return tuple(mapped for mapped in self.slots if mapped.slot.number not in self.excluded)

    @property
    def has_suspended(self) -> bool:
        """Whether there are users whom this activation suspended."""
        return self.state is not None and self.state.suspended > 0

    @property
    def replaced(self) -> dict[Slot, Slot]:
        """The slots that fields of another type had before, whose values can only be told to be there."""
        return replaced((mapped.slot for mapped in self.slots), self.state.slots if self.state else ())

    @property
    def known(self) -> tuple[MappedSlot, ...]:
        """The compared slots that the ledger has."""
        return tuple(mapped for mapped in self.compared if self._has(mapped.slot))

    @property
    def parts(self) -> tuple[Part, ...]:
        """The candidates, part by part."""
        if self.shape is Shape.DIFFERING:
            return (Part.DIFFERING,)
        return (Part.SAME, Part.DIFFERING) if self.shape is Shape.EVERYBODY else (Part.ALL,)

    def _has(self, slot: Slot) -> bool:
        return self.state is not None and slot in self.state.slots

    def confirmed(self, slot: Slot, part: Part = Part.ALL) -> str:
        """SQL of the confirmed value of a slot, from the ledger's row `c`."""
        if not self._has(slot):
            return f"CAST(NULL AS {slot.stored_type})"
        same = part is Part.SAME and slot.number not in self.excluded
        return f"{'d' if same else 'c'}.{slot.column}"

    def confirmed_bits(self, word: int) -> str:
        """SQL of the bits of the fields that are confirmed."""
        present = self.state is not None and any(slot.word == word for slot in self.state.slots)
        return f"coalesce(c.s{word}, 0)" if present else "0::BIGINT"


def plan_sql(comparison: Comparison, path: Path) -> str:
    """Statement that writes the plan's file."""
    columns = ["op", "code", "route", "known", "gone", "unsendable", "key", "match", "remote_id"]
    columns += ["address"] if comparison.keeps_case else []
    columns += ["seen_at", "in_doubt"] if comparison.seeks else []
    columns += [f"{bits}{word}" for word in comparison.words for bits in ("m", "x")]
    columns += [mapped.slot.column for mapped in comparison.slots]
    if comparison.shape is not Shape.FIRST:
        columns += ["p_match", "was_member", *(mapped.slot.before for mapped in comparison.slots)]
        columns += [f"s{word}" for word in comparison.words]
    rows = [
        f"SELECT {', '.join(_untold(columns, part))} FROM ({_judged_sql(comparison, part)}) WHERE op IS NOT NULL"
        for part in comparison.parts
    ]
    return f"COPY ({' UNION ALL '.join(rows)}) TO {quote_text(str(path))} ({FILE_FORMAT})"


def _untold(columns: Sequence[str], part: Part) -> list[str]:
    """Leave out a confirmed match value that is the desired one: nobody asks for it, and texts are dear to write."""
    same = part is Part.SAME
    return ["CAST(NULL AS VARCHAR) AS p_match" if same and name == "p_match" else name for name in columns]


def _judged_sql(comparison: Comparison, part: Part) -> str:
    """SELECT of the candidate records with what happens to each; `op` is null where nothing does."""
    bits = [f"{_due_bits(comparison, word, part)} AS due{word}" for word in comparison.words]
    columns = [*bits, f"({_unsendable(comparison, part)}) AS unsendable", f"{_key(comparison, part)} AS key"]
    columns += [f"{_remote_id(comparison)} AS remote_id", f"{_in_doubt(comparison)} AS in_doubt"]
    columns += [f"{_seen_at(comparison)} AS seen_at"] if comparison.seeks else []
    if comparison.shape is Shape.FIRST:
        columns += ["d.match AS match", *(f"d.{mapped.slot.column}" for mapped in comparison.slots)]
        columns += ["false AS known", "false AS gone", "false AS restores"]
        columns += ["d.address AS address"] if comparison.keeps_case else []
    else:
        columns += [
            f"{_desired_or_confirmed('match', part)} AS match",
            "c.key IS NOT NULL AS known",
            "d.key IS NULL AS gone",
            f"{'d' if part is Part.SAME else 'c'}.match AS p_match",
            "c.member AS was_member",
            f"{f'd.key IS NOT NULL AND {SUSPENDED}' if comparison.has_suspended else 'false'} AS restores",
        ]
        columns += [_value(comparison, mapped) for mapped in comparison.slots]
        columns += [f"{_desired_or_confirmed('address', part)} AS address"] if comparison.keeps_case else []
        columns += [f"{comparison.confirmed(m.slot, part)} AS {m.slot.before}" for m in comparison.slots]
        columns += [f"{comparison.confirmed_bits(word)} AS s{word}" for word in comparison.words]
        columns += ["c.confirmed_at IS NULL AS is_new"]
    columns += [f"{_record_hold(comparison)} AS held", f"{_field_hold(comparison, part)} AS held_field"]
    due = " OR ".join(f"m{word} <> 0" for word in comparison.words)
    op, code = _first_verdict(comparison) if comparison.shape is Shape.FIRST else _verdict(due, comparison)
    way = way_sql("remote_id", "in_doubt") if comparison.addresses_known else "0"
    route = f"({way} + {action_sql('op', comparison.leave, 'restores')})::TINYINT"
    candidates = f"SELECT {', '.join(columns)} FROM {_candidates(comparison, part)}"
    split = f"SELECT * EXCLUDE ({_due_words(comparison)}), {_split_bits(comparison)} FROM ({candidates})"
    judged = f"SELECT *, {op} AS op, {code} AS code FROM ({split})"
    return f"SELECT *, {route} AS route FROM ({judged})"


def _key(comparison: Comparison, part: Part) -> str:
    """SQL of the key of a candidate."""
    if part is Part.DIFFERING:
        return "k.key"
    return "d.key" if comparison.shape is Shape.FIRST or part is Part.SAME else "coalesce(d.key, c.key)"


def _desired_or_confirmed(column: str, part: Part) -> str:
    """SQL of a match value as it is desired, or as it is confirmed of whoever is gone."""
    return f"d.{column}" if part is Part.SAME else f"coalesce(d.{column}, c.match)"


def _remote_id(comparison: Comparison) -> str:
    """SQL of the id under which a record's user is known; the directory's is never older than the ledger's."""
    known = ["dir.remote_id"] if comparison.has_directory else []
    known += ["c.remote_id"] if comparison.shape is not Shape.FIRST else []
    remote_id = f"coalesce({', '.join(known)})" if known else "CAST(NULL AS VARCHAR)"
    if comparison.has_doubts:
        # Whoever returned and may have been deleted is looked for by match value, and created if need be.
        back = "d.key IS NOT NULL AND c.confirmed_at IS NULL AND coalesce(q.removal, false)"
        remote_id = f"CASE WHEN {back} THEN NULL ELSE {remote_id} END"
    return remote_id


def _seen_at(comparison: Comparison) -> str:
    """SQL of when a record's user was last known to exist."""
    known = ["dir.seen_at"] if comparison.has_directory else []
    known += ["c.confirmed_at"] if comparison.shape is not Shape.FIRST else []
    return f"greatest({', '.join(known)})" if known else "CAST(NULL AS TIMESTAMPTZ)"


def _in_doubt(comparison: Comparison) -> str:
    return "q.key IS NOT NULL" if comparison.has_doubts else "false"


def _due_words(comparison: Comparison) -> str:
    return ", ".join(f"due{word}" for word in comparison.words)


def _split_bits(comparison: Comparison) -> str:
    """SQL of the due fields: those that are sent (`m<word>`), and those that only a creation may set (`x<word>`)."""
    parts = []
    for word in comparison.words:
        fixed = mask((mapped.slot.number for mapped in comparison.fixed), word)
        if not fixed:
            parts.append(f"due{word} AS m{word}, 0::BIGINT AS x{word}")
            continue
        there = _is_there(comparison)
        parts.append(f"CASE WHEN {there} THEN due{word} & {~fixed} ELSE due{word} END AS m{word}")
        parts.append(f"CASE WHEN {there} THEN due{word} & {fixed} ELSE 0 END AS x{word}")
    return ", ".join(parts)


def _is_there(comparison: Comparison) -> str:
    """SQL that is true of those who are known to exist at the destination."""
    confirmed = "" if comparison.shape is Shape.FIRST else " OR NOT is_new"
    return f"(remote_id IS NOT NULL{confirmed})"


def _candidates(comparison: Comparison, part: Part) -> str:
    """FROM clause with the desired record as `d`, the ledger's row as `c`, and the exceptions in force."""
    if comparison.shape is Shape.FIRST:
        tables = f"{DESIRED} AS d"
    elif part is Part.ALL:
        tables = f"{DESIRED} AS d FULL JOIN penstock_ledger.confirmed AS c ON c.key = d.key"
    elif part is Part.SAME:
        same = f"member AND NOT EXISTS (FROM {DIFFERING} AS k WHERE k.key = l.key)"
        tables = (
            f"{DESIRED} AS d JOIN (SELECT * FROM penstock_ledger.confirmed AS l WHERE {same}) AS c ON c.key = d.key"
        )
    else:
        tables = (
            f"({_differing_keys(comparison)}) AS k LEFT JOIN {DESIRED} AS d ON d.key = k.key"
            " LEFT JOIN penstock_ledger.confirmed AS c ON c.key = k.key"
        )
    if comparison.has_holds:
        tables += f" LEFT JOIN {HELD_RECORDS} AS hr ON hr.key = {_key(comparison, part)}"
        tables += f" LEFT JOIN {HELD_FIELDS} AS hf ON hf.key = d.key"
    if comparison.has_doubts:
        tables += f" LEFT JOIN {DOUBTED} AS q ON q.key = {_key(comparison, part)}"
    if comparison.probe:
        tables += f" LEFT JOIN {PROBES} AS t ON t.key = d.key"
    if comparison.has_directory:
        leavers_too = comparison.leave is not Leave.KEEP and comparison.shape is not Shape.FIRST
        match = "coalesce(d.match, c.match)" if leavers_too else "d.match"
        tables += f" LEFT JOIN {KNOWN} AS dir ON dir.match = {match}"
    return tables


def _unsendable(comparison: Comparison, part: Part) -> str:
    numbers = [mapped.slot.number for mapped in comparison.compared]
    return " OR ".join(f"({_unsendable_bits(word, part)} & {mask(numbers, word)}) <> 0" for word in comparison.words)


def _unsendable_bits(word: int, part: Part) -> str:
    """SQL of the bits of the fields whose value cannot be sent; whoever has one is in DIFFERING."""
    return "0::BIGINT" if part is Part.SAME else f"d.b{word}"


def _differing_keys(comparison: Comparison) -> str:
    """SELECT of the keys whose values are compared: where anything differs, or might be due all the same."""
    keys = f"SELECT key FROM {DIFFERING}"
    if comparison.shape is Shape.DIFFERING:  # else they are among the others
        keys += f" UNION SELECT key FROM {DOUBTED}" if comparison.has_doubts else ""
        keys += f" UNION SELECT key FROM {PROBES}" if comparison.probe else ""
    return keys


def _due_bits(comparison: Comparison, word: int, part: Part) -> str:
    bits = _differing_bits(comparison, word, part)
    if comparison.has_holds:
        bits = f"({bits} & ~coalesce(hf.w{word}, 0))"
    if comparison.leave is Leave.CLEAR and comparison.shape is not Shape.FIRST and part is not Part.SAME:
        cleared = [(mapped, _confirmed_or_replaced(comparison, mapped.slot)) for mapped in comparison.compared]
        doubted = f"coalesce(q.w{word}, 0)" if comparison.has_doubts else "0"
        bits = f"CASE WHEN d.key IS NULL THEN {cleared_bits_sql(cleared, doubted, word)} ELSE {bits} END"
    return bits


def _confirmed_or_replaced(comparison: Comparison, slot: Slot) -> str:
    """SQL of the confirmed value of a slot; of one that had another type before, whether there is a value."""
    before = comparison.replaced.get(slot)
    return comparison.confirmed(slot) if before is None else f"CASE WHEN c.{before.column} IS NOT NULL THEN true END"


def _value(comparison: Comparison, mapped: MappedSlot) -> str:
    """SQL of the value that is to be there."""
    value = f"d.{mapped.slot.column}"
    if comparison.leave is not Leave.CLEAR or not mapped.field.conversion.null_is_false:
        return value
    return f"CASE WHEN d.key IS NULL THEN {cleared_value_sql(mapped)} ELSE {value} END AS {mapped.slot.column}"


def _differing_bits(comparison: Comparison, word: int, part: Part) -> str:
    """SQL of the bits of the fields that are due if they are not held."""
    conditions = [
        (mapped.slot.number, _due(comparison, mapped, part))
        for mapped in comparison.compared
        if mapped.slot.word == word
    ]
    bits = bit_sum(conditions, word)
    if comparison.has_doubts:
        allowed = mask((mapped.slot.number for mapped in comparison.compared), word)
        bits = f"({bits} | (coalesce(q.w{word}, 0) & {allowed}))"
    if any(slot.word == word for slot in comparison.probe):
        bits = f"({bits} | coalesce(t.w{word}, 0))"
    empty = never_sent_sql(comparison.compared, word)
    if empty is not None:
        bits = f"({bits} & ~{empty})"
    return f"coalesce({bits} & ~{_unsendable_bits(word, part)}, 0)"


def _due(comparison: Comparison, mapped: MappedSlot, part: Part) -> str:
    value = f"d.{mapped.slot.column}"
    confirmed_bit = f"({comparison.confirmed_bits(mapped.slot.word)} & {mapped.slot.bit}) <> 0"
    if mapped.field.mapping.when is not When.ALWAYS:
        anew = comparison.shape is Shape.FIRST or comparison.full
        return ruled_due_sql(mapped, value, comparison.confirmed(mapped.slot, part), anew=anew)
    if comparison.shape is Shape.FIRST:
        return "true" if clears(mapped) else f"{value} IS NOT NULL"
    confirmed = comparison.confirmed(mapped.slot, part)
    due = f"{value} IS DISTINCT FROM {confirmed}" if confirmed != value else "false"
    if comparison.full and not mapped.field.create_only:  # one that cannot be sent again is told only if it differs
        due = f"{value} IS NOT NULL OR {confirmed_bit}"
    if clears(mapped):
        due += f" OR ({value} IS NULL AND NOT {confirmed_bit})"
    before = comparison.replaced.get(mapped.slot)
    if before is not None:
        due += f" OR ({value} IS NULL AND c.{before.column} IS NOT NULL)"
    return due


def clears(mapped: MappedSlot) -> bool:
    """Whether an empty value is sent even if none was ever confirmed."""
    return mapped.field.mapping.when_empty is WhenEmpty.CLEAR


def _record_hold(comparison: Comparison) -> str:
    if not comparison.has_holds:
        return "CAST(NULL AS VARCHAR)"
    tried = tried_hash(comparison.slots, "d")
    if comparison.shape is not Shape.FIRST:
        tried = f"CASE WHEN d.key IS NULL THEN {tried_to_leave_sql(comparison.leave)} ELSE {tried} END"
    return f"CASE WHEN hr.tried = {tried} THEN hr.code END"


def tried_hash(slots: Sequence[MappedSlot], relation: str) -> str:
    """SQL of the hash of all values of a record, by which a hold knows that they have changed."""
    values = ", ".join(f"{relation}.{mapped.slot.column}" for mapped in slots)
    return f"hash({relation}.match, {values})"


def _field_hold(comparison: Comparison, part: Part) -> str:
    """SQL that is true where a field would be due if it were not held.

    One that is only sent while the destination has no value is as it should be while it is held.
    """
    if not comparison.has_holds:
        return "false"
    held = [
        f"({_differing_bits(comparison, word, part)} & {~only_if_empty(comparison.slots, word)}"
        f" & coalesce(hf.w{word}, 0)) <> 0"
        for word in comparison.words
    ]
    return "(" + " OR ".join(held) + ")"


def _missing(comparison: Comparison) -> str:
    """SQL that is true where a required value is missing: nobody is created without it, and it is never cleared."""
    created = "false" if comparison.mode is Mode.UPDATE else f"NOT {_is_there(comparison)}"
    parts = [
        f"({m.slot.column} IS NULL AND ({created} OR (m{m.slot.word} & {m.slot.bit}) <> 0))"
        for m in comparison.required
    ]
    return "(" + " OR ".join(parts) + ")" if parts else "false"


def _first_verdict(comparison: Comparison) -> tuple[str, str]:
    missing = _missing(comparison)
    return (
        f"CASE WHEN held IS NOT NULL OR {missing} THEN 'hold' ELSE 'create' END",
        f"coalesce(held, CASE WHEN {missing} THEN 'required_value_missing' END)",
    )


def _verdict(due: str, comparison: Comparison) -> tuple[str, str]:
    left = "was_member"
    if comparison.has_set_aside:
        left += f" AND key NOT IN (SELECT key FROM {SET_ASIDE})"
    leaves, why = leaving_sql(
        comparison.leave, due, has_wanted=comparison.has_wanted, addresses_known=comparison.addresses_known
    )
    identity = "known AND match IS DISTINCT FROM p_match"
    taken = f"key IN (SELECT key FROM {TAKEN})" if comparison.has_taken else "false"
    shared = f"key IN (SELECT key FROM {SHARED})" if comparison.has_shared else "false"
    held = f"held IS NOT NULL AND (is_new OR restores OR {due})"
    missing = f"{_missing(comparison)} AND (is_new OR {due})"
    fixed = " OR ".join(f"x{word} <> 0" for word in comparison.words)
    done, done_code = "", ""
    if comparison.mode is Mode.INSERT:  # whoever was created is none of its business any more
        done = " WHEN NOT (is_new OR restores) THEN CASE WHEN NOT was_member THEN 'return' END"
        done_code = " WHEN NOT (is_new OR restores) THEN NULL"
    op = (
        f"CASE WHEN gone THEN CASE WHEN {left} THEN {leaves} END"
        f"{done} WHEN {identity} OR {taken} OR {shared} OR ({held}) OR ({missing}) THEN 'hold'"
        " WHEN is_new THEN 'create'"
        f" WHEN restores OR {due} THEN 'update'"
        " WHEN NOT was_member THEN 'return'"
        f" WHEN unsendable OR held_field OR {fixed} THEN 'hold' END"
    )
    code = (
        f"CASE WHEN gone THEN {why}{done_code} WHEN {identity} THEN 'identity_changed'"
        f" WHEN {taken} THEN 'identity_taken'"
        f" WHEN {shared} THEN 'same_user'"
        f" WHEN {held} THEN held WHEN {missing} THEN 'required_value_missing'"
        f" WHEN NOT is_new AND NOT (restores OR {due}) AND was_member THEN"
        f" CASE WHEN unsendable THEN 'unsendable_value' WHEN {fixed} THEN 'identity_attribute_held'"
        " WHEN held_field THEN 'field_held' END END"
    )
    return op, code
