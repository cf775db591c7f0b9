"""A PostgreSQL database as a warehouse: models are CTEs of its own queries, and only what is asked for leaves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa
import sqlglot
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from penstock.catalog.entities import Model, Source
from penstock.catalog.relation_suggestions import ForeignKey
from penstock.engine import state_errors
from penstock.errors import ConfigurationError, PenstockError, Problem
from penstock.fields import Field
from penstock.quoting import quote_name
from penstock.warehouses.contract import MODEL_VIEW, SETTLED
from penstock.warehouses.postgres.session import Session, open_session
from penstock.warehouses.postgres.tables import Tables, foreign_keys_of, tables_of
from penstock.warehouses.postgres.types import Column, column_of
from penstock.warehouses.refusals import not_a_select, unknown_table

_ROWS = "penstock_rows"
_ARRIVED = "penstock_arrived"


class PostgresWarehouse:
    """See `Warehouse`; the session is one transaction, so that all that is read is of one moment."""

    dialect = "postgres"

    def __init__(self, connection: duckdb.DuckDBPyConnection, source: Source) -> None:
        self._engine = connection
        self._source = source
        self._session: Session = open_session(source)
        self._tables: Tables = self._looked_at()
        self._columns: dict[tuple[str | None, str | None], Sequence[Column]] = {}
        self._lent: dict[str, Model] = {}

    def tables(self) -> tuple[str, ...]:
        """Names of tables and views, those outside of the search path with their schema; sorted."""
        return self._tables.names()

    def foreign_keys(self) -> tuple[ForeignKey, ...]:
        """Those between tables that may be read."""
        return foreign_keys_of(self._session, self._tables)

    def fields(self, model: Model) -> Mapping[str, Field]:
        """Names and types of the model's fields."""
        return {column.field.name: column.field for column in self._columns_of(model)}

    def select_of(self, model: Model) -> str:
        """Return the query of all columns, each as it can be compared."""
        columns = ", ".join(column.lent() for column in self._columns_of(model))
        return f"SELECT {columns}\nFROM {self._from(model)}"

    def lend(self, model: Model, name: str = MODEL_VIEW) -> None:
        """Make the model's rows a relation of the queries to come."""
        self._columns_of(model)
        self._lent[name] = model

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Return the rows of a query over what was lent."""
        return self._session.rows(self._over(sql), self._lent.get(MODEL_VIEW))

    def settled(self, sql: str, fields: Sequence[str], *, dear: bool) -> str:  # noqa: ARG002  # it is always kept
        """Bring these fields of a query's rows into the engine, batch by batch."""
        model = self._lent[MODEL_VIEW]
        columns = self._given(sql, fields, model)
        _refuse_twins(model, columns)
        declared = ", ".join(f"{quote_name(column.field.name)} {column.stored_type}" for column in columns)
        arrived = ", ".join(column.arrived() for column in columns)
        sent = ", ".join(column.sent() for column in columns)
        query = self._over(f"SELECT {sent} FROM (\n{sql}\n) AS {_ROWS}")
        with state_errors(f"keep the rows of model `{model.name}`"):
            self._engine.execute(f"CREATE OR REPLACE TEMP TABLE {SETTLED} ({declared})")
            for batch in self._session.batches(query, model):
                self._take(f"INSERT INTO {SETTLED} SELECT {arrived} FROM {_ARRIVED}", batch)
        return f"SELECT * FROM {SETTLED}"

    def _given(self, sql: str, fields: Sequence[str], model: Model) -> Sequence[Column]:
        """Return the columns of a query's result: of fields of the model, and of computed ones."""
        known = {column.field.name: column for column in self._columns_of(model)}
        if not known.keys() >= set(fields):
            schema = self._session.columns(self._over(f"SELECT * FROM (\n{sql}\n) AS {_ROWS} LIMIT 0"), model)
            known = {field.name: column_of(field) for field in schema} | known
        return [known[name] for name in dict.fromkeys(fields)]

    def assert_unchanged(self) -> None:
        """Nothing changes within a snapshot."""

    def close(self) -> None:
        """End the transaction and the connection."""
        self._session.close()

    def _looked_at(self) -> Tables:
        try:
            return tables_of(self._session)
        except PenstockError:
            self._session.close()
            raise

    def _over(self, sql: str) -> str:
        """Put what was lent in front of a query."""
        parts = [
            f"{quote_name(name)} AS NOT MATERIALIZED (\n{self.select_of(model)}\n)"
            for name, model in self._lent.items()
        ]
        return f"WITH {', '.join(parts)}\n{sql}" if parts else sql

    def _take(self, insert: str, batch: pa.RecordBatch) -> None:
        self._engine.register(_ARRIVED, pa.Table.from_batches([batch]))
        try:
            self._engine.execute(insert)
        finally:
            self._engine.unregister(_ARRIVED)

    def _columns_of(self, model: Model) -> Sequence[Column]:
        key = (model.table, model.sql)
        if key not in self._columns:
            self._columns[key] = self._described(model)
        return self._columns[key]

    def _described(self, model: Model) -> Sequence[Column]:
        """Ask for the columns of a model, and whether they may be read."""
        if model.sql is not None:
            self._refuse_all_but_one_statement(model, model.sql)
        try:
            schema = self._session.columns(f"SELECT * FROM {self._from(model)} LIMIT 0", model)
        except ConfigurationError as error:
            # Its SQL was accepted by itself: it is something that cannot be read from.
            raise (error if model.sql is None else not_a_select(model)) from error
        _refuse_namesakes(model, schema.names)
        return [column_of(field) for field in schema]

    def _refuse_all_but_one_statement(self, model: Model, sql: str) -> None:
        """Refuse what gives no rows or is accepted together with what stands around it only."""
        try:
            gives_rows = bool(sql.strip() and self._session.schema(sql, model).names)
        except ConfigurationError as error:
            raise (not_a_select(model) if _is_several(sql) else error) from error
        if not gives_rows:
            raise not_a_select(model)

    def _from(self, model: Model) -> str:
        if model.sql is not None:
            return f"(\n{_without_end(model.sql)}\n) AS {_ROWS}"
        table = self._tables.found(model.table or "")
        if table is None:
            raise unknown_table(self._source, model, self.tables())
        return table


def _refuse_namesakes(model: Model, names: Sequence[str]) -> None:
    twice = next((name for number, name in enumerate(names) if name in names[:number]), None)
    if twice is None:
        return
    problem = Problem(
        code="model_sql",
        message=f"Model `{model.name}`: two columns of its SQL are called `{twice}`.",
        fix="Give one of them another name, as in `o.id AS order_id`.",
        location=model.location,
    )
    raise ConfigurationError.of([problem])


def _refuse_twins(model: Model, columns: Sequence[Column]) -> None:
    """The engine takes `Plan` and `plan` for the same."""
    seen: dict[str, str] = {}
    for column in columns:
        name = column.field.name
        twin = seen.setdefault(name.lower(), name)
        if twin != name:
            problem = Problem(
                code="ambiguous_fields",
                message=f"Model `{model.name}`: the names of its fields `{twin}` and `{name}` differ in case only.",
                fix="Rename one of them in the model's `sql`.",
                location=model.location,
            )
            raise ConfigurationError.of([problem])


def _without_end(sql: str) -> str:
    """SQL of one statement without the semicolons at its end and what follows them."""
    end = len(sql)
    for token in reversed(_tokens(sql)):
        if token.token_type is not TokenType.SEMICOLON:
            break
        end = token.start
    return sql[:end]


def _is_several(sql: str) -> bool:
    return any(token.token_type is TokenType.SEMICOLON for token in _tokens(_without_end(sql)))


def _tokens(sql: str) -> Sequence[Token]:
    try:
        return sqlglot.tokenize(sql, read="postgres")
    except SqlglotError:
        return ()
