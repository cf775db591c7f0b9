"""What a run lets rest: refused records and values are held, fields that the destination ignores are withheld."""

from __future__ import annotations

from penstock.ledger.confirm import clear_bits
from penstock.ledger.folded_run import LEAVING, RECORD, FoldedRun, slots_of
from penstock.ledger.gathering import has_rows
from penstock.ledger.leaving import tried_to_leave_sql
from penstock.ledger.rest import REST
from penstock.ledger.state import LEDGER
from penstock.ledger.verdict import tried_hash
from penstock.plan.outcomes import FILLED, STILL_WANTED, Outcome
from penstock.plan.receipts import range_sql
from penstock.quoting import quote_text


def release(run: FoldedRun) -> None:
    """Let go of all that the plan sends: had it still been on hold it would not, whatever became of it then."""
    clear_bits(run, "holds", "FROM plan WHERE seq IS NOT NULL", {word: f"m{word}" for word in run.plan.words})


def hold(run: FoldedRun) -> None:
    """Hold what was refused or skipped, with the values that were tried; who left, for having left."""
    if run.plan.counts.skipped:
        done = f"NOT (known AND code = {quote_text(FILLED)})"  # nothing else of the record was due
        rows = f"FROM (SELECT *, '' AS message FROM plan WHERE op = 'skip' AND NOT gone AND {done}) AS plan"
        _insert_holds(run, rows, RECORD, tried_hash(run.plan.slots, "plan"), said="plan")
    _hold_filled(run)
    if not any(e.outcome in {Outcome.REJECTED, Outcome.SKIPPED} for e in run.receipts.exceptions):
        return
    rejected = f"outcome IN ('{Outcome.REJECTED.value}', '{Outcome.SKIPPED.value}')"
    left = "op IN ('clear', 'remove')"
    rows = f"FROM plan JOIN exceptions AS e USING (seq) WHERE {rejected} AND NOT {left}"
    _insert_holds(run, f"{rows} AND whole", RECORD, tried_hash(run.plan.slots, "plan"))
    leavers = f"FROM plan JOIN exceptions AS e USING (seq) WHERE {rejected} AND {left}"
    leavers += f" AND plan.key IN (SELECT key FROM {LEDGER}.confirmed WHERE member)"  # the others' leaving is settled
    _insert_holds(run, leavers, RECORD, tried_to_leave_sql(run.plan.leave))
    for mapped in run.plan.slots:
        slot = mapped.slot
        condition = f"NOT whole AND (r{slot.word} & {slot.bit}) <> 0"
        _insert_holds(run, f"{rows} AND {condition}", slot.number, f"hash(plan.{slot.column})")


def keep_pending(run: FoldedRun) -> None:
    """Note whose removal is pending as another activation still wants the user; forget it of everybody else."""
    if run.path is not None and run.plan.leave.removes:
        wanted = f"FROM plan WHERE gone AND code = {quote_text(STILL_WANTED)}"
        rows = f"FROM (SELECT *, '' AS message {wanted}) AS plan"
        _insert_holds(run, rows, LEAVING, tried_to_leave_sql(run.plan.leave), said="plan")
    pending = f"penstock_ledger.holds WHERE slot = {LEAVING}"
    if has_rows(run.connection, f"FROM {pending}"):
        run.connection.execute(
            f"DELETE FROM {pending} AND key NOT IN (SELECT key FROM penstock_ledger.confirmed WHERE NOT member)"
        )


def _hold_filled(run: FoldedRun) -> None:
    """Hold the values that were not sent because the users have one there."""
    names = {filled.field for filled in run.plan.filled}
    for slot in (mapped.slot for mapped in run.plan.slots if mapped.slot.name in names):
        filled = f"SELECT * REPLACE ({quote_text(FILLED)} AS code), '' AS message FROM plan"
        rows = f"FROM ({filled} WHERE (k{slot.word} & {slot.bit}) <> 0) AS plan"
        _insert_holds(run, rows, slot.number, f"hash(plan.{slot.column})", said="plan")


def _insert_holds(run: FoldedRun, rows: str, slot: int, tried: str, *, said: str = "e") -> None:
    """Hold what `rows` select; `said` names the relation that has the code and the destination's words."""
    run.connection.execute(
        f"DELETE FROM penstock_ledger.holds WHERE slot = {slot} AND key IN (SELECT plan.key {rows})"
    )
    run.connection.execute(
        f"INSERT INTO penstock_ledger.holds SELECT plan.key, {slot}, {tried}, $mapping, {said}.code, {said}.message,"
        f" $now, $next, $run {rows}",
        {
            "mapping": run.plan.mapping,
            "now": run.now.isoformat(),
            "next": (run.now + REST).isoformat(),
            "run": run.plan.run,
        },
    )


def withhold(run: FoldedRun) -> None:
    """Note the fields that were ignored, and let go of those that the destination has come to know."""
    ignored = {slot for batch in run.receipts.batches for slot in slots_of(run, batch.ignored)}
    for slot in run.plan.accepted:
        run.connection.execute("DELETE FROM penstock_ledger.withheld WHERE slot = ?", [slot])
    confirmed = _probed_and_kept(run, ignored)
    for slot in confirmed:
        run.connection.execute("DELETE FROM penstock_ledger.withheld WHERE slot = ?", [slot])
    now, next_try = run.now.isoformat(), (run.now + REST).isoformat()
    for slot in sorted(ignored):
        run.connection.execute(
            "INSERT INTO penstock_ledger.withheld SELECT ?, ?, ?"
            " WHERE NOT EXISTS (FROM penstock_ledger.withheld WHERE slot = ?)",
            [slot, now, next_try, slot],
        )
        run.connection.execute("UPDATE penstock_ledger.withheld SET next_try = ? WHERE slot = ?", [next_try, slot])


def _probed_and_kept(run: FoldedRun, ignored: set[int]) -> tuple[int, ...]:
    """Withheld fields that a record tried again and that the destination has kept."""
    kept = []
    answered = [part for ranges in run.receipts.delivered().values() for part in ranges]
    for mapped in run.plan.slots:
        slot = mapped.slot
        if slot.number not in run.plan.withheld or slot.number in ignored or run.path is None:
            continue
        probed = f"(m{slot.word} & {slot.bit}) <> 0 AND {range_sql('seq', answered)}"
        if has_rows(run.connection, f"FROM plan WHERE {probed} AND seq NOT IN (SELECT seq FROM exceptions)"):
            kept.append(slot.number)
    return tuple(kept)
