"""Sets of keys: queries of columns k0, k1 …, in which rows are looked up by fields of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Keys:
    """A query of keys k0, k1 …, with the columns that equal them one by one."""

    query: exp.Select
    alias: str
    repeats: bool
    own: Sequence[exp.Expr]

    def join(self) -> exp.Join:
        """Return a join that finds one row at most for each."""
        query = self.query.distinct(copy=False) if self.repeats else self.query
        return exp.Join(this=derived(query, self.alias), side="LEFT", on=self._equal())

    def contain(self, *, negated: bool) -> exp.Expr:
        """Return whether the columns are among the keys, or are not, as a condition of all rows that are kept."""
        found = exp.select("1").from_(derived(self.query, self.alias), copy=False).where(self._equal(), copy=False)
        exists = exp.Exists(this=found)
        return exp.not_(exists, copy=False) if negated else exists

    def _equal(self) -> exp.Expr:
        pairs = [exp.EQ(this=mine, expression=key_column(self.alias, number)) for number, mine in enumerate(self.own)]
        return exp.and_(*pairs, copy=False)


def key_column(alias: str, number: int) -> exp.Column:
    """Return a column of a query of keys."""
    return exp.column(f"k{number}", table=alias, quoted=True)


def key_alias(column: exp.Expr, number: int) -> exp.Expr:
    """Return a column as one of the keys of a query."""
    return exp.alias_(column, f"k{number}", quoted=True)


def derived(query: exp.Select, alias: str) -> exp.Subquery:
    """Return a query as a table."""
    return query.subquery(exp.to_identifier(alias, quoted=True), copy=False)
