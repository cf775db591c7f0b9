"""Setting aside the members whose key or match value is missing or not unique, and refusing when they are many.

A record that is set aside has not left.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from penstock.counting import counted
from penstock.errors import ConfigurationError, Problem
from penstock.ledger.census import DESIRED, MEMBERS, Census
from penstock.plan.plan import SetAside

SET_ASIDE = "penstock_set_aside"
"""Table (key, code) of the members that have a key and are set aside."""
EXAMPLES = 5
SET_ASIDE_SHARE = 0.05
"""Above this share of set-aside records a run is refused: the key is not what the model says."""

_WORDS: Mapping[str, str] = {
    "key_missing": "primary key is empty",
    "duplicate_key": "primary key occurs more than once",
    "match_value_missing": "match value is empty",
    "duplicate_match_value": "match value occurs more than once",
}


def set_aside(connection: duckdb.DuckDBPyConnection, key_type: str, census: Census) -> tuple[SetAside, ...]:
    """Find what must be set aside, whole groups, and leave it out of DESIRED. Returns it by reason."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {SET_ASIDE} (key {key_type}, code VARCHAR, records BIGINT)")
    if not _is_unique(connection, "key"):
        connection.execute(
            f"INSERT INTO {SET_ASIDE} SELECT key, 'duplicate_key', count(*) FROM {MEMBERS}"
            " WHERE key IS NOT NULL GROUP BY key HAVING count(*) > 1"
        )
    if census.without_match:
        _insert_unless_present(connection, "match_value_missing", "m.match IS NULL")
    if not _is_unique(connection, "match"):
        repeated = f"(SELECT match FROM {MEMBERS} WHERE match IS NOT NULL GROUP BY match HAVING count(*) > 1)"
        _insert_unless_present(connection, "duplicate_match_value", f"m.match IN {repeated}")
    found = _reasons(connection)
    if census.without_key:
        found = (SetAside(code="key_missing", records=census.without_key, examples=()), *found)
    if found:
        connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {DESIRED} AS SELECT * FROM {MEMBERS} AS m WHERE m.key IS NOT NULL"
            f" AND NOT EXISTS (FROM {SET_ASIDE} AS s WHERE s.key = m.key)"
        )
    return found


def assert_few_set_aside(activation: str, reasons: tuple[SetAside, ...], members: int) -> None:
    """Raise ConfigurationError if more members were set aside than a sound key can explain."""
    if sum(reason.records for reason in reasons) > SET_ASIDE_SHARE * members:
        raise _too_many(activation, reasons, members)


def _is_unique(connection: duckdb.DuckDBPyConnection, column: str) -> bool:
    """Whether no value of `key` or `match` occurs twice among the members."""
    row = connection.execute(f"SELECT count({column}) = count(DISTINCT {column}) FROM {MEMBERS}").fetchone()
    return bool(row and row[0])


def _insert_unless_present(connection: duckdb.DuckDBPyConnection, code: str, condition: str) -> None:
    connection.execute(
        f"INSERT INTO {SET_ASIDE} SELECT m.key, ?, count(*) FROM {MEMBERS} AS m"
        f" WHERE m.key IS NOT NULL AND {condition} AND m.key NOT IN (SELECT key FROM {SET_ASIDE}) GROUP BY m.key",
        [code],
    )


def _reasons(connection: duckdb.DuckDBPyConnection) -> tuple[SetAside, ...]:
    rows = connection.execute(
        f"SELECT code, sum(records)::BIGINT, min(key::VARCHAR, {EXAMPLES}) FROM {SET_ASIDE}"
        " GROUP BY code ORDER BY code"
    ).fetchall()
    return tuple(SetAside(code=code, records=records, examples=tuple(keys)) for code, records, keys in rows)


def _too_many(activation: str, reasons: tuple[SetAside, ...], members: int) -> ConfigurationError:
    aside = sum(reason.records for reason in reasons)
    said = "; ".join(f"{reason.records:,} × {_WORDS[reason.code]}" for reason in reasons)
    examples = ", ".join(example for reason in reasons for example in reason.examples[:3])
    if {reason.code for reason in reasons} == {"match_value_missing"}:
        return ConfigurationError.of([_without_match_value(activation, aside, members)])
    problem = Problem(
        code="too_many_set_aside",
        message=(
            f"Activation `{activation}`: {aside:,} of {counted(members, 'record')} ({aside / members:.1%}) cannot be"
            f" told apart: {said}. Nothing was sent."
        ),
        fix=(
            "Up to 5 % are set aside; more means that the primary key or the match field is not unique. Correct the"
            f" model{f' (look at the keys {examples})' if examples else ''}, or choose another field."
        ),
    )
    return ConfigurationError.of([problem])


def _without_match_value(activation: str, aside: int, members: int) -> Problem:
    return Problem(
        code="too_many_set_aside",
        message=(
            f"Activation `{activation}`: {aside:,} of {counted(members, 'record')} ({aside / members:.1%}) have no"
            " value to match by. Nothing was sent."
        ),
        fix=(
            "Leave them out of the segment (`{field: …, is_not_empty: true}` on the match field), or fill the field"
            " in the source; up to 5 % are set aside."
        ),
    )
