"""Rules of single fields: what colleagues typed is left alone, and nothing is cleared that is not to be."""

import pytest

from tests.acceptance.zendesk.helpdesk import Helpdesk

MAPPING = """
match: {email: email}
fields: {name: name, phone: {from: phone, when: only_if_empty}}
custom_attributes: [{field: plan, when: not_empty}, {field: points, when: only_if_empty}]
"""
BY_EXTERNAL_ID = MAPPING.replace("{email: email}", "{external_id: reference}")


@pytest.fixture(autouse=True)
def shop(helpdesk: Helpdesk) -> None:
    helpdesk.sql(
        "DELETE FROM customers WHERE id > 6",
        "ALTER TABLE customers ADD COLUMN reference VARCHAR",
        "UPDATE customers SET reference = 'C-' || id, phone = '+4930100' || id, plan = 'free', points = 10 * id",
    )


@pytest.mark.parametrize("mapping", [MAPPING, BY_EXTERNAL_ID])
def test_what_a_user_has_is_left_alone(helpdesk: Helpdesk, mapping: str) -> None:
    helpdesk.map(mapping)
    for number, phone in ((1, "+331"), (2, None)):
        helpdesk.emulator.create(
            name="By hand", email=f"user{number}@example.com", external_id=f"c-{number}", phone=phone
        )
    report = helpdesk.run()
    assert report["outcomes"]["delivered"] == 6
    (filled,) = report["reasons"]
    assert (filled["code"], filled["count"], filled["examples"]) == ("filled_at_destination", 1, ["1"])
    assert "`phone`" in filled["message"]
    users = {int(user["name"].split()[-1]): user for user in helpdesk.emulator.users()}
    assert {number: user["phone"] for number, user in users.items()} == {
        1: "+331",
        **{number: f"+4930100{number}" for number in range(2, 7)},
    }
    assert {number: user["user_fields"]["points"] for number, user in users.items()} == {
        number: 10 * number for number in range(1, 7)
    }
    again = helpdesk.run()
    assert (again["requests"]["write"], again["planned"]["unchanged"]) == (0, 6)


def test_an_agent_s_value_stays_when_ours_changes_and_ours_is_set_once(helpdesk: Helpdesk) -> None:
    helpdesk.map(MAPPING)
    helpdesk.sql("UPDATE customers SET points = NULL WHERE id <= 2")
    helpdesk.run()
    users = helpdesk.by_email()
    helpdesk.emulator.call(
        "PUT", f"/users/{users['user1@example.com']['id']}", {"user": {"user_fields": {"points": 7}}}
    )
    helpdesk.sql("UPDATE customers SET points = 99")
    report = helpdesk.run()
    assert report["planned"]["update"] == 2
    assert report["outcomes"] == {"delivered": 1, "rejected": 0, "skipped": 1, "unknown": 0}
    points = {email: user["user_fields"]["points"] for email, user in helpdesk.by_email().items()}
    assert points == {
        "user1@example.com": 7,
        "user2@example.com": 99,
        **{f"user{number}@example.com": 10 * number for number in range(3, 7)},
    }
    assert helpdesk.run()["requests"]["write"] == 0


def test_a_value_that_becomes_empty_is_not_cleared(helpdesk: Helpdesk) -> None:
    helpdesk.map(MAPPING)
    helpdesk.run()
    helpdesk.sql("UPDATE customers SET plan = NULL WHERE id = 1", "UPDATE customers SET plan = '' WHERE id = 2")
    assert helpdesk.run()["requests"]["write"] == 0
    assert helpdesk.by_email()["user1@example.com"]["user_fields"]["plan"] == "free"
