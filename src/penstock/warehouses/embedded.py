"""A source that the embedded engine reads itself: tables and models of a DuckDB file or of a folder of files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from penstock.catalog.entities import Model, Source
from penstock.catalog.relation_suggestions import ForeignKey
from penstock.engine import first_line, state_errors
from penstock.errors import ConfigurationError, SourceError
from penstock.fields import Field
from penstock.quoting import quote_name
from penstock.warehouses.contract import MODEL_VIEW, SETTLED
from penstock.warehouses.file import SOURCE_DATABASE
from penstock.warehouses.refusals import not_a_select, sql_not_accepted, unknown_table, unreadable
from penstock.warehouses.stamps import Stamps
from penstock.warehouses.types import field_type


class EmbeddedWarehouse:
    """See `Warehouse`; the source is attached to the connection as SOURCE_DATABASE."""

    dialect = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection, source: Source, stamps: Stamps) -> None:
        self._connection = connection
        self._source = source
        self._stamps = stamps

    def tables(self) -> tuple[str, ...]:
        """Names of tables and views in the source's default schema, sorted."""
        rows = self._connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_catalog = ? AND table_schema = 'main'"
            " ORDER BY table_name",
            [SOURCE_DATABASE],
        ).fetchall()
        return tuple(str(name) for (name,) in rows)

    def foreign_keys(self) -> tuple[ForeignKey, ...]:
        """Those of a database file; files declare none."""
        rows = self._connection.execute(
            "SELECT table_name, constraint_column_names, referenced_table, referenced_column_names"
            " FROM duckdb_constraints() WHERE database_name = ? AND schema_name = 'main'"
            " AND constraint_type = 'FOREIGN KEY' ORDER BY table_name, constraint_index",
            [SOURCE_DATABASE],
        ).fetchall()
        return tuple(
            ForeignKey(table=table, columns=tuple(columns), other=other, other_columns=tuple(other_columns))
            for table, columns, other, other_columns in rows
        )

    def fields(self, model: Model) -> Mapping[str, Field]:
        """Names and types of the model's fields."""
        try:
            relation = self._connection.sql(f"SELECT * FROM {self._from(model)} LIMIT 0")
        except duckdb.Error as error:
            raise self._unreadable(model, error) from error
        return {
            name: Field(name=name, type=field_type(type_))
            for name, type_ in zip(relation.columns, relation.types, strict=True)
        }

    def select_of(self, model: Model) -> str | None:
        """Return the model's own SQL."""
        return None if model.sql is None else _without_end(model.sql).strip()

    def lend(self, model: Model, name: str = MODEL_VIEW) -> None:
        """Stand the model up as a relation; the result of SQL is kept, for it might differ at a second reading."""
        kept = model.sql is not None or self._is_csv(model)
        what = "TEMP TABLE" if kept else "TEMP VIEW"
        try:
            with state_errors(f"keep the rows of model `{model.name}`"):
                self._connection.execute(
                    f"CREATE OR REPLACE {what} {quote_name(name)} AS SELECT * FROM {self._from(model)}"
                )
        except duckdb.Error as error:
            raise self._unreadable(model, error) from error

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Return the rows of a query over what was lent, which stands in the engine."""
        return self._connection.execute(sql).fetchall()

    def settled(self, sql: str, fields: Sequence[str], *, dear: bool) -> str:
        """Return the query itself, unless it is dear: then its rows are kept."""
        if not dear:
            return sql
        columns = ", ".join(quote_name(name) for name in dict.fromkeys(fields))
        with state_errors("keep the members of the segment"):
            self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {SETTLED} AS SELECT {columns} FROM ({sql})")
        return f"SELECT * FROM {SETTLED}"

    def assert_unchanged(self) -> None:
        """Raise SourceError if a file was replaced since it was opened."""
        if changed := self._stamps.changed():
            raise SourceError(
                f"Source `{self._source.name}`: {changed[0].name} was changed while it was being read.",
                fix="Run again once whatever writes it has finished; nothing was sent.",
                code="source_changed",
            )

    def close(self) -> None:
        """Detach the source."""
        self._connection.execute("USE memory")
        self._connection.execute(f"DETACH {SOURCE_DATABASE}")

    def _qualified(self, table: str) -> str:
        """The table of that very name, else one of another schema, written `schema.table`."""
        parts = table.split(".")
        own = len(parts) != 2 or table.lower() in {name.lower() for name in self.tables()}
        return ".".join(quote_name(part) for part in (["main", table] if own else parts))

    def _is_csv(self, model: Model) -> bool:
        return any(
            path.suffix.lower() == ".csv" and path.stem.lower() == (model.table or "").lower()
            for path, _ in self._stamps.marks
        )

    def _from(self, model: Model) -> str:
        if model.sql is not None:
            self._refuse_all_but_one_select(model, model.sql)
            return f"(\n{_without_end(model.sql)}\n)"
        return f"{SOURCE_DATABASE}.{self._qualified(model.table or '')}"

    def _refuse_all_but_one_select(self, model: Model, sql: str) -> None:
        try:
            statements = self._connection.extract_statements(sql)
        except duckdb.Error as error:
            raise self._unreadable(model, error) from error
        if len(statements) == 1 and statements[0].type == duckdb.StatementType.SELECT:
            return
        raise not_a_select(model)

    def _unreadable(self, model: Model, error: duckdb.Error) -> ConfigurationError | SourceError:
        reason = first_line(str(error))
        if isinstance(error, duckdb.CatalogException) and model.table is not None:
            return unknown_table(self._source, model, self.tables())
        if isinstance(error, (duckdb.CatalogException, duckdb.BinderException, duckdb.ParserException)):
            return sql_not_accepted(model, reason)
        return unreadable(f"Source `{self._source.name}`: reading model `{model.name}` failed: {reason}")


def _without_end(sql: str) -> str:
    """SQL of one statement without the semicolon at its end and what follows."""
    text = sql.encode()
    end = len(text)
    for position, kind in reversed(duckdb.tokenize(sql)):
        if text[position : position + 1] == b";" and kind == duckdb.token_type.operator:
            end = position
        elif kind != duckdb.token_type.comment:
            break
    return text[:end].decode()
