"""The escape hatch: one expression in the source's own SQL, let through only if all of it is known to only read."""

from __future__ import annotations

from difflib import get_close_matches

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from penstock.catalog.conditions import Sql
from penstock.errors import Problem
from penstock.segments.formula import Formula, Leaf
from penstock.segments.rows import Rows

_REFUSED: tuple[tuple[type[exp.Expr], str], ...] = (
    (exp.Query, "a query of its own"),
    (exp.DDL, "a statement"),
    (exp.DML, "a statement"),
    (exp.Command, "a statement"),
    (exp.Anonymous, "a function that is not known here"),
    (exp.AnonymousAggFunc, "a function that is not known here"),
    (exp.UDTF, "a function that gives rows"),
    (exp.AggFunc, "a figure of several rows"),
    (exp.Window, "a figure of several rows"),
    (exp.Placeholder, "a placeholder"),
    (exp.Parameter, "a parameter"),
    (exp.SessionParameter, "a parameter"),
    (exp.Star, "`*`"),
    (exp.Rand, "chance"),
    (exp.Randn, "chance"),
    (exp.Uuid, "chance"),
    (exp.ReadCSV, "a file"),
    (exp.ReadParquet, "a file"),
)
_MORE = ("it is more than one expression", "Write what could stand behind WHERE, and nothing else.")


def sql_formula(sql: Sql, rows: Rows, dialect: str) -> Formula | Problem:
    """Return what the expression asks; unknown does not hold."""
    try:
        parsed = sqlglot.parse(f"SELECT ({sql.sql}\n)", read=dialect)
    except (SqlglotError, RecursionError) as error:
        return _problem(sql, f"it cannot be read as SQL ({_first_line(error)})", "Correct it.")
    if len(parsed) != 1 or not isinstance(parsed[0], exp.Select) or set(_given(parsed[0])) != {"expressions"}:
        return _problem(sql, *_MORE)
    found, *others = parsed[0].expressions
    if others or not isinstance(found, exp.Paren):
        return _problem(sql, *_MORE)
    for node in found.walk():
        for refused, what in _REFUSED:
            if isinstance(node, refused):
                fix = "Compute it in the model's own SQL, and ask for the field here."
                return _problem(sql, f"it has {what} (`{node.sql(dialect=dialect)[:40]}`)", fix)
    for column in found.find_all(exp.Column):
        name = column.name
        if column.table or name not in rows.shape.fields:
            near = get_close_matches(name, rows.shape.fields, n=1)
            fix = f"Did you mean `{near[0]}`?" if near else f"The fields are {', '.join(sorted(rows.shape.fields))}."
            return _problem(sql, f"`{column.sql()[:40]}` is not a field of the model", fix)
        column.replace(rows.column(name))
    boolean = exp.cast(found, "boolean")
    return Leaf(predicate=exp.Coalesce(this=boolean, expressions=[exp.false()]))


def _given(select: exp.Select) -> list[str]:
    return [name for name, value in select.args.items() if value]


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["unknown reason"])[0][:120].rstrip(".")


def _problem(sql: Sql, what: str, fix: str) -> Problem:
    return Problem(code="bad_sql", message=f"`sql: {sql.sql.strip()[:60]}`: {what}.", fix=fix, location=sql.location)
