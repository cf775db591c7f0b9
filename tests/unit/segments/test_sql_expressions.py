"""The escape hatch: what is let through, what is refused, and that what is run is what was read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from penstock.catalog.conditions import Condition, Sql
from penstock.errors import Problem
from penstock.fields import Field
from penstock.segments.compile import calendar_of
from penstock.segments.formula import Leaf
from penstock.segments.rows import WRONG, Rows
from penstock.segments.schema import ModelShape
from penstock.segments.sql_expressions import LONGEST_SQL, sql_formula
from tests.compiling import HERE, model_named
from tests.unit.segments.conftest import TYPES
from tests.unit.segments.engines import Engine, Row

Select = Callable[[Condition, Sequence[Row]], list[int]]
EVENING = datetime(2024, 6, 30, 22, 30, tzinfo=UTC)  # half an hour into July in Paris
DIALECTS = ("duckdb", "postgres")


def read(text: str, dialect: str) -> Leaf | Problem:
    fields = {name: Field(name=name, type=type_) for name, type_ in TYPES.items()}
    shape = ModelShape(model=model_named("people"), fields=fields, relation=exp.to_table("people"))
    rows = Rows(shape=shape, alias="people", compute=lambda *_: WRONG)
    found = sql_formula(Sql(sql=text, location=HERE), rows, dialect, calendar_of("Europe/Paris", EVENING))
    assert isinstance(found, Leaf | Problem)
    return found


def written(text: str, dialect: str = "duckdb") -> str:
    found = read(text, dialect)
    assert isinstance(found, Leaf), found
    return found.predicate.sql(dialect=dialect)


REFUSED: dict[str, list[str]] = {
    "a query of its own": [
        "(select 1) = 1",
        "age in (select 1)",
        "age = any(select 1)",
        "age = (table people)",
        "(from people) = 1",
        "(values (1)) = 1",
        "(with x as (select 1) select * from x) = 1",
        "case when age = 1 then (select 2) end = 2",
        "exists (select 1)",
        "array(select 1) is null",
        "age = 1 and exists(from read_text('/etc/passwd'))",
    ],
    "it is not one expression": [
        "age = 1) or (1 = 1",
        "age = 1), (2",
        "age = 1) as x, (2",
        "age = 1) from people where (1 = 1",
        "age = 1) union select (1",
        "age = 1) from people; drop table people; select (1",
        "1); delete from people; select (1",
        "",
    ],
    "it cannot be read as SQL": [
        "age = 1; drop table people",
        "age = 1 /* never closed",
        "name = 'never closed",
        "age = 1 limit 1",
        "age = 1 for update",
        "age filter (where true) = 1",
        "age = 1 qualify true",
        "${ENV} = 1",
        "age >",
        "{% age %}",
        ")",
    ],
    "it is nested too deeply": [
        "(" * 9_000 + "1" + ")" * 9_000,
        "(" * 9_000,
        "not " * 4_000 + "active",
        "lower(" * 2_000 + "name" + ")" * 2_000,
        "case when active then " * 500 + "1" + " end" * 500,
    ],
    "that is not known here": [
        "read_text('/etc/passwd') = 'x'",
        "read_csv('/etc/passwd') is null",
        "read_parquet('s3://bucket/key') is null",
        "parquet_scan('x') is null",
        "sniff_csv('/etc/passwd') is null",
        "getenv('HOME') = 'x'",
        "getvariable('x') = 1",
        "current_setting('data_directory') = 'x'",
        "set_config('search_path', 'x', false) = 'x'",
        "pg_read_file('/etc/passwd') = 'x'",
        "pg_ls_dir('.') is null",
        "pg_sleep(10) is null",
        "pg_terminate_backend(1)",
        "pg_advisory_lock(1) is null",
        "lo_import('/etc/passwd') > 1",
        "dblink('a', 'b') is null",
        "query_to_xml('select 1', true, true, '') is not null",
        "has_table_privilege('people', 'select')",
        "load_file('/etc/passwd') = 'x'",
        "nextval('s') > 1",
        "txid_current() > 1",
        "version() = 'x'",
        "current_user = 'x'",
        "session_user = 'x'",
        "current_database() = 'x'",
        "current_catalog = 'x'",
        "clock_timestamp() > paid_at",
        "localtime = seen_at",
        "error('x')",
        "a_macro_of_theirs(age) = 1",
        "unnest(tags) = 'a'",
        "generate_series(1, 10) is not null",
        "repeat(name, 1000000000) = 'a'",
        "rpad(name, 1000000000, 'x') = 'a'",
        "list_transform(tags, x -> x || 'a') is not null",
        "columns('a.*') is null",
        "{'a': age} is null",
        "'people'::regclass is not null",
        "cast(name as regproc) is not null",
        "name::oid > 1",
        "$$abc$$ = name",
        "$tag$abc$tag$ = name",
        "name = E'\\\\'' or 1 = 1 --'",
        "name = E'\\x27 or 1=1 --'",
        "name = U&'\\0027 or 1=1 --'",
        "name = N'a'",
        "name collate x = 'a'",
        "age := 1",
        "age as x",
        "name = 'a' \"b\"",
    ],
    "a figure of several rows": ["count(*) > 1", "sum(age) > 1", "row_number() over () = 1", "lag(age) = 1"],
    "chance": ["random() > 0.5", "gen_random_uuid()::text = name"],
    "a placeholder": ["age > ?", "age > $1", "age > :x"],
    "is not a field": [
        "agee > 1",
        "people.age > 1",
        '"people"."age" > 1',
        "age.x = 1",
        "other.people.age = 1",
        "system_user = name",
        "age in read_text",
        "аge > 1",  # a Cyrillic letter
    ],
    "longer than": ["(" * 1_000_000, "age = 1 or " * (LONGEST_SQL // 10) + "true"],
    "no source can hold": ["name = 'a\0b'", "name = '\ud800'"],
}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(("why", "text"), [(why, text) for why, texts in REFUSED.items() for text in texts])
def test_refused(why: str, text: str, dialect: str) -> None:
    found = read(text, dialect)
    assert isinstance(found, Problem)
    assert found.code == "bad_sql"
    assert why in found.message
    assert len(found.message) < 300


ALLOWED = [
    "age > 2 * coalesce(spent, 0) and not active or score is null",
    "age between 1 and 5 and age not in (2, 3) and (age, 1) = (4, 1)",
    "name like '50!%%' escape '!' or name ilike '%a_' or name similar to '(a|b)%'",
    "regexp_replace(name, '[0-9]+', '') = 'a'",
    "lower(trim(name)) || '-' || upper(left(name, 1)) = concat(right(name, 2), 'x')",
    "substring(name, 1, 2) = split_part(name, '@', 2) and length(replace(name, 'a', 'b')) = 3",
    "case when active then 1 else 0 end = nullif(abs(round(score)), 1)",
    "case name when 'a' then true end",
    "cast(name as decimal(10, 2)) > greatest(age, 1) - least(age, 2) % 3",
    "extract(year from seen_at) = 2024 and date_trunc('month', seen_at) = seen_at",
    "seen_at + interval '1 day' > seen_at - interval '2 hours'",
    "paid_at at time zone 'Europe/Paris' > seen_at",
    "born = date '2024-01-31' and seen_at < timestamp '2024-01-31 10:00:00'",
    "name is not distinct from 'a' and tags[1] = 'x' and name::json ->> 'a' = 'b'",
    "age = 1 -- a remark\n and active /* another; drop table people */",
    " or ".join(["age = 1"] * 1_000),
]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("text", ALLOWED)
def test_let_through(text: str, dialect: str) -> None:
    sql = written(text, dialect)
    assert sql.startswith("COALESCE(CAST((")
    assert sql.endswith(") AS BOOLEAN), FALSE)")
    assert not {"drop", "--", "/*"} & set(sql.split())


def test_now_is_when_the_run_began_in_the_project_s_zone() -> None:
    assert "CAST('2024-07-01' AS DATE) - INTERVAL" in written("born > current_date - interval '7 days'")
    assert "CAST('2024-06-30 22:30:00+00:00' AS TIMESTAMPTZ)" in written("paid_at > current_timestamp")
    assert "CAST('2024-07-01 00:30:00' AS TIMESTAMP)" in written("seen_at > localtimestamp")


def test_fields_are_those_of_the_model_whatever_their_case_is_quoted() -> None:
    assert '"people"."age"' in written("age = 1")
    assert '"people"."age"' in written('"age" = 1')


def test_unknown_does_not_hold(select: Select) -> None:
    rows: list[Row] = [{"age": 1}, {"age": 3}, {"age": None}]
    assert select(Sql(sql="age > 2", location=HERE), rows) == [1]
    assert select(Sql(sql="not (age > 2)", location=HERE), rows) == [0]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.text(st.sampled_from("a'\\\"%_;-*/$(){}[]\n\t`|&é漢\u202e"), max_size=12))
def test_text_stays_text(text: str, select: Select, engine: Engine) -> None:
    """Quotes are doubled, as SQL has it; nothing else in a text means anything, but a backslash to some engines."""
    rows = [{"name": name} for name in (text, text + "'", f"\\{text}", "", None, "a")]
    escaped = text.replace("\\", "\\\\") if engine.dialect == "clickhouse" else text
    literal = "'" + escaped.replace("'", "''") + "'"
    expected = [number for number, row in enumerate(rows) if row["name"] == text]
    assert select(Sql(sql=f"name = {literal}", location=HERE), rows) == expected
