"""A user deleted in Zendesk does not come back as a stub: skipped, or created again in full where that is wanted."""

import pytest

from tests.acceptance.zendesk.helpdesk import PLAIN, Helpdesk

WRITES = ("POST /api/v2/users/create_or_update_many", "PUT /api/v2/users/update_many")


def delete(helpdesk: Helpdesk, *addresses: str) -> None:
    for address in addresses:
        user = helpdesk.by_email()[address]
        assert helpdesk.emulator.call("DELETE", f"/users/{user['id']}").status == 200


def test_a_deleted_user_is_skipped(helpdesk: Helpdesk) -> None:
    helpdesk.run()
    delete(helpdesk, "user3@example.com")
    helpdesk.sql("UPDATE customers SET points = 1 WHERE id IN (3, 4)")
    report = helpdesk.run()
    assert report["outcomes"] == {"delivered": 1, "rejected": 0, "skipped": 1, "unknown": 0}
    [reason] = report["reasons"]
    assert (reason["code"], reason["outcome"], reason["examples"]) == ("deleted_at_destination", "skipped", ["3"])
    assert "user3@example.com" not in helpdesk.by_email()
    again = helpdesk.run()
    assert (again["requests"]["write"], again["planned"]["held"]) == (0, 1)
    helpdesk.sql("UPDATE customers SET points = 2 WHERE id = 3")
    assert helpdesk.run()["outcomes"]["skipped"] == 1
    assert "user3@example.com" not in helpdesk.by_email()


def test_a_deleted_user_is_created_again_in_full_where_that_is_wanted(helpdesk: Helpdesk) -> None:
    helpdesk.map(PLAIN + "recreate: true")
    helpdesk.run()
    before = helpdesk.by_email()["user7@example.com"]
    delete(helpdesk, "user7@example.com", "user8@example.com")
    helpdesk.sql("UPDATE customers SET points = 1 WHERE id IN (7, 9)")
    report = helpdesk.run()
    assert report["outcomes"] == {"delivered": 2, "rejected": 0, "skipped": 0, "unknown": 0}
    user = helpdesk.by_email()["user7@example.com"]
    assert user["id"] != before["id"]
    assert (user["name"], user["phone"]) == (before["name"], before["phone"])
    assert user["user_fields"] == {"plan": "pro", "points": 1}
    assert user["verification_mails"] == 0
    helpdesk.sql("UPDATE customers SET points = 2 WHERE id = 7")
    assert helpdesk.run()["outcomes"]["delivered"] == 1
    assert helpdesk.by_email()["user7@example.com"]["user_fields"]["points"] == 2


def test_whoever_was_created_again_there_gets_everything(helpdesk: Helpdesk) -> None:
    helpdesk.run()
    delete(helpdesk, "user3@example.com")
    helpdesk.sql("UPDATE customers SET points = 1 WHERE id = 3")
    helpdesk.run()
    helpdesk.emulator.create(name="By hand", email="user3@example.com", skip_verify_email=True)
    helpdesk.sql("UPDATE customers SET points = 2 WHERE id = 3")
    assert helpdesk.run()["outcomes"] == {"delivered": 1, "rejected": 0, "skipped": 0, "unknown": 0}
    user = helpdesk.by_email()["user3@example.com"]
    assert (user["name"], user["user_fields"]) == ("Name 3", {"plan": "pro", "points": 2})
    assert helpdesk.run()["requests"]["write"] == 0


def test_asking_for_it_later_frees_who_was_skipped(helpdesk: Helpdesk) -> None:
    helpdesk.run()
    delete(helpdesk, "user3@example.com")
    helpdesk.sql("UPDATE customers SET points = 1 WHERE id = 3")
    helpdesk.run()
    helpdesk.map(PLAIN + "recreate: true")
    assert helpdesk.run()["outcomes"]["delivered"] == 1
    assert helpdesk.by_email()["user3@example.com"]["user_fields"] == {"plan": "pro", "points": 1}


def test_a_user_created_again_without_an_answer_loses_what_was_cleared_since(helpdesk: Helpdesk) -> None:
    helpdesk.map(PLAIN + "recreate: true")
    helpdesk.run()
    delete(helpdesk, "user3@example.com")
    helpdesk.sql("UPDATE customers SET points = 1 WHERE id = 3")
    helpdesk.emulator.faults({"on": "POST /api/v2/users/create_or_update_many", "do": "drop-after"})
    assert helpdesk.run(exit_code=1)["outcomes"]["unknown"] == 1
    helpdesk.emulator.faults()
    helpdesk.sql("UPDATE customers SET plan = NULL WHERE id = 3")
    assert helpdesk.run()["outcomes"]["delivered"] == 1
    assert helpdesk.by_email()["user3@example.com"]["user_fields"] == {"plan": None, "points": 1}


@pytest.mark.parametrize("answer", ["given", "lost"])
def test_what_was_ignored_when_a_user_was_created_again_is_sent_once_it_is_accepted(
    helpdesk: Helpdesk, answer: str
) -> None:
    helpdesk.map(PLAIN + "recreate: true")
    helpdesk.run()
    ignoring = [{"on": on, "do": "ignore-field", "field": "user_fields.plan"} for on in WRITES]
    delete(helpdesk, "user3@example.com")
    helpdesk.sql("UPDATE customers SET points = 1 WHERE id = 3")
    if answer == "lost":
        helpdesk.emulator.faults({"on": WRITES[0], "do": "drop-after"}, *ignoring)
        helpdesk.run(exit_code=1)
        user = helpdesk.by_email()["user3@example.com"]
        helpdesk.emulator.update(user["id"], user_fields={"plan": None})  # the request came through with it
    helpdesk.emulator.faults(*ignoring)
    assert helpdesk.run(exit_code=1)["withheld"] == [{"field": "plan", "records": 1}]
    assert helpdesk.by_email()["user3@example.com"]["user_fields"] == {"plan": None, "points": 1}
    helpdesk.emulator.faults()
    helpdesk.penstock("retry", "everybody")
    assert helpdesk.by_email()["user3@example.com"]["user_fields"] == {"plan": "pro", "points": 1}
    assert helpdesk.run()["requests"]["write"] == 0
