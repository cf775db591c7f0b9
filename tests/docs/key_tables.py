"""Tables of the keys of project files, made from the tables that the loader validates with."""

from penstock.catalog.destination_keys import destination_record
from penstock.catalog.keys import (
    ACTIVATION,
    FIELD_MAPPING,
    MODEL,
    RELATION,
    SCHEDULE,
    SECTIONS,
    SEGMENT,
    SETTINGS,
    SOURCE,
)
from penstock.catalog.records import FreeKeys, Key, ListOf, Part, Record, ShortOrLong
from penstock.catalog.secrets import Secret
from penstock.catalog.shapes import Choice, Flag, Formatted, Name, Number, Reference, Shape, Text, Whole
from penstock.catalog.where import Where
from penstock.destinations.registry import DESTINATION_TYPES
from tests.docs.blocks import code, table

RECORDS: dict[str, Record] = {
    "source": SOURCE,
    "model": MODEL,
    "relation": RELATION,
    "segment": SEGMENT,
    **{
        f"destination {name}": destination_record(tuple(DESTINATION_TYPES), spec)
        for name, spec in DESTINATION_TYPES.items()
    },
    "activation": ACTIVATION,
    "field": FIELD_MAPPING,
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
    if key.required:
        return "yes"
    if key.default is None:
        return "no"
    default = str(key.default).lower() if isinstance(key.default, bool) else f"{key.default}"
    return f"no; {code(default)}"


_SIMPLE: dict[type[object], str] = {
    Name: "a name",
    Flag: "`true` or `false`",
    Number: "a number above 0",
    Secret: "a secret: always `${NAME}`",
    Where: "[conditions](segments.md)",
    Part: "a mapping, see below",
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
        case Formatted(expected=expected):
            return expected
        case _:
            return _SIMPLE[type(shape)]
