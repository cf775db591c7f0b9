"""What the destination holds equals the source after the documented conversions, value by value."""

from typing import Any

from tests.acceptance.engine.shop import Shop
from tests.emulator import Emulator

LONG = "é" * 16_000
ROWS: dict[str, tuple[str, Any]] = {
    "big": ("9007199254740993::BIGINT", 9007199254740993),
    "least": ("(-9223372036854775807)::BIGINT", -9223372036854775807),
    "amount": ("19.90::DECIMAL(9,2)", 19.9),
    "whole": ("5.0::DOUBLE", 5.0),
    "single": ("0.1::FLOAT", 0.1),
    "tiny": ("1e-7::DOUBLE", 1e-7),
    "yes": ("true", True),
    "no": ("false", False),
    "day": ("DATE '2024-02-29'", "2024-02-29 00:00:00 +00:00"),
    "local": ("TIMESTAMP '2024-07-01 12:00:00.987'", "2024-07-01 10:00:00 +00:00"),
    "winter": ("TIMESTAMP '2024-01-01 12:00:00'", "2024-01-01 11:00:00 +00:00"),
    "instant": ("TIMESTAMPTZ '2024-07-01 12:00:00+09'", "2024-07-01 03:00:00 +00:00"),
    "quotes": ("'say \"hi\" \\ it''s'", 'say "hi" \\ it\'s'),
    "emoji": ("'👩‍👩‍👧 naïve'", "👩‍👩‍👧 naïve"),
    "lines": ("E'a\\nb\\tc\\r'", "a\nb\tc\r"),
    "long": (f"'{LONG}'", LONG),
    "empty": ("''", ""),
    "tags": ("['a', NULL, 'b \"c\"']", ["a", None, 'b "c"']),
    "none": ("[]::VARCHAR[]", []),
    "address": (
        "{'city': 'Lyon', 'no': 7, 'geo': {'lat': 1.5, 'since': TIMESTAMP '2024-07-01 12:00:00'}}",
        {"city": "Lyon", "no": 7, "geo": {"lat": 1.5, "since": "2024-07-01 10:00:00 +00:00"}},
    ),
    "code": ("'007'", "007"),
    "id2": ("'6ba7b810-9dad-11d1-80b4-00c04fd430c8'::UUID", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
    "kind": ("'b'::ENUM('a', 'b')", "b"),
    "nothing": ("NULL::VARCHAR", None),
}


def test_values_arrive_as_documented(shop: Shop, emulator: Emulator) -> None:
    columns = ", ".join(f"{sql} AS {name}" for name, (sql, _) in ROWS.items())
    shop.sql(f"CREATE OR REPLACE TABLE customers AS SELECT 1 AS id, 'ana@example.com' AS email, {columns}")
    shop.map(**{f"x_{name}": name for name in ROWS})
    assert shop.run()["outcomes"]["delivered"] == 1
    held = emulator.users()["ana@example.com"]
    for name, (_, expected) in ROWS.items():
        if expected is None:
            assert f"x_{name}" not in held
        else:
            assert held[f"x_{name}"] == expected, name
            assert type(held[f"x_{name}"]) is type(expected), name
    assert shop.run()["requests"]["write"] == 0


def test_integers_beyond_64_bits_are_refused_alone(shop: Shop, emulator: Emulator) -> None:
    shop.sql(
        "CREATE OR REPLACE TABLE customers AS SELECT 1 AS id, 'ana@example.com' AS email,"
        " 9223372036854775808::HUGEINT AS huge, 'Ana' AS name"
    )
    shop.map(name="name", huge="huge")
    report = shop.run(exit_code=1)
    assert report["reasons"][0]["code"] == "unsendable_value"
    assert emulator.users()["ana@example.com"].get("huge") is None
    assert emulator.users()["ana@example.com"]["name"] == "Ana"


def test_clearing_returning_and_empty_rules(shop: Shop, emulator: Emulator) -> None:
    shop.sql("DELETE FROM customers WHERE id > 3")
    emulator.bulk({"email": "user1@example.com", "dataFields": {"city": "typed by hand", "plan": "typed by hand"}})
    shop.sql("UPDATE customers SET city = NULL, plan = NULL WHERE id = 1")
    shop.map(name="name", city="city", plan="{from: plan, empty: clear}")
    shop.run()
    user = emulator.users()["user1@example.com"]
    assert user["city"] == "typed by hand"
    assert "plan" not in user
    assert shop.run()["requests"]["write"] == 0
