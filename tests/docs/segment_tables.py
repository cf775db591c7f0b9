"""Every operator on every type of field, with its sentence and its SQL as the code makes them."""

from datetime import UTC, datetime
from pathlib import Path

from penstock.catalog.composing import compose
from penstock.catalog.condition_reading import read_condition
from penstock.catalog.conditions import Condition, Operator
from penstock.catalog.operators import OPERATORS
from penstock.catalog.problems import Problems
from penstock.catalog.reading import Names, Reading
from penstock.fields import Field, FieldType, Kind
from penstock.segments.operators import needs
from penstock.segments.sentence import sentence
from tests.compiling import compile_condition, model_named
from tests.docs.blocks import code, table

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
ZONE = "Europe/Paris"
_VARCHAR = FieldType(kind=Kind.TEXT, sql="VARCHAR")
FIELDS = {
    field.name: field
    for field in (
        Field(name="country", type=_VARCHAR),
        Field(name="orders", type=FieldType(kind=Kind.INTEGER, sql="BIGINT")),
        Field(name="newsletter", type=FieldType(kind=Kind.BOOLEAN, sql="BOOLEAN")),
        Field(name="signed_up_on", type=FieldType(kind=Kind.DATE, sql="DATE")),
        Field(name="last_seen_at", type=FieldType(kind=Kind.TIMESTAMP, sql="TIMESTAMP")),
        Field(name="paid_at", type=FieldType(kind=Kind.INSTANT, sql="TIMESTAMP WITH TIME ZONE")),
        Field(name="tags", type=FieldType(kind=Kind.LIST, sql="VARCHAR[]", members=(("element", _VARCHAR),))),
        Field(name="address", type=FieldType(kind=Kind.JSON, sql="JSON")),
    )
}
TITLES = {
    "country": "text",
    "orders": "number",
    "newsletter": "boolean",
    "signed_up_on": "date",
    "last_seen_at": "date and time",
    "paid_at": "date and time with zone",
    "tags": "list",
    "address": "struct, map or JSON",
}
_ALSO = (
    "{field: country, is: FR, match_case: true}",
    "{field: country, is_none_of: [France, Norway]}",
    "{all: [{field: orders, at_least: 3}, {field: newsletter, is: true}]}",
    "{any: [{field: orders, at_least: 3}, {field: newsletter, is: true}]}",
    "{not: {field: country, is: France}}",
    "{not: {any: [{field: country, is: France}, {field: orders, less_than: 2}]}}",
)
_OPERANDS = {
    ("country", Operator.IS): "France",
    ("country", Operator.IS_NOT): "France",
    ("country", Operator.IS_ANY_OF): "[France, Italy]",
    ("country", Operator.IS_NONE_OF): "[France, Italy]",
    ("country", Operator.CONTAINS): "land",
    ("country", Operator.DOES_NOT_CONTAIN): "land",
    ("country", Operator.STARTS_WITH): "Fr",
    ("country", Operator.ENDS_WITH): "land",
    ("country", Operator.MATCHES): '"?r*e"',
    ("orders", Operator.IS): "3",
    ("orders", Operator.IS_NOT): "3",
    ("orders", Operator.IS_ANY_OF): "[1, 2]",
    ("orders", Operator.IS_NONE_OF): "[1, 2]",
    ("orders", Operator.BETWEEN): "[2, 5]",
    ("newsletter", Operator.IS): "true",
    ("newsletter", Operator.IS_NOT): "true",
    ("signed_up_on", Operator.BETWEEN): "[2026-01-01, 2026-03-31]",
    ("last_seen_at", Operator.BETWEEN): "[2026-01-01, 2026-03-31]",
    ("paid_at", Operator.BETWEEN): '["2026-01-01 08:00", "2026-01-01 18:00"]',
    ("last_seen_at", Operator.LAST): "12 hours",
    ("tags", Operator.CONTAINS): "vip",
    ("tags", Operator.DOES_NOT_CONTAIN): "vip",
}


def segment_blocks() -> dict[str, str]:
    """What can be asked of what, and every question worded and compiled."""
    offered = [
        (code(operator), spec.takes.value, spec.help, ", ".join(_types_of(operator)))
        for operator, spec in OPERATORS.items()
    ]
    blocks = {"operators": table(("Operator", "Takes", "Asks", "On"), offered)}
    for name, field in FIELDS.items():
        operators = [operator for operator in Operator if needs(operator, field.type) is not None]
        conditions = [_condition(name, operator) for operator in operators]
        blocks[f"examples {TITLES[name]}"] = _examples(conditions)
    blocks["examples groups"] = _examples(_ALSO)
    return blocks


def _types_of(operator: Operator) -> list[str]:
    found = [TITLES[name] for name, field in FIELDS.items() if needs(operator, field.type) is not None]
    return ["every type"] if len(found) == len(FIELDS) else found


def _condition(field: str, operator: Operator) -> str:
    operand = _OPERANDS.get((field, operator), OPERATORS[operator].example)
    return f"{{field: {field}, {operator}: {operand}}}"


def _examples(conditions: tuple[str, ...] | list[str]) -> str:
    rows = []
    for written in conditions:
        condition = read(written)
        sql = compile_condition(condition, fields=FIELDS, timezone=ZONE, now=NOW).sql(dialect="duckdb")
        rows.append((code(written), sentence(condition, model=model_named("customers"), models={}), code(sql)))
    return table(("Condition", "In English", "In SQL (DuckDB)"), rows)


def read(written: str) -> Condition:
    """The condition as the loader reads it."""
    problems = Problems()
    node = compose(written, Path("example.yaml"), problems)
    assert node is not None
    reading = Reading(problems=problems, names=Names(declared={}), subject="the example")
    condition = read_condition(node, reading)
    assert condition is not None, [problem.message for problem in problems.refusals()]
    return condition
