"""The rows of a model in a query: under an alias of their own, with what their conditions had to join to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from sqlglot import exp

from penstock.segments.formula import Formula, always, expression
from penstock.segments.schema import ModelShape


class Aliases:
    """Names that nothing else in a query has."""

    def __init__(self) -> None:
        self._used: Counter[str] = Counter()

    def next(self, name: str) -> str:
        """Return a name like this one; no engine tells capital and small letters apart in all of them."""
        self._used[name.lower()] += 1
        number = self._used[name.lower()]
        return name if number == 1 else self.next(f"{name}_{number}")


@dataclass(slots=True, kw_only=True, eq=False)
class Rows:
    """Rows of a model. What is joined has one row at most for each of them, so that their number stays."""

    shape: ModelShape
    alias: str
    joins: list[exp.Join] = field(default_factory=list)

    def column(self, name: str) -> exp.Column:
        """Return a field of theirs."""
        return exp.column(name, table=self.alias, quoted=True)

    @property
    def everything(self) -> exp.Expr:
        """All their fields."""
        return exp.Column(this=exp.Star(), table=exp.to_identifier(self.alias, quoted=True))

    @property
    def table(self) -> exp.Expr:
        """Their relation under the alias."""
        return named(self.shape.relation, self.alias)

    def match(self, query: exp.Select, own: Sequence[str], alias: str) -> exp.Expr:
        """Join a query of keys, equal to own fields one by one; return what is true of rows whose keys are in it."""
        pairs = [(self.column(name), key_column(alias, number)) for number, name in enumerate(own)]
        on = exp.and_(*(exp.EQ(this=mine, expression=key) for mine, key in pairs), copy=False)
        self.joins.append(exp.Join(this=derived(query, alias), side="LEFT", on=on))
        return exp.not_(exp.Is(this=key_column(alias, 0), expression=exp.null()), copy=False)

    def those(self, query: exp.Select, formula: Formula) -> exp.Select:
        """Return the query, FROM these rows, of those for which a formula holds."""
        query.set("joins", [*(query.args.get("joins") or []), *self.joins])
        if always(formula):
            return query
        return query.where(cast("exp.Expression", expression(formula)), copy=False)


def key_column(alias: str, number: int) -> exp.Column:
    """Return a column of a query of keys."""
    return exp.column(f"k{number}", table=alias, quoted=True)


def key_alias(column: exp.Expr, number: int) -> exp.Expr:
    """Return a column as one of the keys of a query."""
    return exp.alias_(column, f"k{number}", quoted=True)


def derived(query: exp.Select, alias: str) -> exp.Subquery:
    """Return a query as a table."""
    return query.subquery(exp.to_identifier(alias, quoted=True))


def named(relation: exp.Table, alias: str) -> exp.Expr:
    """Return a relation under an alias."""
    return exp.alias_(relation.copy(), alias, table=True, quoted=True)
