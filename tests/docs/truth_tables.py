"""What every operator says of a value, of an unknown one, of empty text and of NaN, as DuckDB answers it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

import duckdb
from sqlglot import exp

from penstock.catalog.conditions import Not, Operator
from penstock.catalog.entities import Model, ModelKind, Relation, Segment
from penstock.fields import Field, FieldType, Kind
from penstock.segments.query import segment_query
from penstock.segments.schema import ModelShape, Schema
from tests.compiling import HERE, condition_of
from tests.docs.blocks import code, table

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
_VARCHAR = FieldType(kind=Kind.TEXT, sql="VARCHAR")
_BIGINT = FieldType(kind=Kind.INTEGER, sql="BIGINT")
_TYPES = {
    "text": _VARCHAR,
    "number": FieldType(kind=Kind.FLOAT, sql="DOUBLE"),
    "boolean": FieldType(kind=Kind.BOOLEAN, sql="BOOLEAN"),
    "date": FieldType(kind=Kind.DATE, sql="DATE"),
    "list": FieldType(kind=Kind.LIST, sql="VARCHAR[]", members=(("element", _VARCHAR),)),
}
_VALUES: Mapping[str, tuple[str, str, str | None, str | None]] = {
    "text": ("'blue'", "'red'", "''", None),
    "number": ("5", "7", None, "'NaN'::DOUBLE"),
    "boolean": ("true", "false", None, None),
    "date": ("DATE '2026-07-01'", "DATE '2020-03-03'", None, None),
    "list": ("['blue']", "['red']", "[]", None),
}
"""A value that fits, another one, one that is empty, and NaN, where the type has them."""
_ASKED: tuple[tuple[str, Operator, str], ...] = (
    ("text", Operator.IS, "blue"),
    ("text", Operator.IS_NOT, "red"),
    ("text", Operator.IS_ANY_OF, "[blue, green]"),
    ("text", Operator.IS_NONE_OF, "[red, green]"),
    ("text", Operator.CONTAINS, "lu"),
    ("text", Operator.DOES_NOT_CONTAIN, "re"),
    ("text", Operator.STARTS_WITH, "b"),
    ("text", Operator.ENDS_WITH, "e"),
    ("text", Operator.MATCHES, '"b*"'),
    ("text", Operator.IS_EMPTY, "true"),
    ("text", Operator.IS_NOT_EMPTY, "true"),
    ("text", Operator.IS_KNOWN, "true"),
    ("text", Operator.IS_UNKNOWN, "true"),
    ("number", Operator.IS, "5"),
    ("number", Operator.IS_NOT, "7"),
    ("number", Operator.IS_ANY_OF, "[5, 6]"),
    ("number", Operator.IS_NONE_OF, "[6, 7]"),
    ("number", Operator.LESS_THAN, "6"),
    ("number", Operator.AT_MOST, "5"),
    ("number", Operator.GREATER_THAN, "4"),
    ("number", Operator.AT_LEAST, "5"),
    ("number", Operator.BETWEEN, "[4, 6]"),
    ("number", Operator.IS_KNOWN, "true"),
    ("number", Operator.IS_UNKNOWN, "true"),
    ("boolean", Operator.IS, "true"),
    ("boolean", Operator.IS_NOT, "false"),
    ("date", Operator.ON, "2026-07-01"),
    ("date", Operator.BEFORE, "2026-07-02"),
    ("date", Operator.AFTER, "2026-06-30"),
    ("date", Operator.BETWEEN, "[2026-06-01, 2026-07-31]"),
    ("date", Operator.LAST, "7 days"),
    ("date", Operator.NEXT, "7 days"),
    ("date", Operator.MORE_THAN_AGO, "7 days"),
    ("date", Operator.ANNIVERSARY, "true"),
    ("list", Operator.CONTAINS, "blue"),
    ("list", Operator.DOES_NOT_CONTAIN, "red"),
    ("list", Operator.CONTAINS_ANY, "[blue, green]"),
    ("list", Operator.CONTAINS_ALL, "[blue]"),
    ("list", Operator.CONTAINS_NONE, "[red, green]"),
    ("list", Operator.IS_EMPTY, "true"),
    ("list", Operator.IS_NOT_EMPTY, "true"),
)
_RELATED = (
    "{related: orders}",
    "{related: orders, where: {field: total, is: 5}}",
    "{related: orders, where: {field: total, is_not: 5}}",
    "{related: orders, have: none, where: {field: total, is: 5}}",
    "{related: orders, have: all, where: {field: total, is: 5}}",
    "{related: orders, have: all, where: {field: total, is_unknown: true}}",
    "{related: orders, count: {is: 0}}",
    "{related: orders, count: {at_least: 1}}",
    "{related: orders, sum: {of: total, is: 0}}",
    "{related: orders, sum: {of: total, at_most: 5}}",
    "{related: orders, average: {of: total, is: 5}}",
    "{related: orders, average: {of: total, is_not: 7}}",
    "{related: orders, minimum: {of: total, at_least: 5}}",
    "{related: orders, maximum: {of: total, is_not: 7}}",
)
_TOTALS: tuple[tuple[str | None, ...], ...] = ((), (None,), ("5",), ("7",), ("5", "7"), ("5", None))


def truth_blocks() -> dict[str, str]:
    """The truth tables, of one's own fields and of related rows."""
    assert {operator for _, operator, _ in _ASKED} == set(Operator)
    with duckdb.connect() as connection:
        rows = [
            (code(f"{{field: {kind}, {operator}: {operand}}}"), *_of_values(connection, kind, operator, operand))
            for kind, operator, operand in _ASKED
        ]
        related = [(code(written), *_of_orders(connection, written)) for written in _RELATED]
    heads = ("Condition", "A value", "Another", "Unknown", "Empty", "NaN")
    totals = ("Condition", "No orders", "Unknown", "5", "7", "5 and 7", "5 and unknown")
    return {"truth": table(heads, rows), "truth of related rows": table(totals, related)}


def _of_values(connection: duckdb.DuckDBPyConnection, kind: str, operator: Operator, operand: str) -> Iterator[str]:
    fits, another, empty, nan = _VALUES[kind]
    for value in (fits, another, "NULL", empty, nan):
        if value is None:
            yield ""
            continue
        columns = f'1 AS id, {value}::{_TYPES[kind].sql} AS "{kind}"'
        connection.execute(f"CREATE OR REPLACE TABLE people AS SELECT {columns}")
        yield _said(connection, f"{{field: {kind}, {operator}: {operand}}}")


def _of_orders(connection: duckdb.DuckDBPyConnection, written: str) -> Iterator[str]:
    connection.execute("CREATE OR REPLACE TABLE people AS SELECT 1 AS id")
    for totals in _TOTALS:
        connection.execute("CREATE OR REPLACE TABLE orders (id BIGINT, of BIGINT, total BIGINT)")
        for number, total in enumerate(totals):
            connection.execute(f"INSERT INTO orders VALUES ({number}, 1, {total or 'NULL'})")
        yield _said(connection, written)


def _said(connection: duckdb.DuckDBPyConnection, written: str) -> str:
    """Whether the condition holds, and whether its negation does."""
    condition = condition_of(written, {})
    answers = []
    for asked in (condition, Not(condition=condition)):
        segment = Segment(name="asked", model="people", where=asked, location=HERE)
        query = segment_query(segment, schema=_SCHEMA, dialect="duckdb", timezone="UTC", now=NOW)
        answers.append("yes" if connection.execute(query.sql(dialect="duckdb")).fetchall() else "no")
    assert len(set(answers)) == 2, f"maybe: {written}"
    return " / ".join(answers)


def _shape(name: str, fields: Mapping[str, FieldType], relations: Sequence[Relation]) -> ModelShape:
    model = Model(
        name=name,
        source="shop",
        table=name,
        kind=ModelKind.CUSTOM,
        primary_key="id",
        relations=tuple(relations),
        location=HERE,
    )
    made = {each: Field(name=each, type=type_) for each, type_ in fields.items()}
    return ModelShape(model=model, fields=made, relation=exp.to_table(name))


_ORDERS = Relation(name="orders", model="orders", many=True, on={"id": "of"}, location=HERE)
_SCHEMA = Schema(
    models={
        "people": _shape("people", {"id": _BIGINT, **_TYPES}, [_ORDERS]),
        "orders": _shape("orders", {"id": _BIGINT, "of": _BIGINT, "total": _BIGINT}, ()),
    }
)
