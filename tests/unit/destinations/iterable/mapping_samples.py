"""Model fields and mappings for tests."""

from pathlib import Path

from penstock.catalog.entities import FieldMapping
from penstock.errors import Location
from penstock.fields import Field, FieldType, Kind

HERE = Location(file=Path("activations.yaml"), line=7)

TYPES = {
    "text": FieldType(kind=Kind.TEXT, sql="VARCHAR"),
    "integer": FieldType(kind=Kind.INTEGER, sql="INTEGER"),
    "huge": FieldType(kind=Kind.INTEGER, sql="HUGEINT"),
    "whole_decimal": FieldType(kind=Kind.DECIMAL, sql="DECIMAL(18,0)"),
    "decimal": FieldType(kind=Kind.DECIMAL, sql="DECIMAL(18,2)"),
    "float": FieldType(kind=Kind.FLOAT, sql="DOUBLE"),
    "boolean": FieldType(kind=Kind.BOOLEAN, sql="BOOLEAN"),
    "date": FieldType(kind=Kind.DATE, sql="DATE"),
    "timestamp": FieldType(kind=Kind.TIMESTAMP, sql="TIMESTAMP"),
    "instant": FieldType(kind=Kind.INSTANT, sql="TIMESTAMP WITH TIME ZONE"),
    "json": FieldType(kind=Kind.JSON, sql="JSON"),
    "blob": FieldType(kind=Kind.UNSUPPORTED, sql="BLOB"),
}
TYPES["texts"] = FieldType(kind=Kind.LIST, sql="VARCHAR[]", members=(("element", TYPES["text"]),))
TYPES["integers"] = FieldType(kind=Kind.LIST, sql="INTEGER[]", members=(("element", TYPES["integer"]),))
TYPES["struct"] = FieldType(
    kind=Kind.STRUCT, sql="STRUCT(city VARCHAR)", members=(("city", TYPES["text"]), ("no", TYPES["integer"]))
)
TYPES["point"] = FieldType(
    kind=Kind.STRUCT, sql="STRUCT(lat DOUBLE, lon DOUBLE)", members=(("lat", TYPES["float"]), ("lon", TYPES["float"]))
)

FIELDS = {name: Field(name=name, type=type_) for name, type_ in TYPES.items()}


def mapping(target: str, source: str = "text") -> FieldMapping:
    return FieldMapping(target=target, source=source, location=HERE)
