"""What PostgreSQL and its driver say, as errors that name who must act; no password, no statement is repeated."""

from __future__ import annotations

import re

from penstock.catalog.entities import Model, Source
from penstock.engine import first_line
from penstock.errors import PenstockError, SourceError
from penstock.warehouses.postgres.address import Address
from penstock.warehouses.refusals import not_a_select, sql_not_accepted, unreadable

_SEVERITY = re.compile(r"^.*?\b(?:ERROR|FATAL|PANIC):\s+", re.DOTALL)
_PREFIX = re.compile(r"^(?:[A-Z_]+: )?\[libpq\] ([\w ]+: )?(connection to server at .*? failed: )?")
_STATE = re.compile(r"SQLSTATE: (\w{5})")
_REFUSED = ("password", "role ", "pg_hba.conf", "authentication", "not permitted to log in")
_TLS = ("SSL", "TLS", "certificate")
_NOT_SELECT = frozenset({"25006", "0A000"})
_LOST = (
    "server closed the connection",
    "terminating connection",
    "no connection to the server",
    "could not receive data",
    "SSL SYSCALL",
)


def reason_of(error: BaseException) -> str:
    """Return what went wrong in the server's words, without the statement and what the driver wraps it in."""
    text = str(error)
    found = _SEVERITY.sub("", text) if _SEVERITY.match(text) else _PREFIX.sub("", text)
    return first_line(found)


def state_of(error: BaseException) -> str:
    """Return the five letters by which PostgreSQL tells errors apart; empty if it does not say."""
    state = getattr(error, "sqlstate", None)
    found = _STATE.search(str(error))
    return str(state or (found[1] if found else ""))


def not_connected(source: Source, address: Address, error: BaseException) -> SourceError:
    """Make an error of a connection that was not opened."""
    reason = address.without_secrets(reason_of(error))
    at = f"Source `{source.name}`: PostgreSQL at {address.place}"
    if any(mark in reason for mark in _TLS) and "pg_hba.conf" not in reason:
        return SourceError(
            f"{at} and Penstock do not agree on encryption ({reason}).",
            fix=f"Correct `sslmode` in the `url` at {source.location}, or the certificates that it names.",
            code="source_tls",
        )
    if any(mark in reason for mark in _REFUSED):
        return SourceError(
            f"{at} refuses the credentials ({reason}).",
            fix=f"Correct user and password in the variable named at {source.location}.",
            code="source_denied",
        )
    if reason.startswith("database "):
        return SourceError(
            f"{at}: {reason}.",
            fix=f"Correct the name of the database, the last part of the `url` at {source.location}.",
            code="source_missing",
        )
    return SourceError(
        f"{at} cannot be reached ({reason}).",
        fix=f"Check that the server is running and takes connections from here, and the `url` at {source.location}.",
        code="source_unreachable",
    )


def not_read(source: Source, model: Model | None, error: BaseException, *, described: bool = True) -> PenstockError:
    """Make an error of a query that failed, before its first row or after it; of no model it is Penstock's own.

    `described`: whether the model's own SQL was accepted before, so that it is not to blame for the query's.
    """
    reason, state = reason_of(error), state_of(error)
    name = f"reading model `{model.name}`" if model else "reading"
    at = f"Source `{source.name}`: {name} failed: {reason}"
    if state.startswith(("08", "57P")) or any(mark in reason for mark in _LOST):
        return SourceError(
            f"{at}.",
            fix="The server ended the connection: run again once it is there; nothing was sent.",
            code="source_unreachable",
        )
    if state == "57014" or "statement timeout" in reason:
        return SourceError(
            f"{at}.",
            fix="Give the user a longer `statement_timeout`, or the model an index or fewer rows; nothing was sent.",
            code="source_timeout",
        )
    if state == "42501":
        return SourceError(
            f"{at}.",
            fix="GRANT SELECT on it to the user of the `url`, or name in the model's `sql` only what may be read.",
            code="source_denied",
        )
    if model is not None and (state in _NOT_SELECT or reason.endswith("in a read-only transaction")):
        return not_a_select(model)
    if model is not None and not described and state.startswith("42"):
        return sql_not_accepted(model, reason)
    return unreadable(f"{at}.")
