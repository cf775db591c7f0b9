"""The shapes of what a computed field is made of: a path of relations, a window, a formula."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from penstock.catalog.computed import Calculated
from penstock.catalog.conditions import Comparison
from penstock.catalog.formula_reading import LONGEST, FormulaError, read_formula
from penstock.catalog.nodes import Node, Scalar, shortened
from penstock.catalog.reading import Reading, capitalised
from penstock.catalog.related_reading import read_path, read_window
from penstock.catalog.shapes import JsonSchema
from penstock.catalog.where import PATH_SCHEMA, comparison_schema

LONGEST_NAME: Final = 63
"""Bytes that the name of a column may have everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnName:
    """The name of a column that a query makes."""

    def read(self, node: Node, reading: Reading) -> str | None:
        """Return the name."""
        if not isinstance(node, Scalar) or not isinstance(node.value, str) or not node.value.strip():
            reading.wrong(node, "the name of a field")
            return None
        name = node.value
        if name != name.strip() or not name.isprintable() or len(name.encode()) > LONGEST_NAME:
            reading.refuse(
                node,
                "bad_name",
                f"{capitalised(reading.title)} is `{shortened(node.written)}`, which cannot be the name of a column.",
                f"Use at most {LONGEST_NAME} letters, digits and signs (letters beyond A to Z count for more), on one"
                " line, without blanks around them.",
            )
            return None
        return name

    def schema(self) -> JsonSchema:
        """Return the JSON Schema."""
        return {"type": "string", "pattern": r"\S", "maxLength": LONGEST_NAME}


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationPath:
    """Names of relations, one after the other."""

    def read(self, node: Node, reading: Reading) -> tuple[str, ...] | None:
        """Return the names."""
        return read_path(node, reading)

    def schema(self) -> JsonSchema:
        """Return the JSON Schema."""
        return dict(PATH_SCHEMA)


@dataclass(frozen=True, slots=True, kw_only=True)
class Yes:
    """What is only said where it holds."""

    def read(self, node: Node, reading: Reading) -> bool | None:
        """Return True."""
        if isinstance(node, Scalar) and node.value is True:
            return True
        reading.wrong(node, "`true`")
        return None

    def schema(self) -> JsonSchema:
        """Return the JSON Schema."""
        return {"const": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A comparison that says which rows are looked at."""

    def read(self, node: Node, reading: Reading) -> Comparison | None:
        """Return the comparison."""
        return read_window(node, reading)

    def schema(self) -> JsonSchema:
        """Return the JSON Schema."""
        return comparison_schema()


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaText:
    """A formula over the fields of the model."""

    def read(self, node: Node, reading: Reading) -> Calculated | None:
        """Return the formula."""
        text = node.value if isinstance(node, Scalar) else None
        if isinstance(node, Scalar) and isinstance(text, int) and not isinstance(text, bool):
            text = node.written
        if not isinstance(text, str) or not text.strip():
            reading.wrong(node, "a formula (text)")
            return None
        try:
            return Calculated(text=text.strip(), calculation=read_formula(text))
        except FormulaError as error:
            message = f"{capitalised(reading.title)}, `{text.strip()[:60]}`, is no formula: {error.what}."
            reading.refuse(node, "bad_formula", message, error.fix)
            return None

    def schema(self) -> JsonSchema:
        """Return the JSON Schema."""
        return {"type": "string", "pattern": r"\S", "maxLength": LONGEST}
