"""Trying again what is on hold: whether what was named is on hold at all, and a word about it for the report."""

from __future__ import annotations

import duckdb

from penstock.catalog.entities import Activation
from penstock.catalog.problems import listed, nearest
from penstock.counting import counted
from penstock.errors import ConfigurationError, Problem
from penstock.ledger.retry import Freed, nothing_freed, read_freed
from penstock.ledger.state import LedgerState
from penstock.plan.retry import Retry


def tried_again(
    activation: Activation, retry: Retry, connection: duckdb.DuckDBPyConnection, state: LedgerState | None
) -> tuple[str, ...]:
    """Return what the report has to say of a retry. Raises ConfigurationError where it names what is not on hold."""
    freed = nothing_freed(retry) if state is None else read_freed(connection, retry, _withheld(activation, state))
    problems = [_idle_reason(activation, reason, freed) for reason in freed.idle_reasons]
    problems += [_idle_key(activation, key, retry) for key in freed.idle_keys]
    if problems:
        raise ConfigurationError.of(problems)
    parts = [f"{counted(freed.records, 'record')} on hold", f"{counted(freed.values, 'value')} on hold"]
    parts += [f"the withheld {'field' if len(freed.fields) == 1 else 'fields'} {listed(freed.fields)}"]
    told = [
        part for part, number in zip(parts, (freed.records, freed.values, len(freed.fields)), strict=True) if number
    ]
    return (f"Tried again as asked: {', '.join(told)}." if told else "Nothing was on hold.",)


def _withheld(activation: Activation, state: LedgerState) -> tuple[str, ...]:
    mapped = {mapping.target for mapping in activation.fields}
    names = {slot.number: slot.name for slot in state.slots}
    return tuple(name for field in state.withheld if (name := names.get(field.slot, "")) in mapped)


def _idle_reason(activation: Activation, reason: str, freed: Freed) -> Problem:
    near = nearest(reason, freed.on_hold)
    hint = f" Did you mean `{near}`?" if near else ""
    told = ", ".join(f"`{code}` ({number:,})" for code, number in freed.on_hold.items())
    return Problem(
        code="nothing_on_hold",
        message=f"Nothing of activation `{activation.name}` is on hold for `{reason}`.{hint} Nothing was sent.",
        fix=(
            (f"What is on hold: {told}." if told else "Nothing at all is on hold.")
            + " Other reasons that a report names need no retry: every run looks at them again."
        ),
    )


def _idle_key(activation: Activation, key: str, retry: Retry) -> Problem:
    reasons = f" for {listed(sorted(retry.reasons))}" if retry.reasons else ""
    return Problem(
        code="nothing_on_hold",
        message=f"Nothing of record `{key}` is on hold in activation `{activation.name}`{reasons}. Nothing was sent.",
        fix=(
            f"Give the primary key or the match value; `penstock history {activation.name} KEY` tells what became of"
            " it."
        ),
    )
