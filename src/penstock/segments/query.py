"""The query of a segment: all columns of a relation, where the condition holds."""

from __future__ import annotations

from sqlglot import exp

_RELATION = "penstock_model"


def segment_query(relation: exp.Query | exp.Table, condition: exp.Expr | None) -> exp.Select:
    """Select the rows of a table, or of a model's own query, for which the condition holds; None: all rows."""
    source = relation.copy() if isinstance(relation, exp.Table) else relation.subquery(_RELATION)
    query = exp.select(exp.Star()).from_(source)
    return query if condition is None else query.where(condition)
