"""Who leaves the segment is cleared, suspended or deleted in Zendesk, once, and is as before when they return."""

import subprocess
from typing import Any

import pytest

from tests.acceptance.zendesk.helpdesk import PLAIN, Helpdesk

UPDATE, DESTROY = "PUT /api/v2/users/update_many", "DELETE /api/v2/users/destroy_many"


def prepared(helpdesk: Helpdesk, leave: str, *, people: int = 100) -> dict[str, Any]:
    """Deliver some people of an activation with that policy; returns them by address."""
    helpdesk.map(f"{PLAIN}\nleave: {leave}")
    helpdesk.sql(f"DELETE FROM customers WHERE id > {people}")
    helpdesk.run()
    return helpdesk.by_email()


def leave(helpdesk: Helpdesk, *ids: int) -> None:
    """Let customers leave, so that they can return as they were."""
    numbers = ", ".join(map(str, ids))
    helpdesk.sql(
        f"CREATE OR REPLACE TABLE gone AS FROM customers WHERE id IN ({numbers})",
        f"DELETE FROM customers WHERE id IN ({numbers})",
    )


def come_back(helpdesk: Helpdesk) -> None:
    helpdesk.sql("INSERT INTO customers FROM gone")


def is_quiet(helpdesk: Helpdesk) -> None:
    report = helpdesk.run()
    assert report["requests"]["write"] == 0
    assert report["planned"]["left"] == 0


def test_who_leaves_is_cleared_and_filled_again_on_returning(helpdesk: Helpdesk) -> None:
    before = prepared(helpdesk, "clear")["user7@example.com"]
    leave(helpdesk, 7)
    report = helpdesk.run()
    assert (report["planned"]["left"], report["planned"]["clear"], report["planned"]["update"]) == (1, 1, 0)
    assert report["outcomes"]["delivered"] == 1
    user = helpdesk.by_email()["user7@example.com"]
    assert user["user_fields"] == {"plan": None, "points": None}
    assert (user["name"], user["phone"], user["id"]) == (before["name"], before["phone"], before["id"])
    is_quiet(helpdesk)
    come_back(helpdesk)
    assert helpdesk.run()["planned"]["update"] == 1
    assert helpdesk.by_email()["user7@example.com"]["user_fields"] == before["user_fields"]
    is_quiet(helpdesk)


def test_who_leaves_is_suspended_and_restored_on_returning(helpdesk: Helpdesk) -> None:
    before = prepared(helpdesk, "suspend")["user7@example.com"]
    leave(helpdesk, 7, 8)
    report = helpdesk.run()
    assert (report["planned"]["remove"], report["removed"], report["updated"]) == (2, 2, 0)
    assert helpdesk.by_email()["user7@example.com"]["suspended"] is True
    is_quiet(helpdesk)
    come_back(helpdesk)
    helpdesk.sql("UPDATE customers SET points = -1 WHERE id = 8")
    report = helpdesk.run()
    assert report["outcomes"]["delivered"] == 2
    users = helpdesk.by_email()
    assert (users["user7@example.com"]["suspended"], users["user8@example.com"]["suspended"]) == (False, False)
    assert users["user7@example.com"]["user_fields"] == before["user_fields"]
    assert users["user8@example.com"]["user_fields"]["points"] == -1
    is_quiet(helpdesk)


def test_who_leaves_is_deleted_and_created_in_full_on_returning(helpdesk: Helpdesk) -> None:
    before = prepared(helpdesk, "delete")["user7@example.com"]
    leave(helpdesk, 7)
    helpdesk.sql("UPDATE customers SET points = -1 WHERE id = 8")
    planned = helpdesk.penstock("plan", "everybody").document
    assert (planned["planned"]["remove"], planned["planned"]["update"]) == (1, 1)
    assert planned["sample"][0] == {
        "key": "7", "match": "user7@example.com", "op": "remove", "code": None, "changes": [], "held": [],
    }  # fmt: skip
    report = helpdesk.run()
    assert (report["removed"], report["updated"], report["outcomes"]["delivered"]) == (1, 1, 2)
    assert "user7@example.com" not in helpdesk.by_email()
    is_quiet(helpdesk)
    come_back(helpdesk)
    assert helpdesk.run()["planned"]["create"] == 1
    after = helpdesk.by_email()["user7@example.com"]
    assert after["id"] != before["id"]
    assert (after["name"], after["phone"], after["user_fields"]) == (
        before["name"], before["phone"], before["user_fields"],
    )  # fmt: skip
    is_quiet(helpdesk)
    history = helpdesk.penstock("history", "everybody", "user7@example.com").document
    assert [entry["op"] for entry in history["entries"]] == ["create", "remove", "create"]


@pytest.mark.parametrize("policy", ["suspend", "delete"])
def test_agents_are_never_removed(helpdesk: Helpdesk, policy: str) -> None:
    agent = prepared(helpdesk, policy)["user7@example.com"]
    helpdesk.emulator.update(agent["id"], role="agent")
    leave(helpdesk, 7, 8)
    report = helpdesk.run()
    assert report["outcomes"] == {"delivered": 1, "rejected": 0, "skipped": 1, "unknown": 0}
    assert report["reasons"][0]["code"] == "protected_user"
    there = helpdesk.by_email()["user7@example.com"]
    assert (there["role"], there["suspended"]) == ("agent", False)
    is_quiet(helpdesk)


def test_whoever_an_agent_suspended_stays_so(helpdesk: Helpdesk) -> None:
    user = prepared(helpdesk, "suspend")["user7@example.com"]
    helpdesk.emulator.update(user["id"], suspended=True)
    leave(helpdesk, 7)
    assert helpdesk.run()["reasons"][0]["code"] == "already_suspended"
    come_back(helpdesk)
    helpdesk.run()
    assert helpdesk.by_email()["user7@example.com"]["suspended"] is True


@pytest.mark.parametrize("fault", ["drop-after", "drop-before"])
@pytest.mark.parametrize(("policy", "sent_as"), [("delete", DESTROY), ("suspend", UPDATE), ("clear", UPDATE)])
def test_a_lost_answer_is_read_back(helpdesk: Helpdesk, policy: str, sent_as: str, fault: str) -> None:
    prepared(helpdesk, policy)
    leave(helpdesk, 7)
    helpdesk.emulator.faults({"on": sent_as, "do": fault})
    assert helpdesk.run(exit_code=1)["outcomes"]["unknown"] == 1
    helpdesk.emulator.faults()
    assert helpdesk.run()["outcomes"]["delivered"] == 1
    user = helpdesk.by_email().get("user7@example.com")
    if policy == "delete":
        assert user is None
    else:
        assert user is not None
        assert user["suspended"] is (policy == "suspend")
        assert (user["user_fields"]["plan"] is None) is (policy == "clear")
    is_quiet(helpdesk)


def test_whoever_returns_after_a_lost_deletion_is_there_in_full(helpdesk: Helpdesk) -> None:
    before = prepared(helpdesk, "delete")["user7@example.com"]
    leave(helpdesk, 7, 8)
    helpdesk.emulator.faults({"on": DESTROY, "do": "drop-after"})
    assert helpdesk.run(exit_code=1)["outcomes"]["unknown"] == 2
    helpdesk.emulator.faults()
    come_back(helpdesk)
    assert helpdesk.run()["outcomes"]["delivered"] == 2
    after = helpdesk.by_email()["user7@example.com"]
    assert (after["name"], after["user_fields"]) == (before["name"], before["user_fields"])
    assert len(helpdesk.by_email()) == 100
    is_quiet(helpdesk)


def test_a_refused_deletion_stays_due(helpdesk: Helpdesk) -> None:
    prepared(helpdesk, "delete")
    leave(helpdesk, 7)
    helpdesk.emulator.faults({"on": DESTROY, "do": "reject-record"})
    report = helpdesk.run(exit_code=1)
    assert report["outcomes"]["rejected"] == 1
    helpdesk.emulator.faults()
    held = helpdesk.run()
    assert (held["requests"]["write"], held["outcomes"]["skipped"], held["planned"]["left"]) == (0, 1, 0)
    assert "user7@example.com" in helpdesk.by_email()
    assert helpdesk.run("--full")["planned"]["remove"] == 1
    assert "user7@example.com" not in helpdesk.by_email()


def test_a_deleted_user_need_not_be_removed(helpdesk: Helpdesk) -> None:
    user = prepared(helpdesk, "delete")["user7@example.com"]
    assert helpdesk.emulator.call("DELETE", f"/users/{user['id']}").status == 200
    leave(helpdesk, 7)
    assert helpdesk.run()["reasons"][0]["code"] == "already_gone"
    is_quiet(helpdesk)


def test_the_jobs_of_a_killed_run_are_asked_whom_they_removed(helpdesk: Helpdesk) -> None:
    prepared(helpdesk, "delete")
    leave(helpdesk, 7, 8, 9)
    helpdesk.emulator.settings(job_seconds=120)
    helpdesk.kill_run_at_work(1)
    helpdesk.run()
    assert len(helpdesk.by_email()) == 97
    asked = [line for line in helpdesk.requests() if line["path"].startswith("/api/v2/users/destroy_many")]
    assert len(asked) == 1
    is_quiet(helpdesk)


def test_a_guard_stops_the_removal_of_several(helpdesk: Helpdesk) -> None:
    prepared(helpdesk, "delete")
    leave(helpdesk, *range(1, 8))
    stopped = helpdesk.penstock("run", "everybody")
    assert (stopped.exit_code, stopped.document["error"]["code"]) == (4, "guard_removed")
    assert len(helpdesk.by_email()) == 100
    assert helpdesk.run("--allow", "removed")["removed"] == 7


def test_whoever_another_activation_wants_is_kept(helpdesk: Helpdesk) -> None:
    prepared(helpdesk, "delete")
    assert helpdesk.penstock("run", "french_only").exit_code == 0
    leave(helpdesk, 10, 11)
    report = helpdesk.run()
    assert (report["removed"], report["reasons"][0]["code"], report["reasons"][0]["examples"]) == (
        1, "still_wanted", ["10"],
    )  # fmt: skip
    again = helpdesk.run()
    assert (again["requests"]["write"], again["outcomes"]["skipped"], again["planned"]["left"]) == (0, 1, 0)
    assert (again["reasons"][0]["code"], again["reasons"][0]["examples"]) == ("still_wanted", ["10"])
    assert "user10@example.com" in helpdesk.by_email()
    assert helpdesk.penstock("run", "french_only").exit_code == 0
    assert helpdesk.run()["removed"] == 1
    assert "user10@example.com" not in helpdesk.by_email()
    is_quiet(helpdesk)


def test_whoever_returns_while_another_activation_wants_them_is_never_removed(helpdesk: Helpdesk) -> None:
    prepared(helpdesk, "delete")
    assert helpdesk.penstock("run", "french_only").exit_code == 0
    helpdesk.sql("CREATE TABLE away AS FROM customers WHERE id = 10")
    leave(helpdesk, 10)
    helpdesk.run()
    helpdesk.sql("INSERT INTO customers FROM away")
    assert helpdesk.run()["planned"]["returned"] == 1
    is_quiet(helpdesk)
    assert helpdesk.penstock("run", "french_only").exit_code == 0
    is_quiet(helpdesk)
    assert "user10@example.com" in helpdesk.by_email()


def test_of_two_that_remove_the_last_one_to_let_go_does(helpdesk: Helpdesk) -> None:
    prepared(helpdesk, "delete")
    project = helpdesk.folder / "penstock.yaml"
    text = project.read_text()
    assert text.count("name: french_only") == 1
    project.write_text(text.replace("name: french_only", "name: french_only\n    leave: delete"))
    assert helpdesk.penstock("run", "french_only").exit_code == 0
    leave(helpdesk, 10)
    assert helpdesk.run()["reasons"][0]["code"] == "still_wanted"
    assert helpdesk.penstock("run", "french_only").document["removed"] == 1
    assert helpdesk.run()["reasons"][0]["code"] == "already_gone"
    is_quiet(helpdesk)


def test_whoever_has_another_key_now_is_not_removed(helpdesk: Helpdesk) -> None:
    prepared(helpdesk, "delete")
    helpdesk.sql("UPDATE customers SET id = 1007 WHERE id = 7")
    report = helpdesk.run()
    assert (report["planned"]["remove"], report["reasons"][0]["code"]) == (0, "user_of_another_record")
    assert "user7@example.com" in helpdesk.by_email()
    is_quiet(helpdesk)


def test_who_left_before_is_not_removed_by_a_new_policy(helpdesk: Helpdesk) -> None:
    prepared(helpdesk, "keep")
    leave(helpdesk, 7)
    helpdesk.run()
    helpdesk.map(f"{PLAIN}\nleave: delete")
    is_quiet(helpdesk)
    assert "user7@example.com" in helpdesk.by_email()


def test_what_may_not_be_done_to_leavers_is_refused_before_anything_is_sent(helpdesk: Helpdesk) -> None:
    prepared(helpdesk, "delete", people=10)
    leave(helpdesk, 7)
    helpdesk.emulator.settings(role="agent")
    before = len(helpdesk.writes())
    for command in ("plan", "run"):
        assert "`leave: delete`" in refused(helpdesk, command)
    helpdesk.emulator.settings(role="admin")
    helpdesk.sql("ALTER TABLE customers ADD COLUMN off BOOLEAN")
    helpdesk.map(PLAIN.replace("phone: phone", "suspended: off") + "\nleave: suspend")
    for command in ("plan", "run"):
        assert "`suspended` is mapped" in refused(helpdesk, command)
    checked = helpdesk.penstock("check").document["problems"]
    assert "suspended_twice" in [problem["code"] for problem in checked]
    assert len(helpdesk.writes()) == before
    assert "user7@example.com" in helpdesk.by_email()


def refused(helpdesk: Helpdesk, command: str) -> str:
    """Run a command that refuses the configuration; returns what it says."""
    ended = helpdesk.penstock(command, "everybody")
    assert ended.exit_code == 2
    return str(ended.document["error"])


def test_a_plan_shows_leavers_as_far_as_there_is_room_and_says_how_many_more_there_are(helpdesk: Helpdesk) -> None:
    prepared(helpdesk, "suspend")
    leave(helpdesk, *range(1, 7))

    def text() -> str:
        command = helpdesk.command("plan", "everybody")
        return subprocess.run(command, env=helpdesk.environment, capture_output=True, text=True, check=True).stdout

    assert text().count("remove user") == 6
    helpdesk.sql("UPDATE customers SET points = -1")
    told = text()
    shown = {word: told.count(f"{word} user") for word in ("remove", "update")}
    assert shown["remove"] < 6
    assert f"and {6 - shown['remove']} more removals and {94 - shown['update']} more updates" in told
