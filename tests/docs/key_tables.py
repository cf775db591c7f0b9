"""Tables of the keys of project files, made from the tables that the loader validates with."""

from penstock.catalog.computed_keys import AGGREGATE, CASE, COMPUTED, LABEL, LIFTED
from penstock.catalog.computed_shapes import ColumnName, FormulaText, RelationPath, Window, Yes
from penstock.catalog.destination_keys import destination_record
from penstock.catalog.keys import (
    ACTIVATION,
    CUSTOM_ATTRIBUTE,
    FIELD_MAPPING,
    MODEL,
    RELATION,
    SCHEDULE,
    SECTIONS,
    SEGMENT,
    SETTINGS,
    SOURCE,
    SPLIT,
    THROUGH,
    TOP,
)
from penstock.catalog.records import FreeKeys, Key, ListOf, Part, Record, ShortOrLong
from penstock.catalog.secrets import Secret
from penstock.catalog.shapes import Choice, Flag, Formatted, Name, Number, Percent, Reference, Shape, Text, Whole
from penstock.catalog.subdomains import Subdomain
from penstock.catalog.variants import Variants
from penstock.catalog.where import Where
from penstock.destinations.registry import DESTINATION_TYPES
from tests.docs.blocks import code, table


def _destination_records() -> dict[str, Record]:
    """A record for each destination type, and for each form of a setting that has several."""
    records: dict[str, Record] = {}
    for name, spec in DESTINATION_TYPES.items():
        record = destination_record(tuple(DESTINATION_TYPES), spec)
        records[f"destination {name}"] = record
        for key in record.keys:
            if isinstance(key.shape, Variants):
                forms = key.shape.records.items()
                records |= {f"destination {name} {key.name} {form}": inner for form, inner in forms}
    return records


RECORDS: dict[str, Record] = {
    "source": SOURCE,
    "model": MODEL,
    "relation": RELATION,
    "through": THROUGH,
    "computed": COMPUTED,
    "aggregate": AGGREGATE,
    "lifted": LIFTED,
    "label": LABEL,
    "case": CASE,
    "segment": SEGMENT,
    "top": TOP,
    "split": SPLIT,
    **_destination_records(),
    "activation": ACTIVATION,
    "field": FIELD_MAPPING,
    "custom attribute": CUSTOM_ATTRIBUTE,
    "schedule": SCHEDULE,
    "settings": SETTINGS,
}


def key_blocks() -> dict[str, str]:
    """Every table of keys."""
    blocks = {f"keys {name}": _table(record) for name, record in RECORDS.items()}
    blocks["sections"] = table(("Key", "Holds"), [(code(name), text) for name, text in SECTIONS.items()])
    blocks["later keys"] = table(
        ("Of", "Key", "Until then"),
        [(name, code(key), advice) for name, record in RECORDS.items() for key, advice in record.later.items()],
    )
    return blocks


def _table(record: Record) -> str:
    return table(
        ("Key", "Type", "Required", "Meaning", "Example"),
        [
            (code(key.name), _type(key.shape), _need(key, record), key.help, code(f"{key.name}: {key.example}"))
            for key in record.keys
        ],
    )


def _need(key: Key, record: Record) -> str:
    if key.name in record.exactly_one:
        return f"exactly one of {' and '.join(code(name) for name in record.exactly_one)}"
    if key.name in record.at_least_one:
        return f"at least one of {' and '.join(code(name) for name in record.at_least_one)}"
    if key.required:
        return "yes"
    if key.default is None:
        return "no"
    default = str(key.default).lower() if isinstance(key.default, bool) else f"{key.default}".removesuffix(".0")
    return f"no; {code(default)}"


_SIMPLE: dict[type[object], str] = {
    Name: "a name",
    Flag: "`true` or `false`",
    Secret: "a secret: always `${NAME}`",
    Where: "[conditions](segments.md)",
    Part: "a mapping, see below",
    Yes: "`true`",
    RelationPath: "the name of a relation, or several with dots",
    Window: "a condition on a date or time",
    ColumnName: "the name of a field",
    FormulaText: "a formula",
    Percent: "a number from 0 to 100",
    ShortOrLong: "a word, or a mapping that says more",
}


def _type(shape: Shape) -> str:
    match shape:
        case Text(noun=noun) | FreeKeys(noun=noun) | ListOf(noun=noun):
            return noun
        case Reference(section=section):
            return f"the name of a {section.removesuffix('s')}"
        case Whole(least=least, most=most):
            return f"a whole number from {least:,} to {most:,}"
        case Choice(words=words):
            return " or ".join(code(word) for word in words)
        case Formatted() | Number() | Subdomain():
            return shape.expected
        case Variants(records=records):
            return f"a mapping with `type` {' or '.join(code(form) for form in records)}, see below"
        case _:
            return _SIMPLE[type(shape)]
