"""What a warehouse offers: its dialect, its tables, and a model's rows to read from within the engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from penstock.catalog.entities import Model
from penstock.fields import Field

MODEL_VIEW = "penstock_model"
"""The name under which an opened model stands in the engine; a source must not have a table of that name."""


class Warehouse(Protocol):
    """An open source. Every method may raise SourceError, or ConfigurationError for what the project says."""

    dialect: str
    """SQLGlot's name of the SQL in which segments are compiled."""

    def tables(self) -> tuple[str, ...]:
        """Names of the tables and views that a model may name."""

    def fields(self, model: Model) -> Mapping[str, Field]:
        """Names and types of a model's fields, in order, without reading its rows."""

    def lend(self, model: Model, name: str = MODEL_VIEW) -> None:
        """Make the model's rows readable in the engine as the relation `name`, the same at every reading."""

    def assert_unchanged(self) -> None:
        """Raise SourceError if what was lent is no longer what it was when it was opened."""

    def close(self) -> None:
        """Give the source back."""
