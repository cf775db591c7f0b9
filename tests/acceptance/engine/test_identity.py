"""Who is who: changed and repeated match values, other accounts, lost and restored ledgers."""

import shutil
from pathlib import Path

import pytest

from tests.acceptance.engine.shop import Shop
from tests.emulator import Emulator, running


def ledger(shop: Shop) -> Path:
    return shop.folder / ".penstock" / "ledgers" / "everybody.duckdb"


def test_a_changed_address_never_makes_a_second_user(shop: Shop, emulator: Emulator) -> None:
    shop.run()
    shop.sql("UPDATE customers SET email = 'moved@example.com', plan = 'pro' WHERE id = 10")
    report = shop.run()
    assert report["planned"]["held"] == 1
    assert report["requests"]["write"] == 0
    assert [(r["code"], r["count"], r["examples"]) for r in report["reasons"]] == [("identity_changed", 1, ["10"])]
    assert len(emulator.users()) == 2500
    shop.sql("UPDATE customers SET email = 'USER10@example.com' WHERE id = 10")
    assert shop.run()["changes"] == {"plan": 1}


def test_an_address_that_passes_to_a_new_customer_is_not_overwritten(shop: Shop, emulator: Emulator) -> None:
    shop.run()
    shop.sql(
        "UPDATE customers SET email = 'moved@example.com' WHERE id = 10",
        "INSERT INTO customers VALUES (9000, 'user10@example.com', 'Somebody else', NULL, 'free')",
    )
    report = shop.run()
    assert sorted(r["code"] for r in report["reasons"]) == ["identity_changed", "identity_taken"]
    assert report["requests"]["write"] == 0
    assert emulator.users()["user10@example.com"]["name"] == "Name 10"


def test_an_address_of_somebody_who_left_may_be_taken(shop: Shop, emulator: Emulator) -> None:
    shop.run()
    shop.sql("DELETE FROM customers WHERE id = 10")
    shop.run()
    shop.sql("INSERT INTO customers VALUES (9000, 'user10@example.com', 'Somebody else', NULL, 'free')")
    assert shop.run()["outcomes"]["delivered"] == 1
    assert emulator.users()["user10@example.com"]["name"] == "Somebody else"
    shop.sql(
        "DELETE FROM customers WHERE id = 9000",
        "INSERT INTO customers VALUES (10, 'user10@example.com', 'Name 10', 'City 3', 'free')",
    )
    report = shop.run()
    assert report["outcomes"]["delivered"] == 1
    assert emulator.users()["user10@example.com"]["name"] == "Name 10"


def test_repeated_keys_and_addresses_are_set_aside_as_groups(shop: Shop, emulator: Emulator) -> None:
    shop.sql(
        "INSERT INTO customers SELECT 20, 'twin20@example.com', 'Twin', NULL, 'free'",
        "INSERT INTO customers SELECT 4000, 'USER30@example.com', 'Twin', NULL, 'free'",
        "INSERT INTO customers SELECT NULL, 'nokey@example.com', 'No key', NULL, 'free'",
        "INSERT INTO customers SELECT 4001, '  ', 'No address', NULL, 'free'",
    )
    report = shop.run()
    counts = {reason["code"]: reason["count"] for reason in report["reasons"]}
    assert counts == {"duplicate_key": 2, "duplicate_match_value": 2, "key_missing": 1, "match_value_missing": 1}
    assert report["planned"]["held"] == 6
    assert report["desired"] == 2504
    users = emulator.users()
    assert len(users) == 2498
    assert {"user20@example.com", "twin20@example.com", "user30@example.com", "nokey@example.com"}.isdisjoint(users)
    again = shop.run()
    assert again["requests"]["write"] == 0
    assert again["planned"]["left"] == 0


def test_a_known_customer_who_becomes_a_twin_has_not_left(shop: Shop, emulator: Emulator) -> None:
    shop.run()
    shop.sql("INSERT INTO customers VALUES (4000, 'user30@example.com', 'Twin', NULL, 'free')")
    report = shop.run()
    assert report["planned"]["left"] == 0
    assert report["planned"]["held"] == 2
    assert report["requests"]["write"] == 0
    shop.sql("DELETE FROM customers WHERE id = 4000")
    assert shop.run()["planned"]["unchanged"] == 2500


def test_too_many_twins_are_refused(shop: Shop, emulator: Emulator) -> None:
    shop.sql("UPDATE customers SET email = 'same@example.com' WHERE id <= 200")
    refused = shop.penstock("run", "everybody", "--json")
    assert refused.exit_code == 2
    assert refused.json["error"]["code"] == "too_many_set_aside"
    assert emulator.users() == {}


def test_a_reset_project_is_another_account(shop: Shop, emulator: Emulator) -> None:
    shop.run()
    emulator.reset()
    refused = shop.penstock("run", "everybody", "--json")
    assert refused.exit_code == 2
    assert refused.json["error"]["code"] == "ledger_of_another"
    assert "--full" in refused.json["error"]["fix"]
    assert shop.run("--full")["outcomes"]["delivered"] == 2500
    assert len(emulator.users()) == 2500
    assert shop.run()["requests"]["write"] == 0


def test_another_address_is_another_account(shop: Shop, emulator: Emulator) -> None:
    shop.run()
    with running() as other:
        moved = Shop(folder=shop.folder, url=other.url)
        moved.map(name="name", city="city", plan="plan")
        refused = moved.penstock("run", "everybody", "--json")
        assert refused.exit_code == 2
        assert refused.json["error"]["code"] == "ledger_of_another"


@pytest.mark.parametrize("damage", ["missing", "garbage", "older"])
def test_a_ledger_that_cannot_be_trusted_is_not_compared_with(shop: Shop, emulator: Emulator, damage: str) -> None:
    shop.run()
    copy = shop.folder / "copy.duckdb"
    shutil.copy(ledger(shop), copy)
    shop.sql("UPDATE customers SET plan = 'pro' WHERE id = 1")
    shop.run()
    if damage == "missing":
        ledger(shop).unlink()
    elif damage == "garbage":
        ledger(shop).write_bytes(b"garbage" * 1000)
    else:
        shutil.copy(copy, ledger(shop))
    refused = shop.penstock("run", "everybody", "--json")
    assert refused.exit_code == 2
    assert "--full" in refused.json["error"]["fix"]
    assert len(emulator.writes()) == 4
    assert shop.run("--full", "--allow", "changed")["outcomes"]["delivered"] == 2500
    assert shop.run()["requests"]["write"] == 0
