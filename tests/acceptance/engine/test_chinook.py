"""A question over five models of a music shop of the Chinook schema, against SQL written by hand."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from tests.acceptance.engine.shop import Shop

PROJECT = """
sources:
  - {name: shop, type: duckdb, path: shop.duckdb}
models:
  - name: customers
    source: shop
    table: Customer
    kind: users
    primary_key: CustomerId
    relations:
      - {name: invoices, model: invoices, many: true, on: {CustomerId: CustomerId}}
  - name: invoices
    source: shop
    table: Invoice
    kind: events
    time: InvoiceDate
    primary_key: InvoiceId
    relations:
      - {name: lines, model: lines, many: true, on: {InvoiceId: InvoiceId}}
  - name: lines
    source: shop
    sql: SELECT *, "UnitPrice" * "Quantity" AS amount FROM "InvoiceLine"
    primary_key: InvoiceLineId
    relations:
      - {name: track, model: tracks, on: {TrackId: TrackId}}
  - name: tracks
    source: shop
    table: Track
    primary_key: TrackId
    relations:
      - {name: genre, model: genres, on: {GenreId: GenreId}}
  - {name: genres, source: shop, table: Genre, primary_key: GenreId}
segments:
  - name: rock_fans
    model: customers
    where:
      all:
        - {field: Country, is_any_of: [USA, Canada, Mexico, Brazil]}
        - related: invoices
          count: {at_least: 3}
          within: {field: InvoiceDate, between: [2022-01-01, 2025-12-31]}
          where: {related: lines.track.genre, where: {field: Name, is: Rock}}
        - related: invoices.lines
          sum: {of: amount, greater_than: 20}
          where: {related: track, where: {field: Milliseconds, greater_than: 300000}}
        - {related: invoices.lines.track.genre, have: none, where: {field: Name, is: Opera}}
"""
BY_HAND = (
    "\"Country\" IN ('USA', 'Canada', 'Mexico', 'Brazil')",
    """(
        SELECT count(DISTINCT i."InvoiceId") FROM "Invoice" AS i
        JOIN "InvoiceLine" AS l USING ("InvoiceId") JOIN "Track" AS t USING ("TrackId")
        JOIN "Genre" AS g USING ("GenreId")
        WHERE i."CustomerId" = c."CustomerId" AND g."Name" = 'Rock'
        AND i."InvoiceDate" >= '2022-01-01' AND i."InvoiceDate" < '2026-01-01'
    ) >= 3""",
    """(
        SELECT coalesce(sum(l."UnitPrice" * l."Quantity"), 0) FROM "Invoice" AS i
        JOIN "InvoiceLine" AS l USING ("InvoiceId") JOIN "Track" AS t USING ("TrackId")
        WHERE i."CustomerId" = c."CustomerId" AND t."Milliseconds" > 300000
    ) > 20""",
    """NOT EXISTS (
        SELECT 1 FROM "Invoice" AS i
        JOIN "InvoiceLine" AS l USING ("InvoiceId") JOIN "Track" AS t USING ("TrackId")
        JOIN "Genre" AS g USING ("GenreId")
        WHERE i."CustomerId" = c."CustomerId" AND g."Name" = 'Opera'
    )""",
)
SENTENCE = (
    "customers whose country is USA, Canada, Mexico or Brazil, and who have at least 3 invoices between 1 January"
    " 2022 and 31 December 2025 with lines whose track's genre is Rock, and for whom lines of invoices whose track's"
    " milliseconds is more than 300,000 add up to more than 20 in amount, but who have no invoices with lines whose"
    " track's genre is Opera"
)


@pytest.fixture
def music(tmp_path: Path) -> Shop:
    """400 customers with up to nine invoices each over five years; some of them have no genre or no country."""
    dice = random.Random(5)  # rows, not secrets
    genres = ["Rock", "Jazz", "Metal", "Opera", "Blues"]
    tracks = [
        (track, dice.choices([1, 2, 3, 4, 5, None], [8, 3, 3, 0.2, 3, 1])[0], dice.randrange(120_000, 480_000))
        for track in range(1, 301)
    ]
    countries = ["USA", "Canada", "Brazil", "Mexico", "France", "Norway", None]
    customers = [(number, dice.choice(countries)) for number in range(1, 401)]
    invoices = [
        (customer, datetime(2021, 1, 1) + timedelta(days=dice.randrange(5 * 365)))  # noqa: DTZ001  # no zone
        for customer, _ in customers
        for _ in range(dice.randrange(10))
    ]
    lines = [(invoice, dice.randrange(1, 301)) for invoice in range(len(invoices)) for _ in range(dice.randrange(8))]
    prices = [dice.choice(["0.99", "1.99"]) for _ in lines]
    shop = Shop(folder=tmp_path, url="http://127.0.0.1:9")
    with duckdb.connect(tmp_path / "shop.duckdb") as connection:
        for table, columns, rows in (
            ("Genre", '"GenreId" INT, "Name" TEXT', list(enumerate(genres, 1))),
            ("Track", '"TrackId" INT, "GenreId" INT, "Milliseconds" INT', tracks),
            ("Customer", '"CustomerId" INT, "Country" TEXT', customers),
            ("Invoice", '"InvoiceId" INT, "CustomerId" INT, "InvoiceDate" TIMESTAMP', _numbered(invoices)),
            (
                "InvoiceLine",
                '"InvoiceLineId" INT, "InvoiceId" INT, "TrackId" INT, "UnitPrice" DECIMAL(10,2), "Quantity" INT',
                _numbered([(*line, price, 1 + (price == "0.99")) for line, price in zip(lines, prices, strict=True)]),
            ),
        ):
            connection.execute(f'CREATE TABLE "{table}" ({columns})')
            connection.executemany(f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(rows[0]))})', rows)
    (tmp_path / "penstock.yaml").write_text(PROJECT)
    return shop


def _numbered(rows: Sequence[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return [(number, *row) for number, row in enumerate(rows)]


def test_five_hops_select_what_sql_by_hand_selects(music: Shop) -> None:
    sql = music.penstock("segment", "rock_fans", "--sql").text
    counted = music.penstock("segment", "rock_fans", "--count", "--json").json
    with duckdb.connect(music.folder / "shop.duckdb", read_only=True) as connection:
        found = {key for (key,) in connection.execute(f'SELECT "CustomerId" FROM ({sql})').fetchall()}

        def by_hand(*conditions: str) -> set[int]:
            query = f'SELECT "CustomerId" FROM "Customer" AS c WHERE {" AND ".join(conditions)}'
            return {key for (key,) in connection.execute(query).fetchall()}

        assert found == by_hand(*BY_HAND)
        assert counted["members"] == len(found) > 10
        for condition in BY_HAND:  # each of them leaves somebody out
            assert found < by_hand(*(other for other in BY_HAND if other is not condition))


def test_the_sentence_reads_like_a_persons(music: Shop) -> None:
    assert SENTENCE in music.penstock("segment", "rock_fans", "--explain").text
