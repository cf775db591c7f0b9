"""The one table of the dialects in which a segment can be written, with how far each is proven."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Proof(StrEnum):
    """How far a dialect is proven; the value completes the sentence `its SQL is …`."""

    RUN = "run: sources of this kind are read with it, and the tests hold it against a plain reading"
    TESTED = "run: the tests hold it against a plain reading; no source of this kind is read yet"
    PARSED = "compiled, and parsed again in this dialect; nothing of it is run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """A dialect under SQLGlot's name for it; `expects` says what its SQL takes for granted."""

    name: str
    title: str
    proof: Proof
    expects: str = ""


_ALL = (
    Dialect(name="duckdb", title="DuckDB", proof=Proof.RUN),
    Dialect(name="postgres", title="PostgreSQL", proof=Proof.RUN),
    Dialect(
        name="snowflake",
        title="Snowflake",
        proof=Proof.PARSED,
        expects=(
            "From a source that is not Snowflake, names without capitals are written in capitals, as which Snowflake"
            " keeps names that were not quoted."
        ),
    ),
    Dialect(
        name="bigquery",
        title="BigQuery",
        proof=Proof.PARSED,
        expects=("Dates with a time of day are DATETIME without a zone, and TIMESTAMP with one."),
    ),
    Dialect(name="redshift", title="Redshift", proof=Proof.PARSED),
    Dialect(
        name="databricks",
        title="Databricks",
        proof=Proof.PARSED,
        expects=("Dates with a time of day are TIMESTAMP_NTZ without a zone, and TIMESTAMP with one."),
    ),
    Dialect(
        name="clickhouse",
        title="ClickHouse",
        proof=Proof.TESTED,
        expects=(
            "The server knows correlated EXISTS. Columns that may be unknown are Nullable."
            " A date and time without a zone is a DateTime or DateTime64 in the server's own zone."
            " Dates beyond those that Date32 and DateTime64 hold (1900 to 2299) count as the nearest that they hold,"
            " and sums of whole numbers stay below 2^63."
        ),
    ),
    Dialect(name="trino", title="Trino", proof=Proof.PARSED),
    Dialect(
        name="mysql",
        title="MySQL 8",
        proof=Proof.PARSED,
        expects=(
            "Dates with a time of day and a zone are DATETIME in UTC, or TIMESTAMP with the session's `time_zone` set"
            " to `+00:00`; an anniversary of them needs MySQL's time zone tables."
            " Related rows are matched by the collation of their columns."
        ),
    ),
    Dialect(
        name="tsql",
        title="SQL Server 2019",
        proof=Proof.PARSED,
        expects=(
            "Related rows are matched by the collation of their columns."
            " In `matches`, a character beyond Unicode's first 65,536 counts as two."
        ),
    ),
    Dialect(
        name="sqlite",
        title="SQLite",
        proof=Proof.TESTED,
        expects=(
            "Two functions are registered on the connection: `lower(text)`, as SQLite's own knows only A to Z, and"
            " `md5(text)`, the hexadecimal MD5 of the text in UTF-8, for shares."
            " Dates are text as in `2024-01-31`, with a time of day as in `2024-01-31 10:00:00`, with a fraction"
            " only where it is not zero; with a zone, they are in UTC."
            " Lists are JSON arrays. Numbers with a fraction are doubles, so sums of them are not exact."
        ),
    ),
)

DIALECTS: Mapping[str, Dialect] = {dialect.name: dialect for dialect in _ALL}
