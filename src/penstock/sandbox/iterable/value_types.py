"""The types a JSON value can take in Iterable's user schema.

The fields live in an index like Elasticsearch's, and conflicts name *possible* types, so a value has a list
of them, best first, and fits a field whose type is in the list:

* an integer is long, and fits a double field; a number written with a decimal point, 5.0 included, is double
  and does not fit a long field; integers beyond 64 bits are double;
* an accepted date string is date, and fits a string field unchanged; other strings are string only, so a
  malformed date does not fit a date field; numbers and booleans never fit a string field, nor the reverse;
* an array has the types all of its elements share, since fields are multi-valued: `[1, 2.5]` is double;
  nothing shared, such as `[1, "a"]`, fits no field; null and an empty array tell no type and fit any;
* an object is object, in an array as well; `{lat, lon}` under a name ending `_geo_location` is geo_location.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from penstock.sandbox.iterable.dates import stored_date

Json: TypeAlias = bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"] | None

_STRING = ("string", "keyword")
_DATE = ("date", *_STRING)
_LONG = ("long", "double")
_DOUBLE = ("double",)
_BOOLEAN = ("boolean",)
_OBJECT = ("object", "nested")
_GEO = ("geo_location", *_OBJECT)

LONGEST_STRING_BYTES = 32_766


def possible_types(name: str, value: Json) -> tuple[str, ...] | None:
    """The types `value` can take under a field called `name`, best first; None when it tells nothing."""
    if isinstance(value, str):
        return _DATE if stored_date(value) else _STRING
    if isinstance(value, bool):
        return _BOOLEAN
    if isinstance(value, int):
        return _LONG
    if isinstance(value, float):
        return _DOUBLE
    if isinstance(value, dict):
        return _GEO if name.endswith("_geo_location") and _is_point(value) else _OBJECT
    if isinstance(value, list):
        return _shared_types(name, value)
    return None


def oversized(value: str) -> bool:
    """Whether a text is longer than the index can hold (32,766 bytes, the limit of a keyword)."""
    # A character takes four bytes at most, so short texts need not be encoded.
    return len(value) > LONGEST_STRING_BYTES // 4 and len(value.encode()) > LONGEST_STRING_BYTES


def _is_point(value: Mapping[str, Json]) -> bool:
    return value.keys() == {"lat", "lon"} and all(
        isinstance(number, int | float) and not isinstance(number, bool) for number in value.values()
    )


def _shared_types(name: str, elements: list[Json]) -> tuple[str, ...] | None:
    shared: tuple[str, ...] | None = None
    for element in elements:
        types = possible_types(name, element)
        if types is None:
            continue
        shared = types if shared is None else tuple(each for each in shared if each in types)
    return shared
