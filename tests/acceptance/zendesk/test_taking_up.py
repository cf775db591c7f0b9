"""Jobs that fail, vanish or outlive their run: nothing lost, nobody twice, nothing confirmed wrongly."""

import time

import pytest

from tests.acceptance.zendesk.helpdesk import Helpdesk, newcomers

CREATE = "POST /api/v2/users/create_or_update_many"


def everybody_is_right(helpdesk: Helpdesk, number: int = 350) -> None:
    users = helpdesk.emulator.users()
    assert len(users) == number
    shop = dict(helpdesk.rows("SELECT email, points FROM customers"))
    assert {user["email"]: user["user_fields"]["points"] for user in users} == shop
    assert sum(user["verification_mails"] for user in users) == 0


def test_jobs_that_outlive_a_killed_run_are_asked_for_what_they_did(helpdesk: Helpdesk) -> None:
    helpdesk.emulator.settings(job_seconds=120)
    helpdesk.kill_run_at_work(4)
    queued = len(helpdesk.writes())
    assert queued == 4
    helpdesk.sql("UPDATE customers SET points = -1 WHERE id <= 10")
    report = helpdesk.run()
    assert report["recovered"]
    assert report["planned"]["create"] == 0
    assert report["planned"]["update"] == 10
    assert len(helpdesk.writes()) == queued + 1
    everybody_is_right(helpdesk)


def test_who_waited_for_a_job_when_a_run_was_killed_is_sent_without_being_searched_for(helpdesk: Helpdesk) -> None:
    helpdesk.sql(newcomers(600), "UPDATE customers SET points = coalesce(points, 7)")
    helpdesk.emulator.settings(job_seconds=60, max_jobs=3)
    helpdesk.kill_run_at_work(3)
    assert len(helpdesk.writes()) == 3
    before = len(helpdesk.requests())
    report = helpdesk.run()
    assert report["recovered"]
    assert report["planned"]["unchanged"] == 300
    assert report["outcomes"] == {"delivered": 650, "rejected": 0, "skipped": 0, "unknown": 0}
    assert report["requests"]["write"] - report["requests"]["throttled"] == 7, "a hundred at a time"
    paths = [line["path"] for line in helpdesk.requests()[before:]]
    assert "/api/v2/users/search" not in paths
    everybody_is_right(helpdesk, 950)


def test_a_lost_answer_waits_for_its_job_and_reads_back(helpdesk: Helpdesk) -> None:
    helpdesk.emulator.settings(job_seconds=60)
    helpdesk.emulator.faults({"on": CREATE, "do": "drop-after", "nth": 2})
    report = helpdesk.run(exit_code=1)
    assert report["outcomes"] == {"delivered": 250, "rejected": 0, "skipped": 0, "unknown": 100}
    before = len(helpdesk.writes())
    assert helpdesk.run()["outcomes"]["delivered"] == 100
    assert len(helpdesk.writes()) == before
    everybody_is_right(helpdesk)


@pytest.mark.parametrize("what", ["fail-job", "lose-job"])
def test_a_job_that_fails_or_vanishes_leaves_its_users_unknown(helpdesk: Helpdesk, what: str) -> None:
    helpdesk.run()
    helpdesk.sql(
        "UPDATE customers SET points = points + 1",
        newcomers(150),
        "UPDATE customers SET points = coalesce(points, 7)",
    )
    helpdesk.emulator.faults(
        {"on": CREATE, "do": what, "nth": 1}, {"on": "PUT /api/v2/users/update_many", "do": what, "nth": 1}
    )
    report = helpdesk.run("--allow", "changed", exit_code=1)
    assert report["outcomes"] == {"delivered": 300, "rejected": 0, "skipped": 0, "unknown": 200}
    helpdesk.emulator.faults()
    assert helpdesk.run()["outcomes"]["delivered"] == 200
    everybody_is_right(helpdesk, 500)
    assert helpdesk.run()["requests"]["write"] == 0


def test_results_in_another_order_are_not_believed(helpdesk: Helpdesk) -> None:
    helpdesk.emulator.faults({"on": CREATE, "do": "shuffle-results", "nth": 1})
    assert helpdesk.run(exit_code=1)["outcomes"]["unknown"] == 100
    assert helpdesk.run()["outcomes"]["delivered"] == 100
    everybody_is_right(helpdesk)


def test_without_bulk_import_new_users_go_one_by_one(helpdesk: Helpdesk) -> None:
    helpdesk.emulator.settings(bulk_import="off")
    helpdesk.sql("DELETE FROM customers WHERE id > 30")
    report = helpdesk.run()
    assert report["outcomes"]["delivered"] == 30
    assert any("bulk" in notice for notice in report["notices"])
    assert report["warnings"] == []
    everybody_is_right(helpdesk, 30)
    helpdesk.sql("UPDATE customers SET points = 0")
    helpdesk.run("--allow", "changed")
    assert [write["path"] for write in helpdesk.writes()][-1] == "/api/v2/users/update_many"
    everybody_is_right(helpdesk, 30)


def test_a_run_that_goes_one_by_one_ends_when_it_is_told_to(helpdesk: Helpdesk) -> None:
    helpdesk.emulator.settings(bulk_import="off")
    ended = helpdesk.interrupt_run_once(lambda: len(helpdesk.emulator.users()) > 20)
    assert ended.exit_code == 130
    assert 0 < ended.document["outcomes"]["delivered"] < 350
    assert ended.document["outcomes"]["unknown"] == 0
    helpdesk.sql("DELETE FROM customers WHERE id > 150")
    helpdesk.run("--allow", "left", "--allow", "shrunk")
    assert helpdesk.run()["requests"]["write"] == 0


def test_another_account_is_noticed(helpdesk: Helpdesk) -> None:
    helpdesk.run()
    helpdesk.emulator.reset()
    time.sleep(0.1)
    refused = helpdesk.penstock("run", "everybody")
    assert (refused.exit_code, refused.document["error"]["code"]) == (2, "ledger_of_another")
    report = helpdesk.run("--full")
    assert report["created"] == 350
    everybody_is_right(helpdesk)


def test_what_a_killed_run_s_job_kept_is_told_as_well(helpdesk: Helpdesk) -> None:
    helpdesk.emulator.create(name="By hand", email="user7@example.com", phone="+49301", skip_verify_email=True)
    helpdesk.emulator.settings(job_seconds=120)
    helpdesk.kill_run_at_work(4)
    report = helpdesk.run()
    assert report["recovered"]
    assert report["planned"]["held"] == 1
    assert "`phone`" in report["reasons"][0]["message"]
