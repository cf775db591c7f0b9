"""The escape hatch: one expression in the source's own SQL, let through only if all of it is known to only read.

What is run is what was understood, written anew: never the text as it was given.
"""

from __future__ import annotations

from difflib import get_close_matches

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, ParseError, SqlglotError

from penstock.catalog.conditions import Sql
from penstock.errors import Problem
from penstock.segments.calendar import Calendar
from penstock.segments.formula import Formula, Leaf
from penstock.segments.operands import has_unstorable
from penstock.segments.rows import Rows
from penstock.segments.sql_vocabulary import KNOWN, KNOWN_TYPES, what_it_is

LONGEST_SQL = 20_000
"""Characters of one expression."""
_MORE = ("it is not one expression", "Write what could stand behind WHERE, and nothing else.")
_ELSEWHERE = "Compute it in the model's own SQL, and ask for the field here."


def sql_formula(sql: Sql, rows: Rows, dialect: str, calendar: Calendar) -> Formula | Problem:
    """Return what the expression asks; unknown does not hold."""
    if len(sql.sql) > LONGEST_SQL:
        return _problem(sql, f"it is longer than {LONGEST_SQL:,} characters", _ELSEWHERE)
    if has_unstorable(sql.sql):
        return _problem(sql, "it has a character that no source can hold", "Remove that character.")
    try:
        found = _only_expression(sql.sql, dialect)
        if found is not None and (refused := _refused(found)) is None:
            found = _settled(found, dialect)
            refused = None if found is None else _refused(found)
    except RecursionError:
        return _problem(sql, "it is nested too deeply", "Make it simpler.")
    except SqlglotError as error:
        return _problem(sql, f"it cannot be read as SQL{_near(error)}", "Correct it.")
    if found is None:
        return _problem(sql, *_MORE)
    if refused is not None:
        shown = refused.sql(dialect=dialect, unsupported_level=ErrorLevel.IGNORE)[:40]
        return _problem(sql, f"it has {what_it_is(refused)} (`{shown}`)", _ELSEWHERE)
    for column in list(found.find_all(exp.Column)):
        name = column.name
        if column.table or name not in rows.fields:
            near = get_close_matches(name, rows.fields, n=1)
            fix = f"Did you mean `{near[0]}`?" if near else f"The fields are {', '.join(sorted(rows.fields))}."
            return _problem(sql, f"`{column.sql()[:40]}` is not a field of the model", fix)
        column.replace(rows.column(name))
    boolean = exp.cast(_at_the_time(found, calendar), "boolean")
    return Leaf(predicate=exp.Coalesce(this=boolean, expressions=[exp.false()]))


def _only_expression(text: str, dialect: str) -> exp.Paren | None:
    """Return what stands between parentheses of ours; None if the text breaks out of them."""
    parsed = sqlglot.parse(f"SELECT ({text}\n)", read=dialect)
    if len(parsed) != 1 or not isinstance(parsed[0], exp.Select):
        return None
    given = {name for name, value in parsed[0].args.items() if value}
    expressions = parsed[0].expressions
    return (
        expressions[0] if given == {"expressions"} and [type(each) for each in expressions] == [exp.Paren] else None
    )


def _refused(found: exp.Expr) -> exp.Expr | None:
    """Return the first part of an expression that is not known to only read."""
    return next((node for node in found.walk() if not _is_known(node)), None)


def _is_known(node: exp.Expr) -> bool:
    if isinstance(node, exp.DataType):
        return node.this in KNOWN_TYPES
    if isinstance(node, exp.Var):
        return node.name.isalpha() and node.name.isascii()
    return type(node) in KNOWN


def _settled(found: exp.Paren, dialect: str) -> exp.Paren | None:
    """Return what is read where the expression is written anew; None if that would be read otherwise once more."""
    again = _only_expression(_written(found, dialect), dialect)
    return again if again is not None and again == _only_expression(_written(again, dialect), dialect) else None


def _written(found: exp.Paren, dialect: str) -> str:
    inside: exp.Expr = found.this
    return inside.sql(dialect=dialect, comments=False, unsupported_level=ErrorLevel.RAISE)


def _at_the_time(found: exp.Expr, calendar: Calendar) -> exp.Expr:
    """Let `current_date` and its like be the day and time at which the run began, in the project's zone."""
    now = calendar.instant(calendar.now)
    spelled = {
        exp.CurrentDate: (calendar.today.isoformat(), "date"),
        exp.CurrentTimestamp: (now.isoformat(sep=" "), "timestamptz"),
        exp.Localtimestamp: (calendar.local(now).isoformat(sep=" "), "timestamp"),
    }
    for node in list(found.find_all(*spelled)):
        text, type_ = spelled[type(node)]
        node.replace(exp.cast(exp.Literal.string(text), type_))
    return found


def _near(error: SqlglotError) -> str:
    found = error.errors[0].get("highlight") if isinstance(error, ParseError) and error.errors else None
    return f", near `{found[:20]}`" if found and found.strip() else ""


def _problem(sql: Sql, what: str, fix: str) -> Problem:
    return Problem(code="bad_sql", message=f"`sql: {sql.sql.strip()[:60]}`: {what}.", fix=fix, location=sql.location)
