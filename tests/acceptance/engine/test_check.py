"""`penstock check` names every mistake that the source and the destination bring to light, each with its place."""

import duckdb

from tests.acceptance.engine.shop import Shop
from tests.emulator import Emulator

MORE_MODELS = """models:
  - name: all_orders
    source: shop
    table: crm.Big Orders
    kind: custom
    primary_key: id
    relations: [{name: same, model: ones, many: true, on: {id: id}}]
  - {name: ones, source: shop, sql: "SELECT 1  AS id -- as it is written", kind: custom, primary_key: id}
"""


def test_every_mistake_at_once(shop: Shop, emulator: Emulator) -> None:
    emulator.update(email="first@example.com", dataFields={"plan": 5})
    shop.map(name="nam", city="city", plan="plan")
    path = shop.folder / "penstock.yaml"
    path.write_text(
        path.read_text().replace("primary_key: id", "primary_key: idd")
        + "segments: [{name: parisians, model: customers, where: {field: town, is: Paris}}]\n"
    )
    report = shop.penstock("check", "--json")
    assert report.exit_code == 2
    found = [(problem["code"], problem["message"]) for problem in report.json["problems"]]
    assert len(found) == 3
    for name, (code, message) in zip(("`idd`", "`town`", "`nam`"), found, strict=True):
        assert code == "unknown_field"
        assert name in message
    assert all(problem["line"] for problem in report.json["problems"])

    shop.map(name="name", city="city", plan="plan")
    clash = shop.penstock("check", "--json")
    assert clash.exit_code == 2
    assert [problem["code"] for problem in clash.json["problems"] if problem["severity"] == "refusal"] == [
        "type_clash"
    ]


def test_the_sql_of_a_segment_runs_as_it_is_printed(shop: Shop) -> None:
    path = shop.folder / "penstock.yaml"
    path.write_text(
        path.read_text() + "segments: [{name: some, model: customers, where: {field: city, is: city 1}}]\n"
    )
    sql = shop.penstock("segment", "some", "--sql").text
    counted = shop.penstock("segment", "some", "--count", "--json").json
    with duckdb.connect(shop.folder / "shop.duckdb", read_only=True) as connection:
        assert len(connection.execute(sql).fetchall()) == counted["members"] > 0


def test_the_sql_of_a_table_in_a_schema_and_of_a_models_own_sql(shop: Shop) -> None:
    with duckdb.connect(shop.folder / "shop.duckdb") as connection:
        connection.execute('CREATE SCHEMA crm; CREATE TABLE crm."Big Orders" AS SELECT 1 AS id, 1 AS customer')
    path = shop.folder / "penstock.yaml"
    path.write_text(
        path.read_text().replace("models:", MORE_MODELS)
        + "segments: [{name: some, model: all_orders, where: {related: same, where: {field: id, is: 1}}}]\n"
    )
    sql = shop.penstock("segment", "some", "--sql").text
    assert 'FROM "crm"."Big Orders" AS "all_orders"' in sql
    assert "SELECT 1  AS id -- as it is written" in sql
    with duckdb.connect(shop.folder / "shop.duckdb", read_only=True) as connection:
        assert connection.execute(sql).fetchall() == [(1, 1)]
    other = shop.penstock("segment", "some", "--sql", "--dialect", "mysql", "--json").json
    assert other["dialect"] == "mysql"
    assert "FROM `crm`.`Big Orders` AS `all_orders`" in other["sql"]
    assert shop.penstock("segment", "some", "--sql", "--dialect", "cobol").exit_code == 2
    assert shop.penstock("segment", "some", "--dialect", "mysql").exit_code == 2


RELATED = """
  - name: shops
    source: shop
    sql: SELECT 1 AS id, 'x' AS code
    primary_key: id
    relations:
      - {name: twins, model: shops, on: {id: id}}
      - {name: odd, model: shops, on: {id: code}}
      - {name: gone, model: shops, on: {idd: id}}
      - {name: far, model: other_shops, on: {id: id}}
      - {name: pairs, model: shops, through: {table: shop_pairs, on: {id: a}, to: {b: id}}}
  - {name: other_shops, source: other, sql: SELECT 1 AS id, primary_key: id}
sources: [{name: other, type: duckdb, path: shop.duckdb}]
"""


def test_relations_that_no_segment_uses_are_checked(shop: Shop) -> None:
    (shop.folder / "related.yaml").write_text(f"models:{RELATED}")

    def told() -> dict[int, str]:
        report = shop.penstock("check", "--json")
        assert report.exit_code == 2
        return {each["line"]: each["message"] for each in report.json["problems"] if each["file"] == "related.yaml"}

    words = {8: "`id` is integer and `code` is text", 9: "no field `idd`", 10: "of the source `other`"}
    found = told()
    assert sorted(found) == [*words, 11]
    assert all(words[line] in found[line] for line in words)
    assert "no table `shop_pairs`" in found[11]
    with duckdb.connect(str(shop.folder / "shop.duckdb")) as connection:
        connection.execute("CREATE TABLE shop_pairs AS SELECT 1 AS a, 'x' AS b")
    assert "`b` is text and `id` is integer" in told()[11]
