"""Customers made up by hashing, the same on every machine: a key, an e-mail, ten typed fields, and one more.

Each later version of the data has some of the customers changed, some new and some gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from penstock.engine import open_engine
from penstock.quoting import quote_text

TABLE = "customers"
FIELDS = {
    "full_name": "string",
    "phone": "string",
    "city": "string",
    "orders": "long",
    "points": "long",
    "score": "double",
    "spent": "double",
    "newsletter": "boolean",
    "born_on": "date",
    "seen_at": "date",
}
"""The mapped fields with the type that Iterable knows them by."""
UPDATED_AT = "updated_at"
"""The moment of a customer's last change; in Parquet files alone."""
ONE_MORE = {"tier": "long"}
"""A field that is mapped later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Which parts of the customers change, come and go from one version to the next."""

    changed: float
    new: float
    gone: float


FEW = Shares(changed=0.01, new=0.005, gone=0.005)
SENT = Shares(changed=0.015, new=0.005, gone=0)
"""Whoever differs is sent by everyone: nobody leaves."""
ALL = Shares(changed=1, new=0, gone=0)


def write_source(path: Path, *, rows: int, version: int, shares: Shares) -> None:
    """Write a version of the customers into a DuckDB file of its own."""
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    connection = open_engine(memory="2GB", scratch=path.parent, ordered=True)
    try:
        connection.execute(f"ATTACH {quote_text(str(partial))} AS made")
        connection.execute(f"CREATE TABLE made.{TABLE} AS {customers_sql(rows=rows, version=version, shares=shares)}")
    finally:
        connection.close()
    partial.replace(path)


def write_parquet(path: Path, *, rows: int, version: int, shares: Shares) -> None:
    """Write a version of the customers into a Parquet file, each with the moment of its last change."""
    partial = path.with_suffix(".partial")
    added = max(1, round(rows * shares.new))
    changed = f"greatest(revision, CASE WHEN id > {rows} THEN (id - {rows} - 1) // {added} + 1 ELSE 0 END)"
    # The customers of a version do not all change in the same moment.
    moment = f"TIMESTAMP '2026-01-01' + to_days({changed}::INTEGER) + to_milliseconds(id) AS {UPDATED_AT}"
    connection = open_engine(memory="2GB", scratch=path.parent, ordered=True)
    try:
        customers = customers_sql(rows=rows, version=version, shares=shares, more=moment)
        connection.execute(f"COPY ({customers}) TO {quote_text(str(partial))} (FORMAT parquet)")
    finally:
        connection.close()
    partial.replace(path)


def customers_sql(*, rows: int, version: int, shares: Shares = FEW, more: str = "") -> str:
    """SELECT statement of a version; `revision` is the last version in which a customer changed.

    `more` is one more column, made of `id` and `revision`.
    """
    total = rows + round(rows * shares.new) * version
    revisions = [
        f"CASE WHEN {_lot('changed', each)} < {shares.changed} THEN {each} ELSE 0 END"
        for each in range(1, version + 1)
    ]
    revision = f"greatest({', '.join(revisions)})" if revisions else "0"
    gone = [f"{_lot('gone', each)} < {shares.gone}" for each in range(1, version + 1)]
    present = f"NOT ({' OR '.join(gone)})" if gone else "true"
    return f"""
        SELECT id AS customer_id,
            concat('customer.', hash(id, 'email') % 10000, '.', id, '@example.com') AS email,
            concat('First', hash(id, 'name') % 20000, ' Last', hash(id, 'family') % 50000) AS full_name,
            CASE WHEN hash(id, 'silent') % 8 > 0
                THEN concat('+33 6 ', lpad((hash(id, 'phone') % 100000000)::VARCHAR, 8, '0')) END AS phone,
            CASE WHEN hash(id, 'nowhere') % 10 > 0 THEN concat('City ', hash(id, 'city', {_sometimes(4)}) % 3000)
                END AS city,
            (hash(id, 'orders') % 200)::INTEGER AS orders,
            CASE WHEN hash(id, 'none') % 5 > 0 THEN (hash(id, 'points', {_sometimes(10)}) % 100000)::BIGINT
                END AS points,
            (hash(id, 'score', revision) % 1000000007) / 1000003.0::DOUBLE AS score,
            ((hash(id, 'spent') % 10000000) / 100)::DECIMAL(12, 2) AS spent,
            hash(id, 'newsletter') % 2 = 0 AS newsletter,
            CASE WHEN hash(id, 'unknown') % 20 > 0 THEN DATE '1940-01-01' + (hash(id, 'born') % 25000)::INTEGER
                END AS born_on,
            TIMESTAMP '2024-01-01' + to_seconds((hash(id, 'seen') % 60000000)::BIGINT) AS seen_at,
            (1 + hash(id, 'tier') % 9)::INTEGER AS tier{", " + more if more else ""}
        FROM (SELECT range AS id, {revision} AS revision FROM range(1, {total + 1}) WHERE {present})
        ORDER BY id"""


def _lot(what: str, version: int) -> str:
    return f"(hash(range, {quote_text(what)}, {version}) % 1000000) / 1000000.0"


def _sometimes(every: int) -> str:
    """SQL of the revision for one in so many changes, else 0."""
    return f"CASE WHEN hash(id, revision, {every}) % {every} = 0 THEN revision ELSE 0 END"
