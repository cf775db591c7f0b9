"""PostgreSQL: texts are ordered by code points, not as a language orders them, so that a tie ends as elsewhere."""

from __future__ import annotations

from sqlglot import exp

from penstock.segments.dialects.rewriting import Rules


def _by_code_points(node: exp.Ordered) -> exp.Expr | None:
    if not node.meta.get("of_text"):
        return None
    node.set("this", exp.Collate(this=node.this, expression=exp.to_identifier("C", quoted=True)))
    return None


POSTGRES: Rules = {exp.Ordered: _by_code_points}
