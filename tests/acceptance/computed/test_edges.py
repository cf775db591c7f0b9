"""What stands at the edges of types, and what cannot be calculated: the same on every kind of source, and told."""

from __future__ import annotations

import json

import pytest

from tests.acceptance.cli.project import Project
from tests.acceptance.computed.shops import Shop

HEAD = """
settings: {timezone: Europe/Paris}
sources: [SOURCE]
segments: [{name: everybody, model: edges}]
models:
  - name: edges
    source: shop
    table: edges
    primary_key: id
    computed:
"""
COLUMNS = (
    "id bigint",
    "txt varchar",
    "n bigint",
    "d decimal(38, 2)",
    "f double precision",
    "day date",
    "moment timestamp with time zone",
)
ROWS = (
    ("1", "", "0", "0", "NaN", "0001-01-01", "2026-03-01 23:30:00+00"),
    ("2", "😀a e\u0301", "-5", "-2.50", "Infinity", "9999-12-31", "2024-02-29 22:59:59+00"),
    ("3", "  x ", "9223372036854775807", "2.50", "-2.5", "2024-02-29", "2024-02-29 23:00:00+00"),
    ("4", "it's", "7", "0.01", "1e300", "infinity", "-infinity"),
    ("5", None, None, None, None, None, None),
)
EXPECTED: dict[str, list[object]] = {
    "n + 1": ["1", "-4", "9223372036854775808", "8", None],
    "n * n": ["0", "25", "85070591730234615847396907784232501249", "49", None],
    "d / n": [None, "0.5", "2.710505431213761e-19", "0.0014285714285714286", None],
    "round(d)": ["0", "-3", "3", "0", None],
    "floor(d) - ceiling(d)": ["0", "-1", "-1", "-1", None],
    "-n & ''": ["0", "5", "-9223372036854775807", "-7", None],
    "join('+', txt, n, d, day)": [
        "0+0.00+0001-01-01",
        "😀a e\u0301+-5+-2.50+9999-12-31",
        "  x +9223372036854775807+2.50+2024-02-29",
        "it's+7+0.01+infinity",
        None,
    ],
    "left(txt, 1) & '|' & right(txt, 1)": ["|", "😀|\u0301", " | ", "i|s", None],
    "length(txt)": ["0", "5", "4", "4", None],
    "'[' & trim(txt) & ']'": ["[]", "[😀a e\u0301]", "[x]", "[it's]", None],
    "replace(txt, '''', '😀')": ["", "😀a e\u0301", "  x ", "it😀s", None],
    "day(moment) + 100 * month(moment)": ["302", "229", "301", None, None],
    "days_between(moment, day)": ["-739676", "2913114", "-1", None, None],
    "years_between(day, moment)": ["2025", "-7975", "0", None, None],
    "months_between(day, moment)": ["24302", "-95710", "0", None, None],
    "year(day)": ["1", "9999", "2024", None, None],
    "first_known(f, n) * 0": ["nan", "nan", "0", "0", None],
}
"""By formula the values of the rows; those of floating-point numbers as numbers."""


def told(value: object) -> object:
    """A value as text; a number is that number, however many zeros it ends with."""
    try:
        found = float(str(value))
    except ValueError:
        return value
    return "nan" if found != found else found


@pytest.fixture
def edges(project: Project, shop: Shop) -> Project:
    rows = ", ".join(
        "(" + ", ".join("NULL" if each is None else f"'{each.replace(chr(39), chr(39) * 2)}'" for each in row) + ")"
        for row in ROWS
    )
    shop.run(f"CREATE TABLE edges ({', '.join(COLUMNS)})", f"INSERT INTO edges VALUES {rows}")
    return project


def ask(project: Project, shop: Shop, *formulas: str) -> None:
    """Let the model compute these."""
    lines = [
        f"      - {{name: f{number}, formula: {json.dumps(formula, ensure_ascii=False)}}}\n"
        for number, formula in enumerate(formulas)
    ]
    project.yaml(HEAD.replace("SOURCE", shop.source) + "".join(lines))


def test_values_at_the_edges(edges: Project, shop: Shop) -> None:
    ask(edges, shop, *EXPECTED)
    sample = edges.run("segment", "everybody", "--sample", "9", "--json")
    assert sample.code == 0, sample.out + sample.err
    found = {
        formula: [told(row[f"f{number}"]) for row in sample.json["sample"]] for number, formula in enumerate(EXPECTED)
    }
    assert found == {formula: [told(value) for value in values] for formula, values in EXPECTED.items()}


@pytest.mark.parametrize("formula", ["n * n * n", "n * 99999999999999999999999999999999999999", "f * f - f"])
def test_what_does_not_fit_ends_with_a_sentence(formula: str, edges: Project, shop: Shop) -> None:
    ask(edges, shop, formula)
    asked = edges.run("segment", "everybody", "--sample", "9")
    if asked.code == 0:
        assert formula == "f * f - f"
        assert "duckdb" in shop.source, "which knows infinity where PostgreSQL knows none"
        return
    assert asked.code == 3
    assert "model `edges` failed: " in asked.err
    assert len(asked.err.splitlines()) <= 3
