"""Looking at segments where the data is: by the values of a field, and beside one another."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from penstock.cli.command_line import run
from tests.acceptance.cli.project import Result
from tests.postgres import Database

YAML = """\
models:
  - name: people
    source: shop
    table: people
    kind: users
    primary_key: id
    computed:
      - {name: double_age, formula: age * 2}
  - {name: others, source: shop, table: people, kind: users, primary_key: id}
segments:
  - {name: everybody, model: people, where: {all: []}}
  - {name: vips, model: people, where: {field: vip, is: true}}
  - {name: oldest, model: people, where: {field: vip, is: true}, top: {number: 10, by: age}}
  - {name: young, model: people, where: {field: age, less_than: 20}}
  - {name: nobody, model: people, where: {field: age, less_than: 0}}
  - {name: elsewhere, model: others, where: {field: vip, is: true}}
settings: {timezone: Europe/Paris}
"""
CITIES = ("Paris", "paris", "Oslo", "", "7", None)


def _people() -> pa.Table:
    numbers = range(400)
    return pa.table(
        {
            "id": pa.array(numbers, pa.int64()),
            "city": pa.array([CITIES[n % 6] for n in numbers], pa.string()),
            "name": pa.array([f"Name {n % 25:02}" if n < 390 else None for n in numbers], pa.string()),
            "vip": pa.array([[True, False, None][n % 3] for n in numbers], pa.bool_()),
            "age": pa.array([n % 80 for n in numbers], pa.int32()),
            "amount": pa.array([Decimal(n) / 4 if n else Decimal(999999) for n in numbers], pa.decimal128(12, 2)),
            "score": pa.array([float("nan"), float("inf"), None, *(n / 1000 for n in range(397))], pa.float64()),
            "born": pa.array([date(2020, 1, 1) + timedelta(days=3 * n) for n in numbers], pa.date32()),
            "seen": pa.array(
                [datetime(2024, 10, 26, 21, tzinfo=UTC) + timedelta(minutes=15 * n) for n in numbers],
                pa.timestamp("us", "UTC"),
            ),
            "tags": pa.array(
                [None if n % 4 == 0 else [] if n % 4 == 1 else ["a", "a", None, f"t{n % 3}"] for n in numbers],
                pa.list_(pa.string()),
            ),
        }
    )


@pytest.fixture(params=["duckdb", "files", "postgres"])
def give(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Callable[..., Result]:
    """Gives commands in a project of 400 people, kept in each kind of source."""
    people = _people()
    if request.param == "postgres":
        database: Database = request.getfixturevalue("database")
        database.load("people", people)
        source = "{name: shop, type: postgres, url: '${SHOP_URL}'}"
        monkeypatch.setenv("SHOP_URL", database.url())
    elif request.param == "duckdb":
        with duckdb.connect(str(tmp_path / "shop.duckdb")) as connection:
            connection.register("given", people)
            connection.execute("CREATE TABLE people AS SELECT * FROM given")
        source = "{name: shop, type: duckdb, path: shop.duckdb}"
    else:
        (tmp_path / "data").mkdir()
        pq.write_table(people, tmp_path / "data/people.parquet")
        source = "{name: shop, type: files, path: data/}"
    (tmp_path / "penstock.yaml").write_text(f"sources: [{source}]\n{YAML}")
    monkeypatch.chdir(tmp_path)

    def given(*arguments: str) -> Result:
        capfd.readouterr()
        code = run(list(arguments))
        said = capfd.readouterr()
        assert "Traceback" not in said.out + said.err
        return Result(code=code, out=said.out, err=said.err)

    return given


@pytest.fixture
def by(give: Callable[..., Result]) -> Callable[..., Any]:
    """Breaks a segment down."""

    def broken_down(field: str, segment: str = "everybody") -> Any:
        result = give("segment", segment, "--breakdown", field, "--json")
        assert result.code == 0, result.err
        found = result.json["breakdown"]
        assert found["field"] == field
        return found

    return broken_down


def _counts(found: Any, key: str = "value") -> list[tuple[Any, int]]:
    return [(group[key], group["records"]) for group in found["groups"]]


def test_by_few_values(by: Callable[..., Any]) -> None:
    cities = by("city")
    assert _counts(cities) == [("", 67), ("Oslo", 67), ("Paris", 67), ("paris", 67), ("7", 66)]
    assert (cities["members"], cities["no_value"], cities["others"]) == (400, 66, None)
    assert cities["groups"][0]["share"] == 0.1675
    assert _counts(by("vip")) == [(True, 134), (False, 133)]
    assert by("vip")["no_value"] == 133


def test_the_commonest_of_many_values(by: Callable[..., Any]) -> None:
    names = by("name")
    assert _counts(names) == [(f"Name {n:02}", 16) for n in range(15)] + [(f"Name {n:02}", 15) for n in range(15, 20)]
    assert names["others"] == {"values": 5, "records": 75}
    assert names["no_value"] == 10
    assert sum(records for _, records in _counts(names)) + 75 + 10 == names["members"] == 400


def test_numbers_by_ranges(by: Callable[..., Any]) -> None:
    ages = by("age")
    assert _counts(ages, "range") == [(f"{n} to {n + 9}", 50) for n in range(0, 80, 10)]
    assert ages["groups"][1] | {"records": 0, "share": 0} == {
        "range": "10 to 19", "from": "10", "below": "20", "records": 0, "share": 0,
    }  # fmt: skip
    amounts = by("amount")
    assert _counts(amounts, "range")[0] == ("0 to below 10", 39)
    assert _counts(amounts, "range")[-1] == ("100 and above", 1)
    assert sum(records for _, records in _counts(amounts, "range")) == 400
    scores = by("score")
    assert scores["groups"][0] == {"value": "NaN", "records": 1, "share": 0.0025}
    assert scores["groups"][1] | {"share": 0} == {
        "range": "0 to below 0.05", "from": "0", "below": "0.05", "records": 50, "share": 0,
    }  # fmt: skip
    assert scores["groups"][-1] == {
        "range": "0.4 and above",
        "from": "0.4",
        "below": None,
        "records": 1,
        "share": 0.0025,
    }
    assert scores["no_value"] == 1
    assert sum(group["records"] for group in scores["groups"]) == 399
    assert _counts(by("double_age", "young"), "value")[0] == ("0", 5)


def test_times_by_ranges(by: Callable[..., Any]) -> None:
    born = _counts(by("born"), "range")
    assert born[:2] == [("2020 Q1", 31), ("2020 Q2", 30)]
    assert sum(records for _, records in born) == 400
    # Days of the project's zone; the 27th has 25 hours there.
    assert _counts(by("seen"), "range") == [
        ("2024-10-26", 4), ("2024-10-27", 100), ("2024-10-28", 96), ("2024-10-29", 96), ("2024-10-30", 96),
        ("2024-10-31", 8),
    ]  # fmt: skip


def test_lists_by_element(by: Callable[..., Any]) -> None:
    tags = by("tags")
    assert _counts(tags)[0] == ("a", 200)
    assert {name for name, _ in _counts(tags)} == {"a", "t0", "t1", "t2"}
    assert (tags["members"], tags["no_value"], tags["others"]) == (400, 200, None)


def test_nobody(give: Callable[..., Result], by: Callable[..., Any]) -> None:
    found = by("age", "nobody")
    assert (found["members"], found["groups"], found["no_value"]) == (0, [], 0)
    assert "There is no record in the segment." in give("segment", "nobody", "--breakdown", "tags").out


def test_pages(give: Callable[..., Result]) -> None:
    page = give("segment", "everybody", "--breakdown", "city").out
    assert page == (
        "everybody · by city\n\n"
        "city      Records  Share\n"
        '""             67  16.8%\n'
        "Oslo           67  16.8%\n"
        "Paris          67  16.8%\n"
        "paris          67  16.8%\n"
        '"7"            66  16.5%\n'
        "no value       66  16.5%\n"
        "\n400 records\n"
    )
    assert "5 other values       75  18.8%" in give("segment", "everybody", "--breakdown", "name").out


def test_fields_that_do_not_break_down(give: Callable[..., Result]) -> None:
    result = give("segment", "everybody", "--breakdown", "agee", "--json")
    assert (result.code, result.json["error"]["code"]) == (2, "unknown_field")
    assert "Did you mean `age`?" in result.json["error"]["message"]


def test_overlap(give: Callable[..., Result]) -> None:
    result = give("segment", "vips", "--overlap", "young", "--overlap", "oldest", "--overlap", "nobody", "--json")
    vips = {n for n in range(400) if n % 3 == 0}
    young = {n for n in range(400) if n % 80 < 20}
    assert result.json == {
        "segment": "vips",
        "overlap": [
            {
                "with": "young",
                "both": len(vips & young),
                "only_here": len(vips - young),
                "only_there": len(young - vips),
            },
            {"with": "oldest", "both": 10, "only_here": 124, "only_there": 0},
            {"with": "nobody", "both": 0, "only_here": 134, "only_there": 0},
        ],
    }
    assert give("segment", "vips", "--overlap", "oldest").out == (
        "vips and oldest\n\n"
        "                Records  of vips  of oldest\n"
        "in both              10     7.5%     100.0%\n"
        "only in vips        124    92.5%\n"
        "only in oldest        0                0.0%\n"
    )


def test_overlap_with_another_model(give: Callable[..., Result]) -> None:
    result = give("segment", "vips", "--overlap", "elsewhere", "--json")
    assert (result.code, result.json["error"]["code"]) == (2, "segment_of_another_model")
    assert "`everybody`, `oldest`, `young`, `nobody`" in result.json["error"]["fix"]
