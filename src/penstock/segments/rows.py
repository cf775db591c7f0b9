"""The rows of a model in a query: under an alias of their own, with what their conditions had to join to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from sqlglot import exp

from penstock.catalog.computed import ComputedField
from penstock.fields import Field, FieldType, Kind
from penstock.segments.formula import Formula, Leaf, always, conjuncts, expression, joined
from penstock.segments.keys import Keys, key_column
from penstock.segments.schema import ModelShape

_LONGEST_ALIAS = 48
"""Bytes of an alias, before it is numbered; PostgreSQL silently cuts what is longer than 63."""


class Aliases:
    """Names that nothing else in a query has."""

    def __init__(self) -> None:
        self._used: set[str] = set()
        self._numbers: Counter[str] = Counter()

    def next(self, name: str) -> str:
        """Return a name like this one; no engine tells capital and small letters apart in all of them."""
        short = name.encode()[:_LONGEST_ALIAS].decode(errors="ignore")
        found = short
        while found.casefold() in self._used:
            self._numbers[short.casefold()] += 1
            found = f"{short}_{self._numbers[short.casefold()] + 1}"
        self._used.add(found.casefold())
        return found


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Value:
    """The value of a field: an expression over rows and what was joined to them, and its type."""

    sql: exp.Expr
    type: FieldType


WRONG = Value(sql=exp.null(), type=FieldType(kind=Kind.UNSUPPORTED, sql="UNKNOWN"))
"""What a computed field is that cannot be computed; what is wrong with it was said."""


@dataclass(slots=True, kw_only=True, eq=False)
class Rows:
    """Rows of a model. What is joined has one row at most for each of them, so that their number stays."""

    shape: ModelShape
    alias: str
    compute: Callable[[Rows, ComputedField], Value]
    """Gives the value of a computed field of theirs, and joins what it needs."""
    _joins: list[exp.Join] = field(default_factory=list)
    _sets: dict[str, Keys] = field(default_factory=dict)
    _computed: dict[str, Value] = field(default_factory=dict)

    @property
    def fields(self) -> Mapping[str, Field]:
        """Their fields by name, the computed ones among them; the type of these is found out when it is asked for."""
        return _Fields(self)

    def column(self, name: str) -> exp.Expr:
        """Return a field of theirs; a computed one may join what it needs."""
        computed = self.shape.computed_named(name)
        return (
            exp.column(name, table=self.alias, quoted=True) if computed is None else self._value(computed).sql.copy()
        )

    def type_of(self, name: str) -> FieldType:
        """Return the type of a field. Raises KeyError."""
        computed = self.shape.computed_named(name)
        return self.shape.fields[name].type if computed is None else self._value(computed).type

    def _value(self, computed: ComputedField) -> Value:
        if computed.name not in self._computed:
            self._computed[computed.name] = self.compute(self, computed)
        return self._computed[computed.name]

    @property
    def everything(self) -> exp.Expr:
        """All their fields."""
        return exp.Column(this=exp.Star(), table=exp.to_identifier(self.alias, quoted=True))

    @property
    def table(self) -> exp.Expr:
        """Their relation under the alias."""
        return named(self.shape.relation, self.alias)

    def match(self, query: exp.Select, own: Sequence[str], alias: str, *, repeats: bool) -> Formula:
        """Return what holds for rows whose own fields are keys of a query, one by one; it may give some repeatedly.

        Where all rows that are kept must be among the keys, or none, engines make a semi- or anti-join of it, for
        which a key may be there twice. Under OR it is joined, each key once.
        """
        self._sets[alias] = Keys(query=query, alias=alias, repeats=repeats, own=[self.column(name) for name in own])
        known = exp.not_(exp.Is(this=key_column(alias, 0), expression=exp.null()), copy=False)
        return Leaf(predicate=known, keys=alias)

    def attach(self, query: exp.Select, own: Sequence[str], alias: str) -> None:
        """Join a query that has one row at most for each of its keys, equal to own fields one by one."""
        keys = Keys(query=query, alias=alias, repeats=False, own=[self.column(name) for name in own])
        self._joins.append(keys.join())

    def those(self, query: exp.Select, formula: Formula) -> exp.Select:
        """Return the query, FROM these rows, of those for which a formula holds.

        Whatever else is asked of the rows must have been asked before, for it may join something.
        """
        rest: list[Formula] = []
        asked: list[exp.Expr] = []
        for part in conjuncts(formula):
            keys = self._sets.pop(part.keys, None) if isinstance(part, Leaf) and part.keys else None
            if keys is None:
                rest.append(part)
            else:
                asked.append(keys.contain(negated=part.negated))
        joins = [*(query.args.get("joins") or []), *self._joins, *(keys.join() for keys in self._sets.values())]
        query.set("joins", joins)
        plain = joined(rest, every=True)
        conditions = asked if always(plain) else [expression(plain), *asked]
        return (
            query.where(*(cast("exp.Expression", each) for each in conditions), copy=False) if conditions else query
        )


class _Fields(Mapping[str, Field]):
    """Fields of rows, the computed ones among them."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def __getitem__(self, name: str) -> Field:
        return Field(name=name, type=self._rows.type_of(name))

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (
            name in self._rows.shape.fields or bool(self._rows.shape.computed_named(name))
        )

    def __iter__(self) -> Iterator[str]:
        yield from self._rows.shape.fields
        yield from (computed.name for computed in self._rows.shape.model.computed)

    def __len__(self) -> int:
        return len(self._rows.shape.fields) + len(self._rows.shape.model.computed)


def named(relation: exp.Table, alias: str) -> exp.Expr:
    """Return a relation under an alias."""
    return exp.alias_(relation.copy(), alias, table=True, quoted=True)
