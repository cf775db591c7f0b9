"""Everybody once, nothing when nothing changed, then exactly what changed: judged by the emulator's own log."""

import json
from datetime import datetime
from itertools import pairwise
from math import ceil

from tests.acceptance.zendesk.helpdesk import Helpdesk, newcomers
from tests.contract.destinations.stands.zendesk_stand import SPEED


def test_only_what_changed_is_sent(helpdesk: Helpdesk) -> None:
    first = helpdesk.run()
    assert first["outcomes"] == {"delivered": 350, "rejected": 0, "skipped": 0, "unknown": 0}
    assert (first["created"], first["updated"]) == (350, 0)
    assert [write["path"].rpartition("/")[2] for write in helpdesk.writes()] == ["create_or_update_many"] * 4
    users = helpdesk.by_email()
    assert len(helpdesk.emulator.users()) == len(users) == 350
    assert users["user7@example.com"]["phone"] == "+33123450007"
    assert users["user7@example.com"]["user_fields"] == {"plan": "pro", "points": 70}
    assert sum(user["verification_mails"] for user in users.values()) == 0

    second = helpdesk.run()
    assert second["requests"]["write"] == 0
    assert second["planned"]["unchanged"] == 350
    assert len(helpdesk.writes()) == 4

    helpdesk.sql(
        "UPDATE customers SET points = points + 1 WHERE id <= 120",
        "UPDATE customers SET plan = NULL WHERE id = 1",
        newcomers(150),
    )
    third = helpdesk.run()
    assert (third["planned"]["create"], third["planned"]["update"]) == (150, 120)
    assert (third["created"], third["updated"]) == (150, 120)
    writes = helpdesk.writes()[4:]
    assert len(writes) == ceil(120 / 100) + ceil(150 / 100)
    updates = [
        user for write in writes if "update_many" in write["path"].replace("or_update", "") for user in _users(write)
    ]
    ids = {user["id"]: user["email"] for user in helpdesk.emulator.users()}
    changed = {ids[user["id"]]: {name: value for name, value in user.items() if name != "id"} for user in updates}
    assert len(changed) == 120
    assert changed["user1@example.com"] == {"user_fields": {"plan": None, "points": 11}}
    assert changed["user2@example.com"] == {"user_fields": {"points": 21}}
    assert sum(user["verification_mails"] for user in helpdesk.emulator.users()) == 0
    assert len(helpdesk.emulator.users()) == 500
    assert helpdesk.run()["requests"]["write"] == 0


def test_all_jobs_are_polled_together(helpdesk: Helpdesk) -> None:
    helpdesk.sql(newcomers(2000))
    helpdesk.emulator.settings(job_seconds=40)
    report = helpdesk.run()
    assert report["outcomes"]["delivered"] == 2350
    polls = [line for line in helpdesk.requests() if "job_statuses" in line["path"]]
    assert {line["path"] for line in polls} == {"/api/v2/job_statuses/show_many"}
    times = [datetime.fromisoformat(line["time"]) for line in polls]
    assert len(polls) <= 1.25 * 40 / 0.5 + 6
    assert report["requests"]["read"] <= len(polls) + 6
    assert max((later - earlier).total_seconds() for earlier, later in pairwise(times)) < 20 / SPEED


def _users(write: dict[str, str]) -> list[dict[str, object]]:
    users: list[dict[str, object]] = json.loads(write["body"])["users"]
    return users
