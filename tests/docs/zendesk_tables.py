"""What Zendesk gets of each type of source, made by converting a value of each, and which attributes it has."""

from functools import partial

from penstock.destinations.zendesk.conversions import INSTANT_FORMAT, conversion_to, new_type
from penstock.destinations.zendesk.standard_attributes import (
    NOT_MAPPED,
    READ_ONLY,
    STANDARD_ATTRIBUTES,
)
from tests.docs.blocks import code, table
from tests.docs.conversion_samples import SAMPLES, converting, takers

TYPES = ("text", "textarea", "regexp", "integer", "decimal", "checkbox", "date", "dropdown", "multiselect", "lookup")


def zendesk_blocks() -> dict[str, str]:
    """The user fields that are made, what fields and attributes take, and the attributes themselves."""
    rows = []
    with converting(instant_format=INSTANT_FORMAT) as (types, sent):
        for name, literal in SAMPLES:
            type_ = new_type(types[name])
            conversion = None if type_ is None else conversion_to(type_, types[name])
            if type_ is not None and conversion is not None:
                rows.append((code(name), code(literal), code(type_), code(sent(conversion, literal))))
            else:
                rows.append((code(name), code(literal), "none: see below", ""))
    fields = [(code(name), takers(types, partial(conversion_to, name))) for name in TYPES]
    return {
        "zendesk conversions": table(
            ("Type in the source", "Value", "A custom attribute becomes", "Zendesk gets"), rows
        ),
        "zendesk accepted types": table(("Type of the user field", "Takes, of the types above"), fields),
        "zendesk attributes": table(
            ("Attribute", "Type", "Meaning", "Note"),
            [
                (code(each.name), each.type.value, each.label, _note(each.name))
                for each in STANDARD_ATTRIBUTES.values()
            ],
        ),
        "zendesk read-only": "\n" + ", ".join(code(name) for name in sorted(READ_ONLY)) + ".\n\n",
        "zendesk not mapped": table(
            ("Attribute", "Why", "Instead"), [(code(name), why, fix) for name, (why, fix) in NOT_MAPPED.items()]
        ),
    }


def _note(name: str) -> str:
    attribute = STANDARD_ATTRIBUTES[name]
    notes = [f"Warning: {attribute.caution}"] if attribute.caution else []
    if name == "name":
        notes.append("Needed where users may be created.")
    if attribute.create_only:
        notes.append("Set at creation only: see below.")
    if attribute.options:
        notes.append(f"One of {', '.join(code(option) for option in attribute.options)}.")
    return " ".join(notes)
