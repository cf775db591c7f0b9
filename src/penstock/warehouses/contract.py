"""What a warehouse offers: its dialect, its tables, and queries over models, whose rows the engine can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from penstock.catalog.entities import Model
from penstock.catalog.relation_suggestions import ForeignKey
from penstock.fields import Field

MODEL_VIEW = "penstock_model"
"""The name under which an opened model stands in queries; a source must not have a table of that name."""
SETTLED = "penstock_settled"
"""Table of the engine with the rows of a query that is not run again."""


class Warehouse(Protocol):
    """An open source. Every method may raise SourceError, or ConfigurationError for what the project says."""

    dialect: str
    """SQLGlot's name of the SQL in which segments are compiled."""

    def tables(self) -> tuple[str, ...]:
        """Names of the tables and views that a model may name."""

    def foreign_keys(self) -> tuple[ForeignKey, ...]:
        """The foreign keys that the source declares, between tables by the names that a model may give them."""

    def fields(self, model: Model) -> Mapping[str, Field]:
        """Names and types of a model's fields, in order, without reading its rows."""

    def select_of(self, model: Model) -> str | None:
        """Return the query of a model's rows as segments see them; None if they are simply those of its table."""

    def lend(self, model: Model, name: str = MODEL_VIEW) -> None:
        """Make the model's rows the relation `name` of this warehouse's queries, the same in each of them."""

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Return the few rows of a query over what was lent."""

    def settled(self, sql: str, fields: Sequence[str], *, dear: bool) -> str:
        """Return SQL for the engine, to be run again and again, of a query over what was lent.

        The query selects rows of the model lent as MODEL_VIEW, of which these fields are given. `dear`: running it
        again costs more than to keep them.
        """

    def assert_unchanged(self) -> None:
        """Raise SourceError if what was lent is no longer what it was when it was opened."""

    def close(self) -> None:
        """Give the source back."""
