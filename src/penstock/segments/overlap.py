"""The query that tells how much two segments of one model have in common."""

from __future__ import annotations

from sqlglot import exp

_KEY, _FIRST, _SECOND = "penstock_key", "penstock_first", "penstock_second"


def overlap_query(first: exp.Select, second: exp.Select, key: str) -> exp.Select:
    """Return SELECT of whether keys are in the first (1 or 0), in the second, and how many; none may be null.

    Both are queries of the members that have the key alone.
    """
    both = exp.union(_marked(first, key, 1, 0), _marked(second, key, 0, 1), distinct=False)
    flags = [exp.alias_(exp.Max(this=_column(name)), name, quoted=True) for name in (_FIRST, _SECOND)]
    by_key = exp.select(*flags).from_(both.subquery(_quoted("penstock_both"))).group_by(_column(_KEY))
    return (
        exp.select(_column(_FIRST), _column(_SECOND), exp.Count(this=exp.Star()))
        .from_(by_key.subquery(_quoted("penstock_keys")))
        .group_by(_column(_FIRST), _column(_SECOND))
    )


def _marked(members: exp.Select, key: str, first: int, second: int) -> exp.Select:
    column = exp.column(key, quoted=True)
    return (
        exp.select(
            exp.alias_(column, _KEY, quoted=True),
            exp.alias_(exp.Literal.number(first), _FIRST, quoted=True),
            exp.alias_(exp.Literal.number(second), _SECOND, quoted=True),
        )
        .from_(members.subquery(_quoted("penstock_members")))
        .where(exp.not_(exp.Is(this=column.copy(), expression=exp.null())))
    )


def _column(name: str) -> exp.Column:
    return exp.column(name, quoted=True)


def _quoted(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)
