"""What compiling any part of a segment needs: the models, the calendar, names, and the compiler of conditions."""

from __future__ import annotations

from typing import Protocol

from penstock.catalog.conditions import Condition
from penstock.segments.calendar import Calendar
from penstock.segments.formula import Formula
from penstock.segments.rows import Aliases, Rows
from penstock.segments.schema import Schema


class Context(Protocol):
    """See `Compiler`."""

    schema: Schema
    calendar: Calendar
    aliases: Aliases

    def rows(self, model: str) -> Rows:
        """Return the rows of a model under an alias of their own."""

    def formula(self, condition: Condition, rows: Rows) -> Formula:
        """Return what a condition asks of rows, to which is joined what it needs."""
