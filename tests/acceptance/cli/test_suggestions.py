"""Suggested relations: of foreign keys and of names, from each kind of source, ready to be pasted."""

import os
import pty
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from penstock.cli.command_line import run
from penstock.errors import ConfigurationError
from penstock.operations.adding import add_relations, read_model_files
from penstock.operations.project import open_project
from penstock.operations.suggesting import suggest_relations
from tests.acceptance.cli.project import PENSTOCK, Result
from tests.postgres import Database

DECLARED = (
    "CREATE TABLE customers (id INT PRIMARY KEY, email VARCHAR(99), country_code VARCHAR(2))",
    (
        "CREATE TABLE orders (order_id INT PRIMARY KEY, billing_customer_id INT REFERENCES customers (id),"
        " shipping_customer_id INT REFERENCES customers (id))"
    ),
    "CREATE TABLE tags (tag_id INT PRIMARY KEY, label VARCHAR(9))",
    "CREATE TABLE customer_tags (customer_id INT REFERENCES customers (id), tag_id INT REFERENCES tags (tag_id))",
    "CREATE TABLE lines (order_id INT, line INT, product VARCHAR(9), PRIMARY KEY (order_id, line))",
    (
        "CREATE TABLE refunds (refund_id INT PRIMARY KEY, order_id INT, line INT,"
        " FOREIGN KEY (order_id, line) REFERENCES lines (order_id, line))"
    ),
    "INSERT INTO customers VALUES (1, 'a@example.com', 'FR'), (2, 'b@example.com', 'FR'), (3, 'c@example.com', 'NO')",
    "INSERT INTO orders VALUES (10, 1, 1), (11, 1, 2), (12, 3, NULL)",
    "INSERT INTO lines VALUES (10, 1, 'x'), (10, 2, 'y')",
    "INSERT INTO refunds VALUES (100, 10, 2)",
)
YAML = """\
sources: [{name: shop, SOURCE}]
models:
  - {name: customers, source: shop, table: customers, kind: users, primary_key: id}
  - name: orders
    source: shop
    table: orders
    primary_key: order_id
    relations: [{name: buyer, model: customers, on: {billing_customer_id: id}}]
  - {name: tags, source: shop, table: tags, primary_key: tag_id}
  - {name: lines, source: shop, sql: "SELECT * FROM lines", primary_key: line}
  - {name: bought, source: shop, table: lines, primary_key: line}
  - {name: refunds, source: shop, table: refunds, primary_key: refund_id}
"""


@pytest.fixture
def give(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    monkeypatch.chdir(tmp_path)

    def given(*arguments: str) -> Result:
        capfd.readouterr()
        code = run(list(arguments))
        said = capfd.readouterr()
        assert "Traceback" not in said.out + said.err
        return Result(code=code, out=said.out, err=said.err)

    return given


@pytest.fixture(params=["duckdb", "postgres"])
def declared(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project over a database that declares its foreign keys."""
    if request.param == "postgres":
        database: Database = request.getfixturevalue("database")
        database.run(*DECLARED)
        monkeypatch.setenv("SHOP_URL", database.url())
        source = 'type: postgres, url: "${SHOP_URL}"'
    else:
        with duckdb.connect(str(tmp_path / "shop.duckdb")) as connection:
            for statement in DECLARED:
                connection.execute(statement)
        source = "type: duckdb, path: shop.duckdb"
    (tmp_path / "penstock.yaml").write_text(YAML.replace("SOURCE", source))
    return tmp_path


def told(found: Any) -> dict[tuple[str, str], tuple[Any, str, int, int]]:
    return {
        (each["model"], each["relation"]["name"]): (each["relation"], each["from"], each["values"], each["found"])
        for each in found["suggestions"]
    }


def test_foreign_keys(declared: Path, give: Callable[..., Result]) -> None:
    result = give("suggest", "--json")
    assert result.code == 0, result.out
    found = told(result.json)
    assert found["customers", "orders"] == (
        {"name": "orders", "model": "orders", "many": True, "on": {"id": "billing_customer_id"}}, "foreign key", 2, 2,
    )  # fmt: skip
    assert found["customers", "orders_by_shipping_customer_id"][0]["on"] == {"id": "shipping_customer_id"}
    assert found["orders", "shipping_customer"][0] == {
        "name": "shipping_customer", "model": "customers", "on": {"shipping_customer_id": "id"},
    }  # fmt: skip
    assert ("orders", "billing_customer") not in found  # it is there, under another name
    assert found["tags", "customers"] == (
        {
            "name": "customers",
            "model": "customers",
            "many": True,
            "through": {"table": "customer_tags", "on": {"tag_id": "tag_id"}, "to": {"customer_id": "id"}},
        },
        "foreign key", 0, 0,
    )  # fmt: skip
    assert found["refunds", "bought"] == (
        {"name": "bought", "model": "bought", "on": {"order_id": "order_id", "line": "line"}}, "foreign key", 1, 1,
    )  # fmt: skip
    assert found["lines", "order"][1:] == ("names", 1, 1)
    assert {model for model, _ in told(give("suggest", "tags", "--json").json)} == {"tags"}
    wrong = give("suggest", "tgas", "--json")
    assert (wrong.code, wrong.json["error"]["code"]) == (2, "unknown_model")


def test_what_is_suggested_can_be_pasted(declared: Path, give: Callable[..., Result]) -> None:
    """Pasted into the project, every line is a relation that `check` accepts and nothing more is suggested."""
    lines, model = (declared / "penstock.yaml").read_text().splitlines(), ""
    pasted: dict[str, list[str]] = {}
    for line in give("suggest").out.splitlines():
        if line.startswith("  - name: "):
            model = line.removeprefix("  - name: ")
        elif line.startswith("      - "):
            pasted.setdefault(model, []).append(line.removeprefix("      - "))
    text = "\n".join(lines)
    for model, relations in pasted.items():
        if model == "orders":
            text = text.replace("relations: [{name: buyer", f"relations: [{', '.join(relations)}, {{name: buyer")
        else:
            text = text.replace(
                f"{{name: {model}, source", f"{{name: {model}, relations: [{', '.join(relations)}], source"
            )
    (declared / "penstock.yaml").write_text(text)
    checked = give("check")
    assert checked.code == 0, checked.err + text
    assert give("suggest", "--json").json == {"suggestions": []}
    assert give("suggest").out.startswith("No relation is suggested")


def test_names(tmp_path: Path, give: Callable[..., Result]) -> None:
    """Of files nothing is declared; names that only look alike, and types that cannot be equal, are left out."""
    (tmp_path / "data").mkdir()
    files = {
        "customers": ["CustomerId,email", "1,a@example.com", "2,b@example.com"],
        "tickets": ["ticket_id,customer_id,email,on", "1,1,x,y", "2,1,x,y", "3,9,x,y"],
        "companies": ["id,name,customer_id", "1,Acme,none"],
        "visits": ["id,company_id", "1,1"],
        "company_tickets": ["company_id,ticket_id", "1,3"],
    }
    for name, rows in files.items():
        (tmp_path / f"data/{name}.csv").write_text("\n".join(rows) + "\n")
    models = {"customers": "CustomerId", "tickets": "ticket_id", "companies": "id", "visits": "id"}
    (tmp_path / "penstock.yaml").write_text(
        "sources: [{name: shop, type: files, path: data/}]\nmodels:\n"
        + "".join(f"  - {{name: {n}, source: shop, table: {n}, primary_key: {key}}}\n" for n, key in models.items())
    )
    found = told(give("suggest", "--json").json)
    assert set(found) == {
        ("tickets", "customer"), ("customers", "tickets"), ("visits", "company"), ("companies", "visits"),
        ("companies", "tickets"), ("tickets", "companies"),
    }  # fmt: skip
    assert found["tickets", "customer"] == (
        {"name": "customer", "model": "customers", "on": {"customer_id": "CustomerId"}}, "names", 2, 1,
    )  # fmt: skip
    assert found["companies", "tickets"][0]["through"]["table"] == "company_tickets"
    page = give("suggest", "tickets").out
    assert "# from names; 1 of 2 different values was found there" in page
    assert "      - {name: customer, model: customers, on: {customer_id: CustomerId}}" in page


def test_all_are_written(declared: Path, give: Callable[..., Result]) -> None:
    file = declared / "penstock.yaml"
    file.write_bytes(b"\xef\xbb\xbf# ours\r\n" + file.read_bytes().replace(b"\n", b"\r\n"))
    file.chmod(0o640)
    before = file.read_bytes()
    result = give("suggest", "--write", "--yes", "--json")
    assert (result.code, len(result.json["added"]) > 5) == (0, True)
    after = file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in declared.glob(".*")] == []
    pieces = iter(after.splitlines(keepends=True))
    for line in before.splitlines(keepends=True):  # nothing of what was there is gone, and all of it in its order
        beginning = line.split(b"]}")[0].split(b"}\r")[0].rstrip(b"]\r\n")
        assert any(piece.startswith(beginning) and piece.endswith(b"\r\n") for piece in pieces), line
    assert give("check").code == 0
    assert give("suggest", "--json").json == {"suggestions": []}
    assert "No relation is suggested" in give("suggest", "--write", "--yes").out


def test_each_is_asked_for(declared: Path, give: Callable[..., Result]) -> None:
    assert give("suggest", "orders", "--write").code == 2  # nobody is there to be asked
    assert give("suggest", "orders", "--yes").code == 2
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*PENSTOCK, "suggest", "orders", "--write"],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        os.write(ours, b"n\ny\nn\n")
        out, err = process.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    assert process.returncode == 0, err
    assert "from a foreign key; 2 of 2 different values were found there" in err
    assert "Added 1 of 3 suggested relations:" in out
    text = (declared / "penstock.yaml").read_text()
    assert "relations: [{name: buyer, model: customers, on: {billing_customer_id: id}}, {name: lines" in text
    assert "shipping_customer" not in text


def test_a_file_that_was_changed_meanwhile_is_left_alone(declared: Path) -> None:
    project = open_project(declared, with_secrets=False)
    files = read_model_files(project)
    found = suggest_relations(project, "tags")
    file = declared / "penstock.yaml"
    file.write_text(file.read_text() + "# changed\n")
    with pytest.raises(ConfigurationError, match="changed by somebody else"):
        add_relations(project, files, [each.suggestion for each in found])
    assert file.read_text().endswith("# changed\n")
    assert [path.name for path in declared.glob(".*")] == []


def test_what_cannot_be_added_is_told_to_be_pasted(declared: Path, give: Callable[..., Result]) -> None:
    file = declared / "penstock.yaml"
    file.write_text(
        file.read_text()
        .replace("- {name: tags,", "- &tags {name: tags,")
        .replace("- {name: refunds, source: shop, table: refunds,", "- {<<: *tags, name: refunds, table: refunds,")
    )
    before = file.read_bytes()
    result = give("suggest", "tags", "--write", "--yes", "--json")
    assert (result.code, result.json["error"]["code"]) == (2, "relation_not_addable")
    assert "{name: customers, model: customers, many: true, through: {table:" in result.json["error"]["fix"]
    assert file.read_bytes() == before
