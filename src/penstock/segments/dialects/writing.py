"""Writing a finished query as text in a dialect, or saying why the dialect cannot ask it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import ErrorLevel, exp
from sqlglot.errors import UnsupportedError

from penstock.errors import ConfigurationError
from penstock.segments.dialects import clickhouse, tsql
from penstock.segments.dialects.cloud import BIGQUERY, DATABRICKS, REDSHIFT, SNOWFLAKE, TRINO, in_capitals
from penstock.segments.dialects.mysql import MYSQL
from penstock.segments.dialects.names import DIALECTS
from penstock.segments.dialects.postgres import POSTGRES
from penstock.segments.dialects.rewriting import NotInDialectError, Rules, rewritten
from penstock.segments.dialects.sqlite import SQLITE

Rewrite = Callable[[exp.Query], exp.Query]


def _by(rules: Rules) -> Rewrite:
    return lambda tree: rewritten(tree, rules)


_REWRITES: Mapping[str, Rewrite] = {
    "postgres": _by(POSTGRES),
    "snowflake": _by(SNOWFLAKE),
    "bigquery": _by(BIGQUERY),
    "redshift": _by(REDSHIFT),
    "databricks": _by(DATABRICKS),
    "clickhouse": clickhouse.rewrite,
    "trino": _by(TRINO),
    "mysql": _by(MYSQL),
    "tsql": tsql.rewrite,
    "sqlite": _by(SQLITE),
}
"""What a dialect writes otherwise than SQLGlot would; DuckDB needs nothing, for queries are compiled in its sense."""


_RENAMES: Mapping[str, Callable[[exp.Query], None]] = {"snowflake": in_capitals}
"""What becomes of names that are not the dialect's own."""
_ADD_UP_IN_ORDER = frozenset({"duckdb", "postgres"})
"""Whose sums and averages can be told to add up in an order."""


def written(query: exp.Query, dialect: str, *, names_of: str | None = None, pretty: bool = False) -> str:
    """Return the query as text; `names_of` is the dialect of the names in it, by default the same.

    Raises ConfigurationError if it cannot be asked in the dialect.
    """
    rewrite = _REWRITES.get(dialect)
    try:
        tree = query if rewrite is None else rewrite(query.copy())
        if dialect not in _ADD_UP_IN_ORDER:
            _in_any_order(tree)
        if names_of not in {None, dialect} and dialect in _RENAMES:
            _RENAMES[dialect](tree)
        return tree.sql(dialect=dialect, pretty=pretty, unsupported_level=ErrorLevel.RAISE)
    except (NotInDialectError, UnsupportedError) as error:
        raise ConfigurationError(
            f"This cannot be asked in the SQL of {DIALECTS[dialect].title}: {str(error).rstrip('.')}.",
            fix="Choose another dialect, or compute a field in the model's own SQL and ask for that.",
            code="not_in_dialect",
        ) from error


def _in_any_order(tree: exp.Query) -> None:
    """Let sums and averages add up as the engine likes, which can make the last digit of a floating one differ."""
    for order in list(tree.find_all(exp.Order)):
        if isinstance(order.parent, exp.AggFunc):
            order.replace(order.this)
