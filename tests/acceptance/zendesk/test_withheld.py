"""A field that Zendesk drops with a success answer is withheld, named, and not sent again and again."""

from tests.acceptance.zendesk.helpdesk import Helpdesk

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
