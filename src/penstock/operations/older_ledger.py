"""A ledger that is gone or older than the last run says: what it confirms may be wrong, so nothing is compared."""

from __future__ import annotations

from penstock.catalog.entities import Activation
from penstock.errors import ConfigurationError, Problem
from penstock.ledger.state import LedgerState


def refuse_older(activation: Activation, state: LedgerState | None, last: tuple[str, int] | None) -> None:
    """Raise ConfigurationError unless the ledger is as new as its `last` fold, an id and a number."""
    if last is None:
        return
    if state is None:
        raise refused_ledger(
            activation, "its ledger is gone, so nobody knows what was delivered.", code="ledger_missing"
        )
    if state.ledger_id != last[0] or state.fold < last[1]:
        raise refused_ledger(
            activation, "its ledger is older than the last run; it seems to be a restored copy.", code="ledger_old"
        )


def refused_ledger(activation: Activation, why: str, *, code: str) -> ConfigurationError:
    """Say why a ledger is not compared with, and how to begin anew."""
    problem = Problem(
        code=code,
        message=f"Activation `{activation.name}`: {why} Nothing was sent.",
        fix=f"If this is meant, run `penstock run {activation.name} --full`: everything is sent once.",
        location=activation.location,
    )
    return ConfigurationError.of([problem])
