"""Custom attributes: user fields that are made when first needed, and values that Zendesk would not take."""

from tests.acceptance.zendesk.helpdesk import Helpdesk

ALL_TYPES = """
match: {email: email}
fields: {name: name}
custom_attributes: [plan, points, spent, vip, born, seen, {field: note, type: date}]
"""


def fields(helpdesk: Helpdesk) -> dict[str, str]:
    return {each["key"]: each["type"] for each in helpdesk.emulator.get("/user_fields")["user_fields"]}


def test_each_type_of_the_model_has_its_own_in_zendesk(helpdesk: Helpdesk) -> None:
    helpdesk.map(ALL_TYPES.replace("{field: note, type: date}", "note"))
    helpdesk.sql(
        "UPDATE customers SET note = repeat('x', 256) WHERE id = 1", "UPDATE customers SET vip = NULL WHERE id = 2"
    )
    planned = helpdesk.penstock("plan", "everybody")
    assert planned.exit_code == 0
    assert fields(helpdesk) == {}
    helpdesk.run()
    assert fields(helpdesk) == {
        "plan": "text",
        "points": "integer",
        "spent": "decimal",
        "vip": "checkbox",
        "born": "date",
        "seen": "text",
        "note": "textarea",
    }
    user = helpdesk.by_email()["user2@example.com"]
    assert user["user_fields"] == {
        "plan": "free",
        "points": 20,
        "spent": 0.5,
        "vip": False,
        "born": "1990-01-02T00:00:00+00:00",
        "seen": "2026-03-01T22:30:00Z",
        "note": "note 2",
    }
    assert helpdesk.run()["requests"]["write"] == 0
    made = [line for line in helpdesk.requests() if line["method"] == "POST" and "user_fields" in line["path"]]
    assert len(made) == 7


def test_a_time_can_become_a_day(helpdesk: Helpdesk) -> None:
    helpdesk.map("match: {email: email}\nfields: {name: name}\ncustom_attributes: [{field: seen, type: date}]")
    helpdesk.run()
    assert fields(helpdesk) == {"seen": "date"}
    assert helpdesk.by_email()["user2@example.com"]["user_fields"]["seen"] == "2026-03-01T00:00:00+00:00"


def test_a_list_is_refused_before_anything_is_sent(helpdesk: Helpdesk) -> None:
    helpdesk.map("match: {email: email}\nfields: {name: name}\ncustom_attributes: [labels]")
    ended = helpdesk.penstock("run", "everybody")
    assert ended.exit_code == 2
    assert helpdesk.writes() == []
    assert fields(helpdesk) == {}


def test_a_guard_stops_before_a_field_is_made(helpdesk: Helpdesk) -> None:
    text = (helpdesk.folder / "penstock.yaml").read_text().replace("settings: {", "settings: {max_first_run: 10, ")
    (helpdesk.folder / "penstock.yaml").write_text(text)
    assert helpdesk.penstock("run", "everybody").exit_code == 4
    assert fields(helpdesk) == {}


def test_a_value_that_is_no_option_is_named_with_the_nearest(helpdesk: Helpdesk) -> None:
    options = [{"name": "Free of charge", "value": "free"}, {"name": "Professional", "value": "professional"}]
    helpdesk.emulator.field("tier", "dropdown", custom_field_options=options)
    helpdesk.map("match: {email: email}\nfields: {name: name, tier: plan}")
    helpdesk.sql(
        "UPDATE customers SET plan = 'Profesional' WHERE id = 1", "UPDATE customers SET plan = 'free' WHERE id > 1"
    )
    report = helpdesk.run(exit_code=1)
    assert report["outcomes"]["delivered"] == 350
    [reason] = report["reasons"]
    assert (reason["code"], reason["examples"]) == ("not_an_option", ["1"])
    assert "`professional`" in reason["message"]
    assert helpdesk.by_email()["user1@example.com"]["user_fields"]["tier"] is None
    assert helpdesk.by_email()["user2@example.com"]["user_fields"]["tier"] == "free"


def test_names_are_checked_against_the_account(helpdesk: Helpdesk) -> None:
    helpdesk.map("match: {email: email}\nfields: {name: name, note: note, created_at: seen}")
    ended = helpdesk.penstock("check")
    assert ended.exit_code == 2
    told = " ".join(problem["message"] + problem["fix"] for problem in ended.document["problems"])
    assert "`notes`" in told
    assert "created_at" in told
    helpdesk.map("match: {email: email}\nfields: {notes: note}")
    ended = helpdesk.penstock("run", "everybody")
    assert ended.exit_code == 2
    assert "name" in ended.document["error"]["message"]
    assert helpdesk.writes() == []


def test_a_user_field_that_was_deleted_is_made_again_and_filled_again(helpdesk: Helpdesk) -> None:
    helpdesk.run()
    field = next(each for each in helpdesk.emulator.get("/user_fields")["user_fields"] if each["key"] == "points")
    assert helpdesk.emulator.call("DELETE", f"/user_fields/{field['id']}").status == 204
    planned = helpdesk.penstock("plan", "everybody").document
    assert planned["changes"] == {"points": 350}
    assert "`points`" in planned["notices"][0]
    assert helpdesk.run()["outcomes"]["delivered"] == 350
    assert {user["user_fields"]["points"] for user in helpdesk.emulator.users()} == {i * 10 for i in range(1, 351)}
    assert helpdesk.run()["requests"]["write"] == 0
