"""And, or, not over predicates that are never NULL, written so that neither SQLGlot nor an engine goes deep.

Negation is pushed down to the predicates (engines choke on nested NOT), equal operators are flattened, and a
tree that is too tall is written as one flat CASE along its heaviest path, so that nesting grows with the
logarithm of its size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

TALLEST_PLAIN = 20
"""Levels written as nested AND and OR; each costs SQLGlot about seven Python frames."""
WIDEST_PLAIN = 100
"""Parts of an AND or OR written plainly: DuckDB plans a WHERE of n filters in memory that grows with n² (1.4 GB at
1,000), and compares each AND under an OR with every other (19 s at 2,000); it does not take a CASE apart."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Leaf:
    """A predicate that is NULL exactly where `column` is; without a column it never is."""

    predicate: exp.Expr
    column: exp.Expr | None = None
    negated: bool = False
    height: int = 0
    size: int = 1
    keys: str | None = None
    """The alias of the set of keys in which it looks, if it does no more than that."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Junction:
    """All (`every`) or any of at least two parts."""

    every: bool
    parts: tuple[Formula, ...]
    height: int
    size: int
    negated: bool = False


Formula = Leaf | Junction


def negation(formula: Formula) -> Formula:
    """Return the formula that holds where this one does not."""
    return replace(formula, negated=not formula.negated)


def joined(parts: Sequence[Formula], *, every: bool) -> Formula:
    """Join formulas with AND (`every`) or OR; of none, what holds for everybody or for nobody."""
    flat: list[Formula] = []
    for part in parts:
        constant = always(part)
        if constant is not None and constant == every:
            continue
        if constant is not None:
            return part
        if isinstance(part, Junction) and (part.every != part.negated) == every:
            flat.extend(negation(inner) if part.negated else inner for inner in part.parts)
        else:
            flat.append(part)
    if not flat:
        return Leaf(predicate=exp.true() if every else exp.false())
    if len(flat) == 1:
        return flat[0]
    height = 1 + max(part.height for part in flat)
    return Junction(every=every, parts=tuple(flat), height=height, size=sum(part.size for part in flat))


def conjuncts(formula: Formula) -> tuple[Formula, ...]:
    """Return what must hold, all of it, for a formula to hold."""
    if isinstance(formula, Leaf) or formula.every == formula.negated:
        return (formula,)
    return tuple(negation(part) for part in formula.parts) if formula.negated else formula.parts


def always(formula: Formula) -> bool | None:
    """Whether a formula holds for everybody or for nobody; None if it depends."""
    if isinstance(formula, Leaf) and formula.column is None and isinstance(formula.predicate, exp.Boolean):
        return bool(formula.predicate.this) != formula.negated
    return None


def expression(formula: Formula, *, negated: bool = False) -> exp.Expr:
    """Write a formula, or its negation, as a boolean expression that is never NULL."""
    negated = negated != formula.negated
    if isinstance(formula, Leaf):
        return _closed(formula, negated)
    if formula.height > TALLEST_PLAIN:
        return _along_heaviest_path(formula, negated)
    parts = [expression(part, negated=negated) for part in formula.parts]
    every = formula.every != negated
    if len(parts) <= WIDEST_PLAIN:
        return _connected(parts, every=every)
    if every:
        return exp.Case(ifs=[exp.If(this=_connected(parts, every=True), true=exp.true())], default=exp.false())
    some = [parts[start : start + WIDEST_PLAIN] for start in range(0, len(parts), WIDEST_PLAIN)]
    return exp.Case(
        ifs=[exp.If(this=_connected(each, every=False), true=exp.true()) for each in some], default=exp.false()
    )


def _along_heaviest_path(junction: Junction, negated: bool) -> exp.Expr:
    """Decide level by level: whether the light parts settle the matter, else go on to the heavy part.

    `negated` says whether the negation of the parts is asked for, the junction's own flag included.
    """
    decisions: list[exp.Expr] = []
    rest: Formula = junction
    while isinstance(rest, Junction) and rest.height > TALLEST_PLAIN:
        heavy = max(rest.parts, key=lambda part: part.size)
        every = rest.every != negated
        settled = [expression(part, negated=negated != every) for part in rest.parts if part is not heavy]
        verdict = exp.false() if every else exp.true()
        decisions.append(exp.If(this=_connected(settled, every=False), true=verdict))
        rest = heavy
        negated = negated != rest.negated
    return exp.Case(ifs=decisions, default=expression(rest, negated=negated != rest.negated))


def _connected(parts: list[exp.Expr], *, every: bool) -> exp.Expr:
    return (exp.and_ if every else exp.or_)(*parts, copy=False)


def _closed(leaf: Leaf, negated: bool) -> exp.Expr:
    if leaf.column is None:
        return _opposite(leaf.predicate) if negated else leaf.predicate
    is_null = exp.Is(this=leaf.column.copy(), expression=exp.null())
    if negated:
        return exp.or_(is_null, _opposite(leaf.predicate), copy=False)
    return exp.and_(exp.not_(is_null, copy=False), leaf.predicate, copy=False)


def _opposite(predicate: exp.Expr) -> exp.Expr:
    if isinstance(predicate, exp.EQ):
        return exp.NEQ(this=predicate.this, expression=predicate.expression)
    is_negation = isinstance(predicate, exp.Not)
    return predicate.unnest_operands()[0] if is_negation else exp.not_(predicate, copy=False)
