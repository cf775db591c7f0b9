"""A Zendesk account's user fields, mappings, and model fields of every type for tests."""

from pathlib import Path

from penstock.catalog.entities import FieldMapping, Leave
from penstock.destinations.zendesk.inspection import Inspected, inspect_mapping
from penstock.destinations.zendesk.user_fields import UserField, UserFields
from penstock.errors import Location
from penstock.fields import Field, FieldType, Kind

HERE = Location(file=Path("activations.yaml"), line=7)

_TEXT = FieldType(kind=Kind.TEXT, sql="VARCHAR")
TYPES = {
    "text": _TEXT,
    "integer": FieldType(kind=Kind.INTEGER, sql="INTEGER"),
    "whole_decimal": FieldType(kind=Kind.DECIMAL, sql="DECIMAL(18,0)"),
    "decimal": FieldType(kind=Kind.DECIMAL, sql="DECIMAL(18,2)"),
    "float": FieldType(kind=Kind.FLOAT, sql="DOUBLE"),
    "boolean": FieldType(kind=Kind.BOOLEAN, sql="BOOLEAN"),
    "date": FieldType(kind=Kind.DATE, sql="DATE"),
    "timestamp": FieldType(kind=Kind.TIMESTAMP, sql="TIMESTAMP"),
    "instant": FieldType(kind=Kind.INSTANT, sql="TIMESTAMP WITH TIME ZONE"),
    "json": FieldType(kind=Kind.JSON, sql="JSON"),
    "blob": FieldType(kind=Kind.UNSUPPORTED, sql="BLOB"),
    "texts": FieldType(kind=Kind.LIST, sql="VARCHAR[]", members=(("element", _TEXT),)),
    "struct": FieldType(kind=Kind.STRUCT, sql="STRUCT(city VARCHAR)", members=(("city", _TEXT),)),
}
TYPES["integers"] = FieldType(kind=Kind.LIST, sql="INTEGER[]", members=(("element", TYPES["integer"]),))
FIELDS = {name: Field(name=name, type=type_) for name, type_ in TYPES.items()}

KNOWN = UserFields(
    all=(
        UserField(id=1, key="plan", title="Plan", type="text"),
        UserField(id=2, key="lifetime_value", title="Lifetime value", type="decimal"),
        UserField(id=3, key="visits", title="Visits", type="integer"),
        UserField(id=4, key="vip", title="VIP", type="checkbox"),
        UserField(id=5, key="last_seen", title="Last seen", type="date", regexp=r"\A\d{4}-\d\d-\d\d\z"),
        UserField(id=6, key="tier", title="Tier", type="dropdown", options=(("Gold", "gold"), ("Silver", "silver"))),
        UserField(
            id=7, key="topics", title="Topics", type="multiselect", options=(("Billing", "t1"), ("Bugs", "t2"))
        ),
        UserField(id=8, key="asset", title="Asset", type="lookup", relationship_target_type="zen:custom_object"),
        UserField(id=9, key="old", title="Old", type="text", active=False),
        UserField(id=10, key="alias", title="Second alias", type="text"),
        UserField(id=11, key="hologram", title="Hologram", type="hologram"),
    )
)


def mapping(target: str, source: str = "text") -> FieldMapping:
    return FieldMapping(target=target, source=source, location=HERE)


def custom(name: str, type_: str | None = None) -> FieldMapping:
    return FieldMapping(target=name, source=name, custom=True, type=type_, location=HERE)


def inspect(
    *mappings: FieldMapping,
    fields: dict[str, Field] | None = None,
    known: UserFields = KNOWN,
    match_key: str = "email",
    creates: bool = False,
    is_admin: bool = True,
    leave: Leave = Leave.KEEP,
) -> Inspected:
    return inspect_mapping(
        mappings, fields or FIELDS, known, match_key=match_key, creates=creates, is_admin=is_admin, leave=leave
    )


def texts(*names: str) -> dict[str, Field]:
    """Model fields of these names, all of them texts."""
    return {name: Field(name=name, type=_TEXT) for name in names}


def codes(found: Inspected) -> dict[str, str]:
    return {problem.code: problem.severity.value for problem in found.inspection.problems}
