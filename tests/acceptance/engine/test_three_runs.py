"""Everybody once, nothing when nothing changed, then exactly what changed: judged by the emulator's own log."""

from tests.acceptance.engine.shop import Shop, attributes
from tests.emulator import Emulator

NAMES = ("name", "city", "plan")


def test_only_what_changed_is_sent(shop: Shop, emulator: Emulator) -> None:
    first = shop.run()
    assert first["planned"]["create"] == 2500
    assert first["outcomes"] == {"delivered": 2500, "rejected": 0, "skipped": 0, "unknown": 0}
    users = emulator.users()
    assert len(users) == 2500
    assert users["user1@example.com"]["city"] == "City 1"
    assert "city" not in users["user3@example.com"]
    assert [write["records"] for write in emulator.writes()] == [1000, 1000, 500]

    second = shop.run()
    assert second["planned"] == {
        "create": 0, "update": 0, "remove": 0, "unchanged": 2500, "held": 0, "left": 0, "returned": 0,
            "clear": 0,
    }  # fmt: skip
    assert second["requests"]["write"] == 0
    assert len(emulator.writes()) == 3

    shop.sql(
        "UPDATE customers SET plan = 'pro' WHERE id <= 1200",
        "UPDATE customers SET city = NULL WHERE id = 1",
        "UPDATE customers SET name = 'Zoé \"Z\"' WHERE id = 2500",
        "DELETE FROM customers WHERE id = 2000",
        "INSERT INTO customers VALUES (3000, 'New@Example.com ', 'New', NULL, 'free')",
    )
    third = shop.run()
    assert third["planned"]["create"] == 1
    assert third["planned"]["update"] == 1201
    assert third["planned"]["left"] == 1
    writes = emulator.writes()[3:]
    assert sum(write["records"] for write in writes) == 1202
    assert len(writes) == 2
    sent = {user["email"]: user["dataFields"] for write in writes for user in write["users"]}
    assert sent["user1@example.com"] == {"plan": "pro", "city": None}
    assert sent["user2@example.com"] == {"plan": "pro"}
    assert sent["user2500@example.com"] == {"name": 'Zoé "Z"'}
    assert sent["new@example.com"] == {"name": "New", "plan": "free"}
    assert len(sent) == 1202
    now = attributes(emulator.users(), NAMES)
    assert now["user1@example.com"] == {"name": "Name 1", "plan": "pro"}
    assert now["user2000@example.com"] == {"name": "Name 2000", "city": "City 5", "plan": "free"}
    assert shop.run()["requests"]["write"] == 0


def test_a_new_field_is_sent_alone_to_everybody(shop: Shop, emulator: Emulator) -> None:
    shop.run()
    shop.map(name="name", city="city", plan="plan", tariff="plan")
    stopped = shop.penstock("run", "everybody", "--json")
    assert stopped.exit_code == 4
    assert stopped.json["error"]["code"] == "guard_changed"
    assert "`tariff`" in stopped.json["error"]["message"]
    assert len(emulator.writes()) == 3
    report = shop.run("--allow", "changed")
    assert report["changes"] == {"tariff": 2500}
    assert emulator.writes()[3]["users"][0]["dataFields"] == {"tariff": "free"}


def test_an_unmapped_field_is_sent_again_when_it_returns(shop: Shop, emulator: Emulator) -> None:
    shop.run()
    shop.map(name="name", city="city")
    assert shop.run()["requests"]["write"] == 0
    shop.map(name="name", city="city", plan="plan")
    assert shop.run("--allow", "changed")["changes"] == {"plan": 2500}


def test_full_sends_everything_again_and_clears_what_was_confirmed(shop: Shop, emulator: Emulator) -> None:
    shop.run()
    shop.sql("UPDATE customers SET city = NULL WHERE id = 1")
    report = shop.run("--full", "--allow", "changed")
    assert report["kind"] == "full"
    sent = {user["email"]: user["dataFields"] for w in emulator.writes()[3:] for user in w["users"]}
    assert sent["user1@example.com"] == {"name": "Name 1", "city": None, "plan": "free"}
    assert sent["user3@example.com"] == {"name": "Name 3", "plan": "free"}
    assert len(sent) == 2500
