"""E-mail and phone: Zendesk adds a second one instead of replacing; a change is held, never called delivered."""

from tests.acceptance.zendesk.helpdesk import Helpdesk

SECOND_ADDRESS = {"identity": {"type": "email", "value": "second@example.com", "skip_verify_email": True}}
BY_EXTERNAL_ID = """
match: {external_id: id}
fields: {name: name, email: email, phone: phone}
custom_attributes: [points]
"""


def test_a_changed_phone_is_held_and_the_rest_is_sent(helpdesk: Helpdesk) -> None:
    helpdesk.run()
    helpdesk.sql("UPDATE customers SET phone = '+331999', points = 5 WHERE id = 7")
    report = helpdesk.run()
    assert report["outcomes"]["delivered"] == 1
    [reason] = report["reasons"]
    assert (reason["code"], reason["count"]) == ("identity_attribute_held", 1)
    assert "`phone`" in reason["message"]
    user = helpdesk.by_email()["user7@example.com"]
    assert (user["phone"], user["user_fields"]["points"]) == ("+33123450007", 5)
    assert len(user["identities"]) == 2
    _, entry = helpdesk.penstock("history", "everybody", "7").document["entries"]
    assert (entry["op"], entry["outcome"], [change["field"] for change in entry["changes"]]) == (
        "update",
        "delivered",
        ["points"],
    )
    assert entry["held"] == [{"field": "phone", "code": "identity_attribute_held"}]
    again = helpdesk.run()
    assert (again["requests"]["write"], again["planned"]["held"]) == (0, 1)
    helpdesk.sql("UPDATE customers SET phone = '+33123450007' WHERE id = 7")
    assert helpdesk.run()["planned"]["unchanged"] == 350


def test_a_changed_address_is_held_when_users_are_matched_otherwise(helpdesk: Helpdesk) -> None:
    helpdesk.map(BY_EXTERNAL_ID)
    helpdesk.run()
    assert helpdesk.by_email()["user5@example.com"]["external_id"] == "5"
    helpdesk.sql("UPDATE customers SET email = 'other@example.com' WHERE id = 5")
    report = helpdesk.run()
    assert (report["requests"]["write"], report["planned"]["held"]) == (0, 1)
    assert "other@example.com" not in helpdesk.by_email()


def test_an_agent_s_phone_is_not_called_delivered(helpdesk: Helpdesk) -> None:
    helpdesk.emulator.create(name="By hand", email="user7@example.com", phone="+49301", skip_verify_email=True)
    helpdesk.emulator.create(name="By hand", email="user14@example.com", phone="+33123450014", skip_verify_email=True)
    report = helpdesk.run(exit_code=1)
    assert (report["created"], report["updated"]) == (348, 1)
    [reason] = report["reasons"]
    assert (reason["code"], reason["examples"]) == ("identity_kept", ["7"])
    users = helpdesk.by_email()
    assert users["user7@example.com"]["phone"] == "+49301"
    assert users["user7@example.com"]["name"] == "Name 7"
    assert helpdesk.run()["requests"]["write"] == 0


def test_a_missing_name_holds_the_record(helpdesk: Helpdesk) -> None:
    helpdesk.sql("UPDATE customers SET name = NULL WHERE id = 1")
    report = helpdesk.run()
    assert report["outcomes"]["skipped"] == 1
    assert report["reasons"][0]["code"] == "required_value_missing"
    assert "user1@example.com" not in helpdesk.by_email()


def test_users_known_from_another_activation_are_updated_by_id(helpdesk: Helpdesk) -> None:
    helpdesk.run()
    before = len(helpdesk.writes())
    ended = helpdesk.penstock("run", "french_only")
    assert ended.document["outcomes"]["delivered"] == 35
    writes = helpdesk.writes()[before:]
    assert [write["path"] for write in writes] == ["/api/v2/users/update_many"]
    assert helpdesk.by_email()["user10@example.com"]["notes"] == "note 10"


def test_an_external_id_keeps_its_spelling_and_is_compared_without_it(helpdesk: Helpdesk) -> None:
    helpdesk.map("match: {external_id: code}\nfields: {name: name, email: email}")
    helpdesk.sql("ALTER TABLE customers ADD COLUMN code VARCHAR", "UPDATE customers SET code = ' Cu-' || id || ' '")
    helpdesk.emulator.create(name="By hand", external_id="Cu-5", skip_verify_email=True)
    assert helpdesk.run()["created"] == 349
    users = {user["external_id"]: user for user in helpdesk.emulator.users()}
    assert set(users) == {f"Cu-{i}" for i in range(1, 351)}
    helpdesk.sql("UPDATE customers SET code = upper(code)")
    assert helpdesk.run()["requests"]["write"] == 0


def test_one_user_in_two_records_of_one_batch_is_found_out(helpdesk: Helpdesk) -> None:
    user = helpdesk.emulator.create(name="Ana", email="user5@example.com", skip_verify_email=True)
    helpdesk.emulator.call("POST", f"/users/{user['id']}/identities", SECOND_ADDRESS)
    helpdesk.sql("UPDATE customers SET email = 'second@example.com' WHERE id = 6")
    assert helpdesk.run()["outcomes"]["delivered"] == 350
    report = helpdesk.run()
    assert (report["requests"]["write"], report["reasons"][0]["code"]) == (0, "same_user")


def test_two_records_that_are_one_user_are_held(helpdesk: Helpdesk) -> None:
    user = helpdesk.emulator.create(name="Ana", email="user5@example.com", skip_verify_email=True)
    helpdesk.emulator.call("POST", f"/users/{user['id']}/identities", SECOND_ADDRESS)
    helpdesk.run()
    before = len(helpdesk.writes())
    helpdesk.sql("INSERT INTO customers (id, email, name) VALUES (500, 'second@example.com', 'Two')")
    helpdesk.run()
    assert len(helpdesk.writes()) == before + 1
    report = helpdesk.run()
    assert (report["requests"]["write"], report["planned"]["held"]) == (0, 2)
    [reason] = report["reasons"]
    assert (reason["code"], sorted(reason["examples"])) == ("same_user", ["5", "500"])
    helpdesk.sql("DELETE FROM customers WHERE id = 500")
    assert helpdesk.run()["outcomes"]["delivered"] == 1
    assert helpdesk.by_email()["user5@example.com"]["name"] == "Name 5"
    assert helpdesk.run()["planned"]["unchanged"] == 350
