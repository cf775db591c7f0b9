"""The tree of a formula, as data: fields, constants, and functions of them. An operator is a function, too."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldValue:
    """The value of a field of the same row."""

    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A value that stands in the formula itself; a number is exact."""

    value: str | Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A function of other values; `+`, `-`, `*`, `/` and `&` are some, and `-` of one value its negative."""

    function: str
    arguments: tuple[Calculation, ...]


Calculation = FieldValue | Constant | Call
