"""PostgreSQL: texts are ordered by code points, not as a language orders them, so that a tie ends as elsewhere.

Infinity among dates and times has no year, and no number of days from another; PostgreSQL would end the query there.
"""

from __future__ import annotations

from sqlglot import exp

from penstock.segments.dialects.rewriting import Rules


def _by_code_points(node: exp.Ordered) -> exp.Expr | None:
    if not node.meta.get("of_text"):
        return None
    node.set("this", exp.Collate(this=node.this, expression=exp.to_identifier("C", quoted=True)))
    return None


def _year(node: exp.Extract) -> exp.Expr | None:
    return _if_finite(node, node.expression) if node.name.upper() == "YEAR" else None


def _days(node: exp.DateDiff) -> exp.Expr:
    return _if_finite(node, node.this, node.expression)


def _if_finite(node: exp.Expr, *times: exp.Expr) -> exp.Expr:
    finite = exp.and_(*(exp.func("ISFINITE", time.copy()) for time in times), copy=False)
    return exp.Case(ifs=[exp.If(this=finite, true=node.copy())])


POSTGRES: Rules = {exp.Ordered: _by_code_points, exp.Extract: _year, exp.DateDiff: _days}
