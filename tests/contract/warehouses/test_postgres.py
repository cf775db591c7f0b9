"""A PostgreSQL database as a source: its types, its tables, one moment for all that is read, and what goes wrong."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import duckdb
import pytest

from penstock.catalog.entities import Source
from penstock.errors import PenstockError
from penstock.warehouses.contract import MODEL_VIEW, Warehouse
from penstock.warehouses.registry import open_warehouse
from tests.contract.warehouses.conftest import HERE, model, rows_of
from tests.postgres import PASSWORD, Database, Server

Open = Callable[..., Warehouse]


@pytest.fixture
def open_(engine: duckdb.DuckDBPyConnection, database: Database) -> Iterator[Open]:
    """Opens the database, as the user and with the parameters given."""
    opened: list[Warehouse] = []

    def open_it(**url: str) -> Warehouse:
        opened.append(open_warehouse(engine, source_of(database, **url)))
        return opened[-1]

    yield open_it
    for each in opened:
        each.close()


def source_of(database: Database, **url: str) -> Source:
    return Source(name="shop", type="postgres", url=database.url(**url), location=HERE)


@contextmanager
def refused(code: str, exit_code: int = 3) -> Iterator[Callable[[], PenstockError]]:
    """What is done ends with that error, which says in one line what to do, and no password."""
    with pytest.raises(PenstockError) as caught:
        yield lambda: caught.value
    error = caught.value
    assert (error.code, error.exit_code) == (code, exit_code), error.message
    assert error.fix
    for secret in ("secret", PASSWORD, "p%40ss", "rd%41"):
        assert secret not in error.message + error.fix
    assert "\n" not in error.message
    assert "SQLSTATE" not in error.message


# --- types ----------------------------------------------------------------------------------------------------

ARRIVES: dict[str, tuple[str, str, str | None]] = {
    "true": ("boolean", "boolean", "true"),
    "(-32768)::int2": ("integer", "integer", "-32768"),
    "9007199254740993::int8": ("integer", "integer", "9007199254740993"),
    "4000000000::oid": ("integer", "integer", "4000000000"),
    "0.1::float4": ("float", "float", "0.1"),
    "'NaN'::float8": ("float", "float", "nan"),
    "'-Infinity'::float8": ("float", "float", "-inf"),
    "12.30::numeric(10,2)": ("decimal", "decimal", "12.30"),
    "12345678901234567890.123456789012345678::numeric(38,18)": (
        "decimal",
        "decimal",
        "12345678901234567890.123456789012345678",
    ),
    "12345::numeric(5,-2)": ("decimal", "decimal", "12300"),
    "0.0012::numeric(2,4)": ("decimal", "decimal", "0.0012"),
    "0.1::numeric": ("float", "float", "0.1"),
    "'Infinity'::numeric": ("float", "float", "inf"),
    "'NaN'::numeric": ("float", "float", "nan"),
    "9007199254740992::numeric": ("float", "float", "9007199254740992.0"),
    "1.5::numeric(40,2)": ("float", "float", "1.5"),
    "1.5::positive": ("decimal", "decimal", "1.500"),
    "'Zoé 👋'::text": ("text", "text", "Zoé 👋"),
    "''::text": ("text", "text", ""),
    "'ab'::char(5)": ("text", "text", "ab"),
    "'ok'::mood": ("text", "text", "ok"),
    "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid": ("text", "text", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
    "'10.0.0.1'::inet": ("text", "text", "10.0.0.1/32"),
    "'10:11:12.5'::time": ("text", "text", "10:11:12.5"),
    "'10:11:12+02'::timetz": ("text", "text", "10:11:12+02"),
    "'a'::name": ("text", "text", "a"),
    "NULL": ("text", "text", None),
    '\'{"b": 1.10, "a": []}\'::json': ("json", "json", '{"b": 1.10, "a": []}'),
    "'[1]'::jsonb": ("json", "json", "[1]"),
    "'2024-02-29'::date": ("date", "date", "2024-02-29"),
    "'infinity'::date": ("date", "date", "infinity"),
    "'-infinity'::date": ("date", "date", "-infinity"),
    "'0044-03-15 BC'::date": ("date", "date", "0044-03-15 (BC)"),
    "'4714-11-24 BC'::date": ("date", "date", "4714-11-24 (BC)"),
    "'5874897-12-31'::date": ("date", "date", "5874897-12-31"),
    "'2024-06-01 10:00:00.123456'::timestamp": ("timestamp", "timestamp", "2024-06-01 10:00:00.123456"),
    "'infinity'::timestamp": ("timestamp", "timestamp", "infinity"),
    "'-infinity'::timestamp": ("timestamp", "timestamp", "-infinity"),
    "'294276-12-31'::timestamp": ("timestamp", "timestamp", "infinity"),
    "'10000-01-01'::timestamp": ("timestamp", "timestamp", "10000-01-01 00:00:00"),
    "'2024-06-01 10:00:00+02'::timestamptz": ("instant", "instant", "2024-06-01 08:00:00+00"),
    "'-infinity'::timestamptz": ("instant", "instant", "-infinity"),
    "'4714-11-24 00:00 BC'::timestamptz": ("instant", "instant", "4714-11-24 (BC) 00:00:00+00"),
    "ARRAY[1, NULL]": ("list", "list of integer", "[1, NULL]"),
    "'{}'::int[]": ("list", "list of integer", "[]"),
    "NULL::text[]": ("list", "list of text", None),
    "'[2:3]={1,2}'::int[]": ("list", "list of integer", "[1, 2]"),
    "ARRAY[[1, 2], [3, 4]]": ("list", "list of integer", "[1, 2, 3, 4]"),
    "ARRAY['b c', NULL, '']": ("list", "list of text", "[b c, NULL, '']"),
    "ARRAY['ok'::mood]": ("list", "list of text", "[ok]"),
    "ARRAY[1.10, 'NaN']::numeric(10,2)[]": ("list", "list of float", "[1.1, nan]"),
    "ARRAY['2024-01-01', 'infinity']::date[]": ("list", "list of date", "[2024-01-01, infinity]"),
    "'1 day'::interval": ("unsupported", "interval", "1 day"),
    "'12.34'::money": ("unsupported", "money", "$12.34"),
    "'\\xdead'::bytea": ("unsupported", "bytea", "\\xdead"),
    "'[1,3)'::int4range": ("unsupported", "another type", "[1,3)"),
    "ROW(1, 'a')": ("unsupported", "record", "(1,a)"),
    "ARRAY['{}'::jsonb]": ("unsupported", "json[]", '{"{}"}'),
}


@pytest.mark.parametrize("expression", ARRIVES)
def test_a_value_arrives_as_it_is(
    expression: str, open_: Open, engine: duckdb.DuckDBPyConnection, database: Database
) -> None:
    database.run("CREATE TYPE mood AS ENUM ('sad', 'ok')", "CREATE DOMAIN positive AS numeric(8,3) CHECK (value > 0)")
    warehouse = open_()
    kind, told, text = ARRIVES[expression]
    given = model(sql=f"SELECT {expression} AS v")
    type_ = warehouse.fields(given)["v"].type
    assert (type_.kind, str(type_)) == (kind, told)
    warehouse.lend(given)
    settled = warehouse.settled(f"SELECT * FROM {MODEL_VIEW}", ["v"], dear=False)
    assert engine.execute(f"SELECT CAST(v AS VARCHAR) FROM ({settled})").fetchall() == [(text,)]


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("9007199254740993::numeric", "column `v` holds a whole number that is too long to be kept exactly"),
        ("10::numeric ^ 40 + 1", "column `v` holds a whole number"),
        ("ARRAY[9007199254740993]::numeric[]", "column `v` holds a whole number"),
        ("'NaN'::numeric(5,2)", "column `v` holds NaN"),
    ],
)
def test_a_number_that_would_be_altered_is_told(
    expression: str, told: str, open_: Open, engine: duckdb.DuckDBPyConnection
) -> None:
    warehouse = open_()
    warehouse.lend(model(sql=f"SELECT {expression} AS v"))
    with pytest.raises(duckdb.InvalidInputException, match=told):
        rows_of(warehouse, engine, "v")


def test_texts_of_any_collation_are_compared(open_: Open, database: Database) -> None:
    database.run(
        "CREATE TYPE mood AS ENUM ('sad', 'ok')",
        'CREATE TABLE t (id text COLLATE "C", other text COLLATE "POSIX", mood mood, fixed char(5), u uuid)',
        "INSERT INTO t VALUES ('É', 'É', 'ok', 'ok', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11')",
    )
    warehouse = open_()
    warehouse.lend(model("t"))
    alike = "id = other AND lower(id) = 'é' AND mood = fixed AND mood LIKE 'o%' AND lower(u) LIKE '%11'"
    assert warehouse.query(f"SELECT count(*) FROM {MODEL_VIEW} WHERE {alike}") == [(1,)]


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_texts_of_any_encoding_arrive(encoding: str, postgres: Server, engine: duckdb.DuckDBPyConnection) -> None:
    with postgres.database(f"ENCODING '{encoding}' LOCALE 'C' LOCALE_PROVIDER libc TEMPLATE template0") as database:
        database.run("CREATE TABLE t (id text)", "INSERT INTO t VALUES ('Zoé')")
        with closing(open_warehouse(engine, source_of(database))) as warehouse:
            warehouse.lend(model("t"))
            assert rows_of(warehouse, engine, "id") == [("Zoé",)]


# --- tables ---------------------------------------------------------------------------------------------------


def test_tables_of_every_sort_and_schema(open_: Open, engine: duckdb.DuckDBPyConnection, database: Database) -> None:
    database.run(
        "CREATE SCHEMA sales",
        "CREATE TABLE sales.orders AS SELECT 1 AS id",
        'CREATE TABLE "Odd.Name" AS SELECT 1 AS id',
        "CREATE VIEW v AS SELECT 1 AS id",
        "CREATE MATERIALIZED VIEW m AS SELECT 1 AS id",
        "CREATE TABLE parts (id int) PARTITION BY RANGE (id)",
        "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10)",
        "INSERT INTO parts VALUES (1)",
    )
    warehouse = open_()
    assert warehouse.tables() == ("Odd.Name", "m", "parts", "parts_1", "sales.orders", "v")
    for name in (*warehouse.tables(), "public.v", "public.Odd.Name"):
        warehouse.lend(model(name))
        assert rows_of(warehouse, engine, "id") == [(1,)], name
    for name in ("V", "orders", "sales.order", "pg_class"):
        with refused("unknown_table", 2):
            warehouse.fields(model(name))


def test_the_users_search_path_holds(open_: Open, engine: duckdb.DuckDBPyConnection, database: Database) -> None:
    database.run(
        "CREATE SCHEMA sales",
        "CREATE TABLE sales.t AS SELECT 'sales' AS id",
        "CREATE TABLE t AS SELECT 'public' AS id",
    )
    warehouse = open_(parameters="?options=-csearch_path%3Dsales")
    assert warehouse.tables() == ("public.t", "t")
    warehouse.lend(model("t"))
    assert rows_of(warehouse, engine, "id") == [("sales",)]


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("WITH gone AS (DELETE FROM t RETURNING id) SELECT * FROM gone", "model_sql_not_select"),
        ("SELECT id INTO other FROM t", "model_sql_not_select"),
        ("SELECT id FROM t FOR UPDATE", "model_sql_not_select"),
        ("SELECT nextval('s') AS id", "model_sql_not_select"),
        ("SHOW server_version", "model_sql_not_select"),
        ("EXPLAIN SELECT id FROM t", "model_sql_not_select"),
        ("SELECT id FROM t; DELETE FROM t", "model_sql_not_select"),
        ("SELECT 1 AS a, 2 AS a", "model_sql"),
        ("SELECT id FROM t WHERE id = nope(id)", "model_sql"),
    ],
)
def test_sql_that_does_more_than_select_is_refused(
    sql: str, code: str, open_: Open, engine: duckdb.DuckDBPyConnection, database: Database
) -> None:
    database.run("CREATE TABLE t AS SELECT 1 AS id", "CREATE SEQUENCE s")
    warehouse = open_()

    def read() -> None:
        warehouse.lend(model(sql=sql))
        rows_of(warehouse, engine, "id")

    with refused(code, 2):
        read()
    assert database.rows("SELECT id FROM t") == [(1,)]


def test_fields_whose_names_differ_in_case_only(
    open_: Open, engine: duckdb.DuckDBPyConnection, database: Database
) -> None:
    database.run('CREATE TABLE t AS SELECT 1 AS plan, 2 AS "Plan"')
    warehouse = open_()
    warehouse.lend(model("t"))
    assert rows_of(warehouse, engine, "Plan") == [(2,)]
    with refused("ambiguous_fields", 2):
        rows_of(warehouse, engine, "Plan", "plan")


# --- one moment, and no more than is needed -------------------------------------------------------------------


def test_all_that_is_read_is_of_one_moment(
    open_: Open, engine: duckdb.DuckDBPyConnection, database: Database
) -> None:
    database.run("CREATE TABLE t AS SELECT 1 AS id", "CREATE TABLE u AS SELECT 1 AS id")
    warehouse = open_()
    warehouse.lend(model("t"))
    database.run("INSERT INTO t VALUES (2)", "DELETE FROM u", "ALTER TABLE u ADD COLUMN late int")
    warehouse.lend(model("u"), "u")
    assert warehouse.query(f"SELECT count(*) FROM {MODEL_VIEW}") == [(1,)]
    assert rows_of(warehouse, engine, "id") == [(1,)]
    warehouse.assert_unchanged()


def test_the_connection_says_who_it_is_and_reads_only(open_: Open, database: Database) -> None:
    warehouse = open_()
    names = ("application_name", "TimeZone", "transaction_isolation", "transaction_read_only")
    settings = ", ".join(f"current_setting('{name}')" for name in names)
    warehouse.lend(model(sql="SELECT 1 AS id"))
    assert warehouse.query(f"SELECT {settings}") == [("penstock", "UTC", "repeatable read", "on")]
    assert open_(parameters="?application_name=mine").query("SELECT current_setting('application_name')") == [
        ("mine",)
    ]


def test_only_the_fields_asked_for_leave_the_database(
    open_: Open, engine: duckdb.DuckDBPyConnection, database: Database
) -> None:
    """A field that cannot be read does no harm to whoever does not ask for it."""
    database.run("CREATE TABLE t AS SELECT g AS id, g - 1 AS zero FROM generate_series(1, 3) AS g")
    warehouse = open_()
    warehouse.lend(model(sql="SELECT id, 1 / zero AS broken FROM t"))
    assert rows_of(warehouse, engine, "id") == [(1,), (2,), (3,)]
    with refused("source_unreadable"):
        rows_of(warehouse, engine, "id", "broken")


def test_many_rows_arrive_in_many_batches(open_: Open, engine: duckdb.DuckDBPyConnection) -> None:
    engine.execute("SET memory_limit = '100MB'")
    warehouse = open_()
    wide = "SELECT g AS id, repeat(md5(g::text), 20) AS text FROM generate_series(1, 200000) AS g"
    warehouse.lend(model(sql=wide))
    warehouse.settled(f"SELECT * FROM {MODEL_VIEW}", ["id"], dear=False)
    assert warehouse.query(f"SELECT sum(length(text)) FROM {MODEL_VIEW}") == [(200000 * 640,)]


# --- what goes wrong ------------------------------------------------------------------------------------------


def test_credentials_that_are_refused(database: Database, engine: duckdb.DuckDBPyConnection) -> None:
    for user, password in (("postgres", "secret"), ("nobody", "secret")):
        with refused("source_denied") as error:
            open_warehouse(engine, source_of(database, user=user, password=password))
        assert "refuses the credentials" in error().message
        assert f"127.0.0.1:{database.port}/{database.name}" in error().message


def test_a_database_that_is_not_there(database: Database, engine: duckdb.DuckDBPyConnection) -> None:
    with refused("source_missing") as error:
        open_warehouse(engine, source_of(replace(database, name="nowhere")))
    assert 'database "nowhere" does not exist' in error().message
    assert "penstock.yaml:3" in error().fix


def test_a_server_that_is_not_there(database: Database, engine: duckdb.DuckDBPyConnection) -> None:
    with refused("source_unreachable") as error:
        open_warehouse(engine, source_of(replace(database, port=1)))
    assert "Connection refused" in error().message


def test_encryption_that_is_not_offered(database: Database, engine: duckdb.DuckDBPyConnection) -> None:
    with refused("source_tls"):
        open_warehouse(engine, source_of(database, parameters="?sslmode=require"))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "shop",
        "mysql://u:secret@h/x",
        "host=h password=secret",
        "postgresql://u:se@secret@h/x",
        "postgresql://u:se/secret@h/x",
        "postgresql://u:se?secret@h/x",
        "postgresql://u:se#secret@h/x",
        "postgresql://u:secret%@h/x",
        "postgresql://u:secret@h:port/x",
    ],
)
def test_a_url_that_cannot_be_one_is_not_repeated(url: str, engine: duckdb.DuckDBPyConnection) -> None:
    with refused("bad_source_url" if url else "missing_variable", 2):
        open_warehouse(engine, Source(name="shop", type="postgres", url=url, location=HERE))


def test_a_parameter_that_is_unknown(database: Database, engine: duckdb.DuckDBPyConnection) -> None:
    with refused("source_unreachable") as error:
        open_warehouse(engine, source_of(database, parameters="?bogus=1"))
    assert 'invalid URI query parameter: "bogus"' in error().message


def test_a_table_that_may_not_be_read(database: Database, engine: duckdb.DuckDBPyConnection) -> None:
    database.run("CREATE TABLE t AS SELECT 1 AS id", "CREATE ROLE reader LOGIN PASSWORD 'secret'")
    try:
        with closing(open_warehouse(engine, source_of(database, user="reader", password="secret"))) as warehouse:
            with refused("source_denied") as error:
                warehouse.fields(model("t"))
            assert "permission denied for table t" in error().message
    finally:
        database.run("DROP ROLE reader")


def test_a_query_that_takes_too_long(open_: Open) -> None:
    warehouse = open_(parameters="?options=-cstatement_timeout%3D50")
    warehouse.lend(model(sql="SELECT 1 AS id"))
    with refused("source_timeout"):
        warehouse.query(f"SELECT pg_sleep(60) FROM {MODEL_VIEW}")


@pytest.mark.parametrize("before", ["the first row", "the last row"])
def test_a_connection_that_is_lost(
    before: str, open_: Open, engine: duckdb.DuckDBPyConnection, database: Database
) -> None:
    warehouse = open_()
    last = 1 if before == "the first row" else 2_000_000
    ends = "SELECT pg_terminate_backend(pg_backend_pid())"
    rows = (
        f"SELECT g AS id, CASE WHEN g = {last} THEN ({ends} WHERE g > 0) END AS e FROM generate_series(1, {last}) g"
    )
    warehouse.lend(model(sql=rows))
    with refused("source_unreachable"):
        rows_of(warehouse, engine, "id", "e")
    with refused("source_unreachable"):
        warehouse.query("SELECT 1")
    warehouse.close()


def test_what_reads_it_is_not_installed(
    database: Database, engine: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "adbc_driver_postgresql", None)
    with refused("source_extra_missing") as error:
        open_warehouse(engine, source_of(database))
    assert "pip install 'penstock[postgres]'" in error().fix


def test_a_query_that_is_not_accepted_is_not_blamed_on_the_models_sql(open_: Open) -> None:
    warehouse = open_()
    warehouse.lend(model(sql="SELECT 1 AS id"))
    with refused("source_unreadable") as error:
        warehouse.query(f"SELECT nope FROM {MODEL_VIEW}")
    assert 'column "nope" does not exist' in error().message
