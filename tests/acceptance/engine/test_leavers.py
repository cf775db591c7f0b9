"""Who leaves the model is cleared or deleted in Iterable, once, and is as before when they return."""

import pytest

from tests.acceptance.engine.shop import Shop
from tests.emulator import Emulator

BULK, DELETE = "POST /api/users/bulkUpdate", "DELETE /api/users/*"


@pytest.fixture
def small(shop: Shop, emulator: Emulator) -> Shop:
    shop.sql("DELETE FROM customers WHERE id > 40")
    return shop


def prepared(shop: Shop, policy: str) -> None:
    """Deliver everybody by an activation with that policy."""
    path = shop.folder / "penstock.yaml"
    path.write_text(path.read_text().replace("    service: users\n", f"    service: users\n    leave: {policy}\n"))
    shop.run()


def leave(shop: Shop, *ids: int) -> None:
    numbers = ", ".join(map(str, ids))
    shop.sql(
        f"CREATE OR REPLACE TABLE gone AS FROM customers WHERE id IN ({numbers})",
        f"DELETE FROM customers WHERE id IN ({numbers})",
    )


def come_back(shop: Shop) -> None:
    shop.sql("INSERT INTO customers FROM gone")


def is_quiet(shop: Shop) -> None:
    report = shop.run()
    assert report["requests"]["write"] == 0
    assert report["planned"]["left"] == 0


def test_who_leaves_is_cleared_and_filled_again_on_returning(small: Shop, emulator: Emulator) -> None:
    prepared(small, "clear")
    leave(small, 2)
    report = small.run()
    assert (report["planned"]["clear"], report["outcomes"]["delivered"]) == (1, 1)
    assert not {"name", "city", "plan"} & emulator.users()["user2@example.com"].keys()
    is_quiet(small)
    come_back(small)
    small.run()
    assert emulator.users()["user2@example.com"]["name"] == "Name 2"
    is_quiet(small)


def test_who_leaves_is_deleted_and_created_in_full_on_returning(small: Shop, emulator: Emulator) -> None:
    prepared(small, "delete")
    leave(small, 2)
    small.sql("UPDATE customers SET plan = 'pro' WHERE id = 3")
    report = small.run()
    assert (report["planned"]["remove"], report["removed"], report["outcomes"]["delivered"]) == (1, 1, 2)
    assert "user2@example.com" not in emulator.users()
    is_quiet(small)
    come_back(small)
    assert small.run()["planned"]["create"] == 1
    assert emulator.users()["user2@example.com"]["city"] == "City 2"
    is_quiet(small)


@pytest.mark.parametrize("fault", ["drop-after", "drop-before", "nonsense", "truncate"])
def test_a_lost_deletion_is_repeated_by_the_next_run(small: Shop, emulator: Emulator, fault: str) -> None:
    prepared(small, "delete")
    leave(small, 2, 3)
    emulator.faults({"on": DELETE, "do": fault, "nth": 1})
    report = small.run(exit_code=1)
    assert report["outcomes"] == {"delivered": 1, "rejected": 0, "skipped": 0, "unknown": 1}
    emulator.faults()
    assert small.run()["removed"] == 1
    assert len(emulator.users()) == 38
    is_quiet(small)


def test_whoever_returns_after_a_lost_deletion_is_there_in_full(small: Shop, emulator: Emulator) -> None:
    prepared(small, "delete")
    leave(small, 2)
    emulator.faults({"on": DELETE, "do": "drop-after"})
    small.run(exit_code=1)
    emulator.faults()
    come_back(small)
    small.run()
    there = emulator.users()["user2@example.com"]
    assert (there["name"], there["city"], there["plan"]) == ("Name 2", "City 2", "free")
    is_quiet(small)


def test_addresses_of_any_form_can_be_deleted(small: Shop, emulator: Emulator) -> None:
    addresses = ("a+b@example.com", "o'neil@example.com", "per%cent@example.com", "who?x=1@example.com")
    values = ", ".join(
        f"({100 + n}, '{each.replace(chr(39), chr(39) * 2)}', 'N')" for n, each in enumerate(addresses)
    )
    small.sql(f"INSERT INTO customers (id, email, name) VALUES {values}")
    prepared(small, "delete")
    there = len(emulator.users())
    small.sql("DELETE FROM customers WHERE id >= 100")
    report = small.run("--allow", "removed")
    assert len(emulator.users()) == there - report["removed"] == 40


def test_a_guard_stops_the_removal_of_several(small: Shop, emulator: Emulator) -> None:
    prepared(small, "delete")
    leave(small, 1, 2, 3, 4)
    stopped = small.penstock("run", "everybody")
    assert stopped.exit_code == 4
    assert "4 of 40 records (10%) would be deleted" in stopped.errors
    assert "--allow removed" in stopped.errors
    assert len(emulator.users()) == 40


def test_check_warns_where_a_missing_row_is_enough(small: Shop) -> None:
    prepared(small, "delete")
    checked = small.penstock("check", "--json")
    assert checked.exit_code == 0
    assert [each["code"] for each in checked.json["problems"]] == ["leaves_with_the_row"]
