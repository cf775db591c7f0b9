"""What Iterable gets of each type of source, made by converting a value of each."""

from functools import partial

from penstock.destinations.iterable.conversions import conversion_to, iterable_type, natural_conversion
from penstock.destinations.iterable.service import INSTANT_FORMAT
from penstock.fields import FieldType
from penstock.mapping.conversions import Conversion
from tests.docs.blocks import code, table
from tests.docs.conversion_samples import SAMPLES, converting, takers

STORED = ("string", "long", "double", "boolean", "date", "object", "nested", "geo_location")


def iterable_blocks() -> dict[str, str]:
    """The conversions into new fields, and what known fields take."""
    with converting(instant_format=INSTANT_FORMAT) as (types, sent):
        rows = []
        for name, literal in SAMPLES:
            gets, becomes = code(sent(_natural(types[name]), literal)), code(iterable_type(types[name]))
            rows.append((code(name), code(literal), gets, becomes))
    takes = [(code(stored), takers(types, partial(_known, stored))) for stored in STORED]
    return {
        "conversions": table(("Type in the source", "Value", "Iterable gets", "A new field becomes"), rows),
        "accepted types": table(("Field in Iterable", "Takes, of the types above"), takes),
    }


def _known(stored: str, source: FieldType) -> Conversion | None:
    return conversion_to(stored, source).conversion


def _natural(source: FieldType) -> Conversion:
    conversion = natural_conversion(source)
    assert conversion is not None
    return conversion
