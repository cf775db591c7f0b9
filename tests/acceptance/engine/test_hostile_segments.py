"""Segments that nobody writes in good faith, and names that nobody should have chosen, through the command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from penstock.cli.command_line import run

Ask = Callable[..., tuple[int, str]]
HEAD = """sources: [{name: s, type: duckdb, path: s.duckdb}]
models:
  - name: people
    source: s
    table: people
    primary_key: id
    relations:
      - {name: boss, model: people, on: {boss: id}}
      - {name: staff, model: people, many: true, on: {id: boss}}
segments:
"""
LEAF = "{field: age, is: 3}"
ODD = ['a"; DROP TABLE people; --', "a'b", "a\nb", "a\u202eb", "аge", "*", "select", "${HOME}", "a%b", "n" * 300]


@pytest.fixture
def ask(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Ask:
    """Write segments after the head of the project, count one, and return the exit code and what was said."""
    with duckdb.connect(tmp_path / "s.duckdb") as connection:
        connection.execute(
            "CREATE TABLE people AS SELECT i AS id, 'n' || (i % 5) AS name, i % 7 AS age, i % 3 AS boss"
            " FROM range(100) AS t(i)"
        )

    def asked(body: str, segment: str = "x", *arguments: str, head: str = HEAD) -> tuple[int, str]:
        (tmp_path / "penstock.yaml").write_text(head + body, encoding="utf-8")
        capfd.readouterr()
        code = run(["segment", segment, *(arguments or ("--count", "--json")), "--project", str(tmp_path)])
        said = capfd.readouterr()
        assert "does not expect" not in said.out + said.err
        assert "Traceback" not in said.out + said.err
        return code, said.out + said.err

    return asked


def segment(where: str, name: str = "x") -> str:
    return f"  - {{name: {name}, model: people, where: {where}}}\n"


def any_of(conditions: Iterable[str]) -> str:
    return segment(f"{{any: [{', '.join(conditions)}]}}")


def doubling(branch: str, levels: int) -> str:
    """Segments of which each asks twice for the next one."""
    names = ["x", *(f"s{number}" for number in range(1, levels + 1))]
    made = [segment(branch.replace("NEXT", below), name) for name, below in pairwise(names)]
    return "".join(made) + segment(LEAF, names[-1])


RIGHT: list[tuple[str, str, int]] = [
    ("deep", segment("{not: " * 498 + LEAF + "}" * 498), 14),
    ("deep, related", segment("{related: boss, where: " * 20 + "{field: age, is: 0}" + "}" * 20), 34),
    ("ten steps", segment("{related: boss.boss.boss.boss.boss.boss.boss.boss.boss.boss}"), 100),
    ("wide", segment("{any: [" + f"{LEAF}, " * 10_000 + "]}"), 14),
    ("wide, none of them the same", any_of(f"{{field: id, is: {n}}}" for n in range(50, 10_050)), 50),
    ("many related", any_of(f"{{related: boss, where: {{field: age, is: {n}}}}}" for n in range(2, 80)), 33),
    ("twice the same segment", doubling("{all: [{segment: NEXT}, {segment: NEXT}]}", 10), 14),
    ("a long value", segment("{field: name, is_not: '" + "x" * 1_000_000 + "'}"), 100),
    ("many values", segment("{field: name, is_any_of: [n1, " + ", ".join(f"v{n}" for n in range(50_000)) + "]}"), 20),
    ("an alias", segment("{any: [&a " + LEAF + ", *a, *a]}"), 14),
]
_TWICE_OVER_ROWS = "{all: [{related: boss, where: {segment: NEXT}}, {related: staff, where: {segment: NEXT}}]}"
_CHAIN = "".join(segment(f"{{segment: s{n + 1}}}", f"s{n}") for n in range(200))
_IN_A_LIST = "  - name: x\n    model: people\n    where:\n      all:\n        - &a0 {field: age, is: 3}\n"
_LAUGHS = "".join(f"        - &a{n + 1} {{all: [*a{n}, *a{n}]}}\n" for n in range(40))
REFUSED: list[tuple[str, str, str]] = [
    ("too deep", segment("{not: " * 500 + LEAF + "}" * 500), "nested more than 500 deep"),
    ("brackets", segment("[" * 100_000), "levels deep"),
    ("closed brackets", segment("[" * 20_000 + "]" * 20_000), "levels deep"),
    ("braces", segment("{not: " * 20_000 + LEAF + "}" * 20_000), "levels deep"),
    ("too deep, related", segment("{related: boss, where: " * 21 + LEAF + "}" * 21), "nested more than 20 deep"),
    (
        "far too deep, related",
        segment("{related: boss, where: " * 499 + LEAF + "}" * 499),
        "nested more than 20 deep",
    ),
    ("too deep over segments", doubling("{related: boss, where: {segment: NEXT}}", 30), "within one another"),
    ("too many related", segment("{any: [" + "{related: boss}, " * 201 + "]}"), "more than 200 conditions"),
    ("eleven steps", segment("{related: " + ".".join(["boss"] * 11) + "}"), "more than 10 steps"),
    ("too many", segment("{any: [" + f"{LEAF}, " * 50_001 + "]}"), "more than 50,000 conditions"),
    ("doubled too often", doubling("{all: [{segment: NEXT}, {segment: NEXT}]}", 30), "more than 50,000 conditions"),
    ("doubled, related", doubling(_TWICE_OVER_ROWS, 15), "more than 200 conditions"),
    ("of itself", segment("{segment: x}"), "x → x"),
    (
        "in a circle",
        segment("{segment: a}") + segment("{segment: b}", "a") + segment("{not: {segment: x}}", "b"),
        "x → a → b → x",
    ),
    (
        "in a circle over rows",
        segment("{related: boss, where: {segment: a}}") + segment("{segment: x}", "a"),
        "x → a → x",
    ),
    ("in a long circle", segment("{segment: s0}") + _CHAIN + segment("{segment: s0}", "s200"), "50 segments"),
    ("billion laughs", _IN_A_LIST + _LAUGHS, "Aliases repeat"),
    ("an alias of itself", "  - name: x\n    model: people\n    where: &w {all: [*w]}\n", "refers to the very thing"),
    ("a key twice", segment("{field: age, field: name, is: 3}"), "a second time"),
    ("a segment twice", segment(LEAF) * 2, "another segment called"),
    ("a field that is an attack", segment('{field: "a\\"; DROP TABLE people; --", is: 3}'), "has no field"),
    ("a path that is an attack", segment('{related: "boss\\"; DROP TABLE people"}'), "has no relation"),
    ("a name that is an attack", segment(LEAF, "'x\"; DROP TABLE people'"), "cannot be a name"),
    ("a name that goes backwards", segment(LEAF, '"a\\u202eb"'), "cannot be a name"),
    ("a huge number", segment("{field: age, is: " + "9" * 5_000 + "}"), "is not a number"),
    ("NUL", segment('{field: name, is: "a\\0b"}'), "text cannot contain"),
    ("half a character", segment('{field: name, is: "\\ud800"}'), "text cannot contain"),
    ("SQL that breaks out", segment('{sql: "1); DROP TABLE people; SELECT (1"}'), "is not one expression"),
    ("SQL that reads a file", segment("{sql: \"read_text('/etc/passwd') = 'x'\"}"), "not known here"),
]


@pytest.mark.parametrize(("body", "members"), [case[1:] for case in RIGHT], ids=[case[0] for case in RIGHT])
def test_right(body: str, members: int, ask: Ask) -> None:
    code, said = ask(body)
    assert code == 0, said[:300]
    assert json.loads(said)["members"] == members


@pytest.mark.parametrize(("body", "why"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_refused_in_a_clear_sentence(body: str, why: str, ask: Ask) -> None:
    code, said = ask(body, "x", "--count")
    assert code == 2
    assert why in said
    assert "penstock.yaml:" in said
    assert "→" in said
    assert len(said) < 1_000


@pytest.mark.parametrize(
    "value",
    [
        "'; DROP TABLE people; --",
        "' OR '1'='1",
        "\\",
        "\\'",
        "%",
        "_",
        "n_",
        "n%",
        "${HOME}",
        "{{x}}",
        "$$x$$",
        "-- x",
        "/* x",
        "\u202en1",
        "ｎ1",
        "?",
        "$1",
        ":x",
        "%s",
    ],
)
def test_a_value_means_itself(value: str, ask: Ask) -> None:
    """It is the name of one person: of nobody else, under every operator that takes a text."""
    head = HEAD.replace("    table: people", f"    sql: {json.dumps(_renamed(value))}")
    for operator in ("is", "contains", "starts_with", "ends_with"):
        code, said = ask(segment(f"{{field: name, {operator}: {json.dumps(value)}}}"), head=head)
        assert code == 0, said
        assert json.loads(said)["members"] == 1


def _renamed(value: str) -> str:
    literal = value.replace("'", "''")
    return f"SELECT id, age, boss, CASE WHEN id = 7 THEN '{literal}' ELSE 'else' END AS name FROM people"


@pytest.mark.parametrize("name", ODD)
def test_names_of_the_source_mean_themselves(name: str, tmp_path: Path, ask: Ask) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    with duckdb.connect(tmp_path / "s.duckdb") as connection:
        connection.execute(f"CREATE TABLE {quoted} AS SELECT id, age AS {quoted}, boss FROM people")
    written = json.dumps(name)
    as_table, as_sql = f"table: {written}", f"sql: {json.dumps(f'SELECT * FROM {quoted}')}"
    head = HEAD.replace("table: people", as_sql if set(name) & set(".\n ") else as_table)
    body = segment(
        f"{{all: [{{field: {written}, is: 3}}, {{related: boss, where: {{field: {written}, at_most: 2}}}}]}}"
    )
    code, said = ask(body, head=head)
    assert code == 0, said
    assert json.loads(said)["members"] == 14
    assert ask(body, "x", "--explain", head=head)[0] == 0
    assert ask(body, "x", "--sql", head=head)[0] == 0
