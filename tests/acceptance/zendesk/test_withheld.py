"""A field that Zendesk drops with a success answer is withheld, named, and not sent again and again."""

from typing import Any

from tests.acceptance.zendesk.helpdesk import PLAIN, Helpdesk

WRITES = ("POST /api/v2/users/create_or_update_many", "PUT /api/v2/users/update_many")


def test_a_dropped_field_is_withheld_until_it_is_kept(helpdesk: Helpdesk) -> None:
    helpdesk.emulator.faults(*({"on": on, "do": "ignore-field", "field": "user_fields.plan"} for on in WRITES))
    report = helpdesk.run(exit_code=1)
    assert report["withheld"] == [{"field": "plan", "records": 350}]
    assert report["outcomes"]["delivered"] == 350
    again = helpdesk.run(exit_code=1)
    assert again["withheld"] == [{"field": "plan", "records": 350}]
    assert again["requests"]["write"] == 0
    helpdesk.emulator.faults()
    helpdesk.run("--full")
    assert helpdesk.by_email()["user2@example.com"]["user_fields"]["plan"] == "free"
    assert helpdesk.run()["requests"]["write"] == 0


def history(helpdesk: Helpdesk, key: int) -> Any:
    """The latest entry of somebody's history."""
    return helpdesk.penstock("history", "everybody", str(key)).document["entries"][-1]


def test_of_whom_nothing_was_kept_is_not_delivered_although_zendesk_reports_success(helpdesk: Helpdesk) -> None:
    users = [{"name": f"There {each}", "email": f"user{each}@example.com"} for each in (1, 2, 3)]
    helpdesk.emulator.ended(helpdesk.emulator.start("POST", "/users/create_many", {"users": users}))
    helpdesk.map("match: {email: email}\ninsert: false\nfields: {notes: note}")
    helpdesk.sql("DELETE FROM customers WHERE id > 3", "UPDATE customers SET note = NULL WHERE id = 3")
    helpdesk.emulator.faults({"on": WRITES[1], "do": "ignore-field", "field": "notes"})
    report = helpdesk.run(exit_code=1)
    assert report["outcomes"] == {"delivered": 1, "rejected": 0, "skipped": 2, "unknown": 0}
    assert report["withheld"] == [{"field": "notes", "records": 2}]
    [reason] = report["reasons"]
    assert (reason["code"], reason["count"], reason["examples"]) == ("field_ignored", 2, ["1", "2"])
    entry = history(helpdesk, 1)
    assert (entry["outcome"], entry["reason"]["code"]) == ("skipped", "field_ignored")
    assert entry["not_confirmed"] == ["notes"]
    assert history(helpdesk, 3)["outcome"] == "delivered"


def test_whose_suspension_was_lifted_is_delivered_whatever_was_ignored(helpdesk: Helpdesk) -> None:
    helpdesk.map(f"{PLAIN}\nleave: suspend")
    helpdesk.sql("DELETE FROM customers WHERE id > 100")
    helpdesk.run()
    helpdesk.sql("CREATE TABLE gone AS FROM customers WHERE id = 7", "DELETE FROM customers WHERE id = 7")
    helpdesk.run()
    helpdesk.sql("INSERT INTO customers FROM gone", "UPDATE customers SET plan = 'team' WHERE id IN (7, 8)")
    helpdesk.emulator.faults({"on": WRITES[1], "do": "ignore-field", "field": "user_fields.plan"})
    report = helpdesk.run(exit_code=1)
    assert report["outcomes"] == {"delivered": 1, "rejected": 0, "skipped": 1, "unknown": 0}
    assert helpdesk.by_email()["user7@example.com"]["suspended"] is False
    assert (history(helpdesk, 7)["outcome"], history(helpdesk, 8)["outcome"]) == ("delivered", "skipped")


def test_who_was_created_again_in_full_is_delivered_whatever_was_ignored(helpdesk: Helpdesk) -> None:
    helpdesk.map(PLAIN + "recreate: true")
    helpdesk.sql("DELETE FROM customers WHERE id > 100")
    helpdesk.run()
    helpdesk.emulator.call("POST", "/_sandbox/forget", {"email": "user3@example.com"})
    helpdesk.sql("UPDATE customers SET plan = 'team' WHERE id IN (3, 4)")
    helpdesk.emulator.faults(*({"on": on, "do": "ignore-field", "field": "user_fields.plan"} for on in WRITES))
    report = helpdesk.run(exit_code=1)
    assert report["outcomes"] == {"delivered": 1, "rejected": 0, "skipped": 1, "unknown": 0}
    assert report["created"] == 1
    assert (history(helpdesk, 3)["outcome"], history(helpdesk, 4)["outcome"]) == ("delivered", "skipped")
