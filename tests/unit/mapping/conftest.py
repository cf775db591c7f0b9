"""Values of the engine's own types on their way: source column → stored value → plan's file → JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pytest

from penstock.catalog.declaration import MatchKeySpec
from penstock.catalog.entities import FieldMapping
from penstock.engine import open_engine
from penstock.errors import Location
from penstock.fields import Field, FieldType, Kind
from penstock.mapping.conversions import NATURAL_TARGETS, Conversion, Target, json_sql
from penstock.mapping.desired import DesiredRecords, desired_sql
from penstock.mapping.mapped import MappedField
from penstock.mapping.slots import assign
from penstock.warehouses.types import field_type

IDENTIFIER = Field(name="id", type=FieldType(kind=Kind.INTEGER, sql="BIGINT"))


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a value: its JSON text (None for null), and whether it was refused."""

    text: str | None
    is_refused: bool

    @property
    def value(self) -> Any:
        """The value as a strict reader of JSON sees it."""
        assert self.text is not None
        json.loads(self.text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
        return orjson.loads(self.text)


Convert = Callable[..., Sent]


@pytest.fixture(scope="session")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = open_engine(threads=1)
    yield connection
    connection.close()


@pytest.fixture
def convert(engine: duckdb.DuckDBPyConnection, tmp_path: Path) -> Convert:
    """Convert the value of an SQL expression, through a Parquet file as a plan's is."""

    def converted(
        expression: str,
        *,
        target: Target | None = None,
        timezone: str = "UTC",
        name: str = "v",
        null_is_false: bool = False,
    ) -> Sent:
        column = name.replace('"', '""')
        engine.execute(f'CREATE OR REPLACE TEMP TABLE model AS SELECT 1::BIGINT AS id, {expression} AS "{column}"')
        type_ = field_type(engine.table("model").types[1])
        conversion = Conversion(
            source=type_, target=target or NATURAL_TARGETS[type_.kind], null_is_false=null_is_false
        )
        mapping = FieldMapping(target="v", source=name, location=Location(file=Path("a.yaml"), line=1))
        slots = assign(
            [MappedField(mapping=mapping, source=Field(name=name, type=type_), conversion=conversion)], (), 0
        )
        records = DesiredRecords(
            members="SELECT * FROM model",
            primary_key="id",
            match_field=IDENTIFIER,
            match_key=MatchKeySpec(name="email", label="E-mail", fold_case=True),
            slots=slots,
            timezone=timezone,
            instant_format="%Y-%m-%d %H:%M:%S +00:00",
        )
        path = str(tmp_path / "desired.parquet")
        engine.execute(f"COPY ({desired_sql(records)}) TO '{path}' (FORMAT parquet)")
        text = json_sql(conversion, "f0", instant_format="%Y-%m-%d %H:%M:%S +00:00")
        row = engine.execute(f"SELECT {text}, b0 FROM read_parquet('{path}')").fetchone()
        assert row is not None
        return Sent(text=row[0], is_refused=row[1] == 1)

    return converted
