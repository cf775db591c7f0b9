"""The shop that the examples of conditions are about."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from penstock.catalog.conditions import Comparison, Operator
from penstock.catalog.entities import Model, ModelKind, Relation, Segment, Through
from penstock.fields import Field, FieldType, Kind
from penstock.segments.schema import LinkShape, ModelShape, Schema
from tests.compiling import HERE

_VARCHAR = FieldType(kind=Kind.TEXT, sql="VARCHAR")
_BIGINT = FieldType(kind=Kind.INTEGER, sql="BIGINT")
_TIMESTAMP = FieldType(kind=Kind.TIMESTAMP, sql="TIMESTAMP")
FIELDS = {
    field.name: field
    for field in (
        Field(name="country", type=_VARCHAR),
        Field(name="orders", type=_BIGINT),
        Field(name="newsletter", type=FieldType(kind=Kind.BOOLEAN, sql="BOOLEAN")),
        Field(name="signed_up_on", type=FieldType(kind=Kind.DATE, sql="DATE")),
        Field(name="last_seen_at", type=_TIMESTAMP),
        Field(name="paid_at", type=FieldType(kind=Kind.INSTANT, sql="TIMESTAMP WITH TIME ZONE")),
        Field(name="tags", type=FieldType(kind=Kind.LIST, sql="VARCHAR[]", members=(("element", _VARCHAR),))),
        Field(name="address", type=FieldType(kind=Kind.JSON, sql="JSON")),
    )
}
"""What the examples of operators ask."""
_MORE: Mapping[str, Mapping[str, FieldType]] = {
    "customers": {"customer_id": _BIGINT, "visits": _BIGINT},
    "orders": {
        "order_id": _BIGINT,
        "customer_id": _BIGINT,
        "total": FieldType(kind=Kind.DECIMAL, sql="DECIMAL(12,2)"),
        "status": _VARCHAR,
        "ordered_at": _TIMESTAMP,
    },
    "lines": {"line_id": _BIGINT, "order_id": _BIGINT, "product_id": _BIGINT},
    "products": {"product_id": _BIGINT, "name": _VARCHAR},
    "tags": {"tag_id": _BIGINT, "word": _VARCHAR},
    "visits": {"visit_id": _BIGINT, "customer_id": _BIGINT, "seen_at": _TIMESTAMP},
    "customer_tags": {"customer_id": _BIGINT, "tag_id": _BIGINT},
}


def _relation(name: str, model: str, many: bool, key: str) -> Relation:
    return Relation(name=name, model=model, many=many, on={key: key}, location=HERE)


_TAGS = Through(table="customer_tags", on={"customer_id": "customer_id"}, to={"tag_id": "tag_id"})
_RELATIONS = {
    "customers": (
        _relation("orders", "orders", True, "customer_id"),
        _relation("visits", "visits", True, "customer_id"),
        Relation(name="tags", model="tags", many=True, through=_TAGS, location=HERE),
    ),
    "orders": (_relation("lines", "lines", True, "order_id"),),
    "lines": (_relation("product", "products", False, "product_id"),),
}
_TIMES = {"orders": "ordered_at", "visits": "seen_at"}
SHOP = {
    name: Model(
        name=name,
        source="shop",
        table=name,
        kind=ModelKind.CUSTOM,
        primary_key=f"{name.removesuffix('s')}_id",
        time=_TIMES.get(name),
        relations=_RELATIONS.get(name, ()),
        location=HERE,
    )
    for name in _MORE
    if name != "customer_tags"
}
SEGMENTS = {
    "newsletter_readers": Segment(
        name="newsletter_readers",
        model="customers",
        where=Comparison(field="newsletter", operator=Operator.IS, operands=(True,), location=HERE),
        location=HERE,
    )
}


def _fields(name: str) -> dict[str, Field]:
    own = FIELDS if name == "customers" else {}
    return {**own, **{field: Field(name=field, type=type_) for field, type_ in _MORE[name].items()}}


def _table(name: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(name, quoted=True))


SCHEMA = Schema(
    models={
        name: ModelShape(model=model, fields=_fields(name), relation=_table(name)) for name, model in SHOP.items()
    },
    segments=SEGMENTS,
    links={"customer_tags": LinkShape(fields=_fields("customer_tags"), relation=_table("customer_tags"))},
)
