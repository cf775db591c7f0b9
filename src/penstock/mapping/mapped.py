"""A mapped field: the destination's field, the model's field, and the conversion in between."""

from __future__ import annotations

from dataclasses import dataclass

from penstock.catalog.entities import FieldMapping
from penstock.fields import Field
from penstock.mapping.conversions import Conversion


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedField:
    """A mapped destination field with the model field that fills it and the conversion in between."""

    mapping: FieldMapping
    source: Field
    conversion: Conversion

    @property
    def name(self) -> str:
        """The destination's name of the field."""
        return self.mapping.target
