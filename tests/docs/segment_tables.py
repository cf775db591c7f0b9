"""Every operator on every type of field, with its sentence and its SQL as the code makes them."""

from datetime import UTC, datetime

from sqlglot import exp

from penstock.catalog.conditions import Condition, Operator
from penstock.catalog.entities import Segment
from penstock.catalog.operators import OPERATORS
from penstock.segments.dialects.names import DIALECTS
from penstock.segments.operators import needs
from penstock.segments.query import segment_query
from penstock.segments.sentence import sentence
from tests.compiling import HERE, condition_of
from tests.docs.blocks import code, table
from tests.docs.shop import FIELDS, SCHEMA, SEGMENTS, SHOP

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
ZONE = "Europe/Paris"
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
_RELATED = (
    "{related: orders}",
    "{related: orders, where: {field: total, greater_than: 50}, within: {field: ordered_at, last: 365 days}}",
    "{related: orders, have: none, where: {field: status, is: paid}}",
    "{related: orders, have: all, where: {field: status, is: paid}}",
    "{related: orders, count: {at_least: 2}}",
    "{related: orders, sum: {of: total, at_least: 100}}",
    "{related: orders, average: {of: total, less_than: 10}}",
    "{related: orders, maximum: {of: ordered_at, more_than_ago: 6 months}}",
    "{related: orders.lines.product, where: {field: name, is: Lamp}}",
    "{related: tags, where: {field: word, is: vip}}",
    "{did: visits, then: {did: orders}, within: 7 days}",
)
_OTHER = ("{segment: newsletter_readers}", "{not: {segment: newsletter_readers}}")
_SQL = ('{sql: "orders > 2 * coalesce(visits, 0)"}',)
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
    blocks["examples related"] = _examples(_RELATED)
    blocks["examples other"] = _examples(_OTHER)
    blocks["examples sql"] = _examples(_SQL)
    blocks["dialects"] = table(
        ("Dialect", "Of", "Its SQL is", "What it takes for granted"),
        [(code(each.name), each.title, each.proof.value, each.expects) for each in DIALECTS.values()],
    )
    return blocks


def _types_of(operator: Operator) -> list[str]:
    found = [TITLES[name] for name, field in FIELDS.items() if needs(operator, field.type) is not None]
    return ["every type"] if len(found) == len(FIELDS) else found


def asked_of_every_type() -> list[str]:
    """Every operator on every type that it is offered for, as it is written in a project."""
    return [
        _condition(name, operator)
        for name, field in FIELDS.items()
        for operator in Operator
        if needs(operator, field.type) is not None
    ]


def _condition(field: str, operator: Operator) -> str:
    operand = _OPERANDS.get((field, operator), OPERATORS[operator].example)
    return f"{{field: {field}, {operator}: {operand}}}"


def _examples(conditions: tuple[str, ...] | list[str]) -> str:
    rows = []
    for written in conditions:
        condition = condition_of(written, SEGMENTS)
        told = sentence(condition, model=SHOP["customers"], models=SHOP)
        rows.append((code(written), told, code(_sql(condition))))
    return table(("Condition", "In English", "In SQL (DuckDB)"), rows)


def _sql(condition: Condition) -> str:
    """What stands behind WHERE, or the whole query where something is joined."""
    segment = Segment(name="asked", model="customers", where=condition, location=HERE)
    query = segment_query(segment, schema=SCHEMA, dialect="duckdb", timezone=ZONE, now=NOW)
    where = query.args.get("where")
    return (query if query.find(exp.Join) or where is None else where.this).sql(dialect="duckdb")
