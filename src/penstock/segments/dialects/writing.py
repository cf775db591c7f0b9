"""Writing a finished query as text in a dialect, or saying why the dialect cannot ask it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import ErrorLevel, exp
from sqlglot.errors import UnsupportedError

from penstock.errors import ConfigurationError
from penstock.segments.dialects.names import DIALECTS
from penstock.segments.dialects.rewriting import NotInDialectError

Rewrite = Callable[[exp.Expr], exp.Expr]

_REWRITES: Mapping[str, Rewrite] = {}
"""What a dialect writes otherwise than SQLGlot would; DuckDB needs nothing, for queries are compiled in its sense."""


def written(query: exp.Query, dialect: str, *, pretty: bool = False) -> str:
    """Return the query as text. Raises ConfigurationError if it cannot be asked in the dialect."""
    rewrite = _REWRITES.get(dialect)
    try:
        tree = query if rewrite is None else rewrite(query.copy())
        return tree.sql(dialect=dialect, pretty=pretty, unsupported_level=ErrorLevel.RAISE)
    except (NotInDialectError, UnsupportedError) as error:
        raise ConfigurationError(
            f"This cannot be asked in the SQL of {DIALECTS[dialect].title}: {str(error).rstrip('.')}.",
            fix="Choose another dialect, or compute a field in the model's own SQL and ask for that.",
            code="not_in_dialect",
        ) from error
