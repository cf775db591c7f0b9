"""A mapped field: the destination's field, the model's field, and the conversion in between."""

from __future__ import annotations

from dataclasses import dataclass

from penstock.catalog.entities import FieldMapping
from penstock.fields import Field
from penstock.mapping.conversions import Conversion


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedField:
    """A mapped destination field with the model field that fills it and the conversion in between.

    `required`: nobody can be created without a value, and the value can never be cleared. `create_only`: set when a
    user is created; what changes afterwards is held. `clearable`: may be emptied for those who leave. `options`: the
    only texts that the field takes, if not empty;
    a list's elements must be among them.
    """

    mapping: FieldMapping
    source: Field
    conversion: Conversion
    required: bool = False
    create_only: bool = False
    clearable: bool = True
    options: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The destination's name of the field."""
        return self.mapping.target
