"""An answer that never came is unknown, and what was sent is in doubt until the destination confirms something."""

from typing import Any

import pytest

from tests.acceptance.engine.shop import Shop, attributes
from tests.emulator import Emulator

BULK = "POST /api/users/bulkUpdate"


@pytest.fixture
def small(shop: Shop) -> Shop:
    shop.sql("DELETE FROM customers WHERE id > 5")
    return shop


def lose(emulator: Emulator, what: str = "drop-after") -> None:
    emulator.faults({"on": BULK, "do": what})


@pytest.mark.parametrize("what", ["drop-after", "drop-before", "nonsense", "truncate"])
def test_a_lost_answer_is_unknown_and_sent_again(small: Shop, emulator: Emulator, what: str) -> None:
    lose(emulator, what)
    report = small.run(exit_code=1)
    assert report["outcomes"] == {"delivered": 0, "rejected": 0, "skipped": 0, "unknown": 5}
    assert report["reasons"][0]["code"] == "answer_lost"
    emulator.faults()
    again = small.run()
    assert again["outcomes"]["delivered"] == 5
    assert len(emulator.users()) == 5
    assert small.run()["requests"]["write"] == 0


@pytest.mark.parametrize("value", ["'free'", "NULL"])
def test_back_to_the_confirmed_value_after_a_lost_answer(small: Shop, emulator: Emulator, value: str) -> None:
    small.run()
    small.sql("UPDATE customers SET plan = 'pro' WHERE id = 2")
    lose(emulator)
    assert small.run(exit_code=1)["outcomes"]["unknown"] == 1
    assert emulator.users()["user2@example.com"]["plan"] == "pro"
    emulator.faults()
    small.sql(f"UPDATE customers SET plan = {value} WHERE id = 2")
    report = small.run()
    assert report["changes"] == {"plan": 1}
    expected: dict[str, Any] = {"name": "Name 2", "city": "City 2"}
    if value != "NULL":
        expected["plan"] = "free"
    assert attributes(emulator.users(), ("name", "city", "plan"))["user2@example.com"] == expected
    assert small.run()["requests"]["write"] == 0


def test_a_created_record_in_doubt_is_cleared_where_it_became_null(small: Shop, emulator: Emulator) -> None:
    lose(emulator)
    small.run(exit_code=1)
    emulator.faults()
    small.sql("UPDATE customers SET city = NULL WHERE id = 1")
    small.run()
    assert "city" not in emulator.users()["user1@example.com"]


def test_a_created_record_in_doubt_is_never_made_twice(small: Shop, emulator: Emulator) -> None:
    lose(emulator)
    small.run(exit_code=1)
    emulator.faults()
    small.sql("UPDATE customers SET email = 'other@example.com' WHERE id = 1")
    report = small.run()
    assert report["planned"]["held"] == 1
    assert report["reasons"][0]["code"] == "identity_changed"
    assert "other@example.com" not in emulator.users()


def test_throttling_is_waited_out(small: Shop, emulator: Emulator) -> None:
    emulator.faults({"on": BULK, "nth": 1, "do": "429"}, {"on": BULK, "nth": 2, "do": "503"})
    report = small.run()
    assert report["outcomes"]["delivered"] == 5
    assert report["requests"]["throttled"] == 1
    assert report["requests"]["retried"] == 2
