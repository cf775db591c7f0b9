"""What a run confirms: each answered record's fields become the ledger's, no longer in doubt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from penstock.catalog.entities import When
from penstock.ledger.folded_run import RANGES_PER_STATEMENT, RECORD, REMOVAL, FoldedRun, slots_of
from penstock.ledger.gathering import has_rows
from penstock.ledger.state import LEDGER
from penstock.mapping.slots import WORD_BITS, MappedSlot, mask
from penstock.plan.outcomes import Outcome
from penstock.plan.receipts import Receipts, range_sql
from penstock.plan.records import before_sql


def move_members(run: FoldedRun) -> None:
    """Note who left and who returned, of whom nothing was sent.

    Whose removal was pending and is wanted by nobody any more leaves with this run, as a member does.
    """
    for op, member in (("leave", "false"), ("return", "true")):
        run.connection.execute(
            f"UPDATE penstock_ledger.confirmed SET member = {member}"
            f" WHERE key IN (SELECT key FROM plan WHERE op = '{op}')"
        )
    if run.plan.leave.removes:
        run.connection.execute(
            "UPDATE penstock_ledger.confirmed SET member = true"
            " WHERE NOT member AND key IN (SELECT key FROM plan WHERE op = 'remove')"
        )


def confirm(run: FoldedRun) -> None:
    """Take over what was answered: all of a record, or all but the fields that were refused or ignored.

    Whoever was cleared of everything has left; whoever was not stays due.
    """
    whole = "seq NOT IN (SELECT seq FROM exceptions)"
    for ignored, ranges in answered(run.receipts):
        slots = slots_of(run, ignored)
        sent = f"{range_sql('seq', ranges)} AND op <> 'remove'"
        _confirm_rows(run, f"{sent} AND {whole}", "plan", slots, refused=False)
        partly = f"(FROM plan JOIN exceptions USING (seq) WHERE NOT whole AND outcome <> '{Outcome.UNKNOWN.value}')"
        if run.receipts.exceptions:
            _confirm_rows(run, sent, partly, slots, refused=True)


def _confirm_rows(run: FoldedRun, condition: str, relation: str, ignored: Sequence[int], *, refused: bool) -> None:
    """Replace the ledger's rows of these plan records by what is now confirmed of them."""
    bits = {word: f"(m{word} & {~mask(ignored, word)})" for word in run.plan.words}
    if refused:
        bits = {word: f"({value} & ~r{word})" for word, value in bits.items()}
    rows = f"FROM {relation} AS plan WHERE {condition}"
    clear_bits(run, "doubts", rows, bits)
    if run.plan.compared:
        run.connection.execute(f"DELETE FROM penstock_ledger.confirmed WHERE key IN (SELECT key {rows} AND known)")
    columns = ["key", "match", "member", "remote_id", "confirmed_at", "run"]
    values = ["key", "match", "true" if refused else "op <> 'clear'", "remote_id", "$now", "$run"]
    for word in run.plan.words:
        columns.append(f"s{word}")
        values.append(f"(s{word} | {bits[word]})" if run.plan.compared else bits[word])
    for mapped in run.plan.slots:
        columns.append(mapped.slot.column)
        values.append(_confirmed_value(run, mapped, bits[mapped.slot.word], ignored, refused=refused))
    run.connection.execute(
        f"INSERT INTO penstock_ledger.confirmed ({', '.join(columns)}) SELECT {', '.join(values)} {rows}",
        {"now": run.now, "run": run.plan.run},
    )
    release_match_values(run, rows)


def _confirmed_value(run: FoldedRun, mapped: MappedSlot, bits: str, ignored: Sequence[int], *, refused: bool) -> str:
    slot = mapped.slot
    if run.plan.compared:
        return f"CASE WHEN ({bits} & {slot.bit}) <> 0 THEN {slot.column} ELSE {before_sql(slot)} END"
    if slot.number in ignored:
        return "NULL"
    chosen = mapped.field.create_only or mapped.field.mapping.when is not When.ALWAYS
    if refused or chosen or slot.number in run.plan.withheld:
        return f"CASE WHEN ({bits} & {slot.bit}) <> 0 THEN {slot.column} END"
    return slot.column


def clear_bits(run: FoldedRun, table: str, rows: str, bits: Mapping[int, str]) -> None:
    """Remove from `doubts` or `holds` these plan records: what stands for the whole, and the fields of the bits."""
    if not has_rows(run.connection, f"FROM {LEDGER}.{table}"):
        return
    selected = ", ".join(f"{value} AS c{word}" for word, value in bits.items())
    hit = " OR ".join(
        f"(t.slot // {WORD_BITS} = {word} AND (x.c{word} >> (t.slot % {WORD_BITS})) & 1 = 1)" for word in bits
    )
    run.connection.execute(
        f"DELETE FROM {LEDGER}.{table} WHERE rowid IN (SELECT t.rowid FROM {LEDGER}.{table} AS t"
        f" JOIN (SELECT key, {selected} {rows}) AS x ON t.key = x.key"
        f" WHERE t.slot IN ({RECORD}, {REMOVAL}) OR {hit})"
    )


def note_unconfirmed(run: FoldedRun, rows: str, *, gone: bool = False) -> None:
    """Give the plan records of `rows` that the ledger does not know a row of which nothing is confirmed.

    They stay newcomers, unless their users were there and are `gone`.
    """
    words = ", ".join(f"s{word}" for word in run.plan.words)
    zeros = ", ".join("0" for _ in run.plan.words)
    run.connection.execute(
        f"INSERT INTO penstock_ledger.confirmed (key, match, member, remote_id, confirmed_at, run, {words})"
        f" SELECT key, match, true, {'NULL' if gone else 'remote_id'}, $at, $run, {zeros} {rows} AND NOT known",
        {"at": run.now if gone else None, "run": run.plan.run},
    )
    release_match_values(run, rows)


def release_match_values(run: FoldedRun, rows: str) -> None:
    """Forget records that left and whose match value now belongs to a newcomer, perhaps even delivered."""
    if not has_rows(run.connection, "FROM penstock_ledger.confirmed WHERE NOT member"):
        return
    released = run.connection.execute(
        f"DELETE FROM penstock_ledger.confirmed WHERE NOT member AND match IN (SELECT match {rows} AND NOT known)"
    ).fetchone()
    if released and released[0]:
        run.connection.execute(
            "DELETE FROM penstock_ledger.doubts"
            " WHERE NOT EXISTS (FROM penstock_ledger.confirmed AS c WHERE c.key = doubts.key)"
        )


def answered(receipts: Receipts) -> Iterator[tuple[tuple[str, ...], list[tuple[int, int]]]]:
    """Ranges of answered batches, few at a time, with the names of the fields that were ignored in them."""
    for ignored, ranges in receipts.delivered().items():
        for start in range(0, len(ranges), RANGES_PER_STATEMENT):
            yield ignored, ranges[start : start + RANGES_PER_STATEMENT]
