"""What the destination refuses or ignores is said in its words, held or withheld, and taken up again in time."""

import math

from tests.acceptance.engine.shop import Shop
from tests.emulator import Emulator

BULK = "POST /api/users/bulkUpdate"


def test_a_refused_record_is_held_until_its_values_change(shop: Shop, emulator: Emulator) -> None:
    shop.sql("UPDATE customers SET email = 'broken@' WHERE id = 7")
    report = shop.run(exit_code=1)
    assert report["outcomes"] == {"delivered": 2499, "rejected": 1, "skipped": 0, "unknown": 0}
    reason = report["reasons"][0]
    assert (reason["code"], reason["outcome"], reason["count"]) == ("invalid_email", "rejected", 1)
    assert reason["examples"] == ["7"]
    assert "malformed" in reason["meaning"]
    assert "source" in reason["fix"]
    assert "invalidEmails" in report["reasons"][0]["message"]

    held = shop.run()
    assert held["planned"]["held"] == 1
    assert held["requests"]["write"] == 0
    assert held["outcomes"]["skipped"] == 1
    assert held["reasons"][0]["code"] == "invalid_email"

    shop.sql("UPDATE customers SET email = 'mended@example.com' WHERE id = 7")
    mended = shop.run()
    assert mended["outcomes"]["delivered"] == 1
    assert emulator.users()["mended@example.com"]["name"] == "Name 7"
    assert shop.run()["planned"]["unchanged"] == 2500


def test_an_ignored_field_is_withheld_and_sent_once_it_is_accepted(shop: Shop, emulator: Emulator) -> None:
    shop.map(name="name", city="city")
    shop.run()
    emulator.settings(new_fields="drop")
    shop.map(name="name", city="city", plan="plan")
    shop.sql("UPDATE customers SET name = 'Other' WHERE id = 1")
    report = shop.run("--allow", "changed", exit_code=1)
    assert report["withheld"] == [{"field": "plan", "records": 2500}]
    assert report["outcomes"] == {"delivered": 1, "rejected": 0, "skipped": 2499, "unknown": 0}
    assert emulator.users()["user1@example.com"]["name"] == "Other"
    before = len(emulator.writes())

    again = shop.run(exit_code=1)
    assert again["withheld"] == [{"field": "plan", "records": 2500}]
    assert len(emulator.writes()) == before

    emulator.settings(new_fields="allow")
    emulator.call("POST", "/api/users/update", {"email": "else@example.com", "dataFields": {"plan": "x"}})
    accepted = shop.run("--allow", "changed")
    assert accepted["changes"] == {"plan": 2500}
    assert accepted["withheld"] == []
    assert emulator.users()["user9@example.com"]["plan"] == "free"
    assert shop.run()["requests"]["write"] == 0


def test_a_first_run_of_which_nothing_was_kept_delivers_nobody(shop: Shop, emulator: Emulator) -> None:
    emulator.settings(new_fields="drop")
    shop.map(plan="plan")
    report = shop.run(exit_code=1)
    assert report["outcomes"] == {"delivered": 0, "rejected": 0, "skipped": 2500, "unknown": 0}
    assert report["withheld"] == [{"field": "plan", "records": 2500}]
    assert [(reason["code"], reason["count"]) for reason in report["reasons"]] == [("field_ignored", 2500)]


def test_a_value_that_cannot_be_sent_costs_that_value_alone(shop: Shop, emulator: Emulator) -> None:
    shop.sql(
        "ALTER TABLE customers ADD COLUMN score DOUBLE",
        "UPDATE customers SET score = CASE id WHEN 1 THEN 'nan'::DOUBLE WHEN 2 THEN '-inf'::DOUBLE ELSE id / 4 END",
    )
    shop.map(name="name", score="score")
    report = shop.run(exit_code=1)
    assert report["outcomes"]["delivered"] == 2500
    reason = next(reason for reason in report["reasons"] if reason["code"] == "unsendable_value")
    assert (reason["count"], sorted(reason["examples"])) == (2, ["1", "2"])
    users = emulator.users()
    assert users["user1@example.com"]["name"] == "Name 1"
    assert "score" not in users["user1@example.com"]
    assert math.isclose(users["user3@example.com"]["score"], 0.75)
    writes = len(emulator.writes())
    again = shop.run()
    assert again["planned"]["held"] == 2
    assert len(emulator.writes()) == writes


def test_a_type_that_clashes_is_refused_before_anything_is_sent(shop: Shop, emulator: Emulator) -> None:
    emulator.update(email="first@example.com", dataFields={"plan": 5})
    refused = shop.penstock("run", "everybody", "--json")
    assert refused.exit_code == 2
    problem = refused.json["error"]["problems"][0]
    assert problem["code"] == "type_clash"
    assert "plan" in problem["message"]
    assert emulator.writes() == []
