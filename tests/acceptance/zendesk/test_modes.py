"""Update mode creates nobody, insert mode changes nobody, and who is not there is looked for again."""

import time
from typing import Any

import pytest

from tests.acceptance.zendesk.helpdesk import Helpdesk

UPDATE = """
match: {email: email}
insert: false
fields: {notes: note}
custom_attributes: [plan, points]
"""
BY_EXTERNAL_ID = """
match: {external_id: id}
mode: update
fields: {notes: note}
custom_attributes: [plan, points]
"""
INSERT = """
match: {email: email}
mode: insert
fields: {name: name}
custom_attributes: [plan, points]
"""
UPSERT = INSERT.replace("insert", "upsert")
SHOW_MANY = "/api/v2/users/show_many"
SEARCH = "/api/v2/users/search"
LISTING = "/api/v2/incremental/users/cursor"
CREATIONS = {
    "/api/v2/users",
    "/api/v2/users/create_many",
    "/api/v2/users/create_or_update",
    "/api/v2/users/create_or_update_many",
}


def people(helpdesk: Helpdesk, *numbers: int) -> None:
    """Users made in Zendesk without Penstock."""
    users = [
        {"name": f"There {each}", "email": f"user{each}@example.com", "external_id": str(each)} for each in numbers
    ]
    for start in range(0, len(users), 100):
        body = {"users": users[start : start + 100]}
        helpdesk.emulator.ended(helpdesk.emulator.start("POST", "/users/create_many", body))


def listable(helpdesk: Helpdesk, count: int) -> None:
    """Wait until Zendesk's listing, which leaves out the last minute, names so many users."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        answer = helpdesk.emulator.call("GET", "/incremental/users/cursor?start_time=0")
        if answer.status == 200 and len(answer.json()["users"]) >= count:
            return
        time.sleep(0.1)
    raise AssertionError("the listing does not come up")


class Watch:
    """The requests that Penstock makes from now on, and whether anybody is created by them."""

    def __init__(self, helpdesk: Helpdesk) -> None:
        self._helpdesk = helpdesk
        self._before = len(helpdesk.requests())
        self._users = {user["id"] for user in helpdesk.emulator.users()}

    def paths(self) -> list[str]:
        return [line["path"] for line in self._helpdesk.requests()[self._before :]]

    def count(self, path: str) -> int:
        return self.paths().count(path)

    def assert_nobody_is_created(self) -> None:
        assert {user["id"] for user in self._helpdesk.emulator.users()} == self._users
        assert not CREATIONS & {
            line["path"] for line in self._helpdesk.requests()[self._before :] if line["method"] == "POST"
        }


def reasons(report: Any) -> dict[str, int]:
    return {each["code"]: each["count"] for each in report["reasons"]}


@pytest.mark.parametrize(("mapping", "path", "reads"), [(UPDATE, SEARCH, 10), (BY_EXTERNAL_ID, SHOW_MANY, 1)])
def test_only_users_who_are_there_are_updated(helpdesk: Helpdesk, mapping: str, path: str, reads: int) -> None:
    helpdesk.sql("DELETE FROM customers WHERE id > 10")
    helpdesk.map(mapping)
    people(helpdesk, *range(1, 8))
    watch = Watch(helpdesk)
    report = helpdesk.run()
    watch.assert_nobody_is_created()
    assert report["planned"] | {"unchanged": 0} == report["planned"]
    assert report["planned"]["create"] == 10
    assert report["outcomes"] == {"delivered": 7, "rejected": 0, "skipped": 3, "unknown": 0}
    assert reasons(report) == {"absent_at_destination": 3}
    assert "10 users were looked up in Zendesk" in " ".join(report["notices"])
    assert watch.count(path) == reads
    users = helpdesk.by_email()
    assert {user["user_fields"]["points"] for user in users.values()} == {number * 10 for number in range(1, 8)}
    assert users["user3@example.com"]["name"] == "There 3"
    watch = Watch(helpdesk)
    again = helpdesk.run()
    assert again["requests"]["write"] == 0
    assert (again["planned"]["held"], reasons(again)) == (3, {"absent_at_destination": 3})
    assert not {SEARCH, SHOW_MANY, LISTING} & set(watch.paths())


def test_a_plan_says_how_many_are_looked_up_and_asks_nobody(helpdesk: Helpdesk) -> None:
    helpdesk.sql("DELETE FROM customers WHERE id > 10")
    helpdesk.map(UPDATE)
    watch = Watch(helpdesk)
    planned = helpdesk.penstock("plan", "everybody")
    assert "It is found out first which of 10 users exist at the destination." in planned.document["notices"]
    assert not {SEARCH, SHOW_MANY, LISTING} & set(watch.paths())


def test_whoever_was_absent_is_looked_for_after_a_day_or_a_change(helpdesk: Helpdesk) -> None:
    helpdesk.sql("DELETE FROM customers WHERE id > 3")
    helpdesk.map(UPDATE)
    people(helpdesk, 1)
    helpdesk.run()
    people(helpdesk, 2, 3)
    assert helpdesk.run()["planned"]["held"] == 2
    helpdesk.sql("UPDATE customers SET points = 5 WHERE id = 2")
    assert helpdesk.run()["outcomes"] == {"delivered": 1, "rejected": 0, "skipped": 1, "unknown": 0}
    assert helpdesk.run(hours_later=25)["outcomes"] == {"delivered": 1, "rejected": 0, "skipped": 0, "unknown": 0}
    assert helpdesk.by_email()["user3@example.com"]["user_fields"] == {"plan": "pro", "points": 30}
    history = helpdesk.penstock("history", "everybody", "3").document
    assert "absent_at_destination" in str(history)


@pytest.mark.parametrize("unknown_user", ["action", "omitted"])
def test_whoever_is_deleted_is_skipped_and_found_again_under_another_id(
    helpdesk: Helpdesk, unknown_user: str
) -> None:
    helpdesk.emulator.settings(unknown_user=unknown_user)
    helpdesk.sql("DELETE FROM customers WHERE id > 3")
    helpdesk.map(UPDATE)
    people(helpdesk, 1, 2)
    helpdesk.run()
    before = helpdesk.by_email()["user1@example.com"]["id"]
    assert helpdesk.emulator.call("DELETE", f"/users/{before}").status == 200
    helpdesk.sql("UPDATE customers SET points = 1 WHERE id < 3")
    watch = Watch(helpdesk)
    report = helpdesk.run()
    watch.assert_nobody_is_created()
    assert reasons(report) == {"deleted_at_destination": 1, "absent_at_destination": 1}
    people(helpdesk, 1)
    again = helpdesk.run(hours_later=25)
    assert again["outcomes"] == {"delivered": 1, "rejected": 0, "skipped": 1, "unknown": 0}
    assert helpdesk.by_email()["user1@example.com"]["user_fields"] == {"plan": "pro", "points": 1}


def test_whoever_was_merged_into_another_is_found_by_the_further_address(helpdesk: Helpdesk) -> None:
    helpdesk.emulator.settings(write_per_second="off")
    helpdesk.sql("DELETE FROM customers WHERE id > 2")
    helpdesk.map(UPSERT)
    helpdesk.run()
    gone = helpdesk.by_email()["user1@example.com"]["id"]
    assert helpdesk.emulator.call("DELETE", f"/users/{gone}").status == 200
    kept = helpdesk.emulator.create(name="Kept", email="kept@example.com")["id"]
    helpdesk.emulator.update(kept, email="user1@example.com")
    helpdesk.sql("UPDATE customers SET points = 1 WHERE id = 1")
    assert reasons(helpdesk.run()) == {"deleted_at_destination": 1}
    assert helpdesk.run(hours_later=25)["outcomes"]["delivered"] == 1
    assert helpdesk.emulator.user(kept)["user_fields"] == {"plan": "pro", "points": 1}
    assert helpdesk.emulator.user(kept)["email"] == "kept@example.com"


def test_a_deleted_user_who_is_still_gone_is_not_brought_back(helpdesk: Helpdesk) -> None:
    helpdesk.sql("DELETE FROM customers WHERE id > 2")
    helpdesk.map(UPSERT)
    helpdesk.run()
    gone = helpdesk.by_email()["user1@example.com"]["id"]
    assert helpdesk.emulator.call("DELETE", f"/users/{gone}").status == 200
    helpdesk.sql("UPDATE customers SET points = 1 WHERE id = 1")
    helpdesk.run()
    watch = Watch(helpdesk)
    assert reasons(helpdesk.run(hours_later=25)) == {"deleted_at_destination": 1}
    watch.assert_nobody_is_created()
    assert watch.count(SEARCH) == 1
    helpdesk.map(UPSERT + "recreate: true")
    assert helpdesk.run(hours_later=26)["outcomes"]["delivered"] == 1
    assert helpdesk.by_email()["user1@example.com"]["user_fields"] == {"plan": "pro", "points": 1}
    assert helpdesk.by_email()["user1@example.com"]["name"] == "Name 1"


@pytest.mark.parametrize("bulk_import", ["on", "off"])
def test_an_update_whose_answer_is_lost_creates_nobody(helpdesk: Helpdesk, bulk_import: str) -> None:
    helpdesk.sql("DELETE FROM customers WHERE id > 4")
    helpdesk.map(UPDATE)
    people(helpdesk, 1, 2, 3)
    helpdesk.emulator.settings(bulk_import=bulk_import)
    helpdesk.emulator.faults({"on": "PUT /api/v2/users/update_many", "do": "drop-before"})
    watch = Watch(helpdesk)
    assert helpdesk.run(exit_code=1)["outcomes"] == {"delivered": 0, "rejected": 0, "skipped": 1, "unknown": 3}
    helpdesk.emulator.faults()
    deleted = helpdesk.by_email()["user2@example.com"]["id"]
    assert helpdesk.emulator.call("DELETE", f"/users/{deleted}").status == 200
    report = helpdesk.run()
    watch.assert_nobody_is_created()
    assert report["outcomes"]["delivered"] == 2
    assert reasons(report) == {"absent_at_destination": 1, "deleted_at_destination": 1}
    assert helpdesk.by_email()["user3@example.com"]["user_fields"] == {"plan": "pro", "points": 30}


def test_hundreds_are_looked_up_in_the_listing_and_the_next_one_goes_on(helpdesk: Helpdesk) -> None:
    """At a limit where asking for hundreds of addresses would take too long."""
    helpdesk.sql("DELETE FROM customers WHERE id > 300")
    helpdesk.map(UPDATE)
    _slow_down(helpdesk)
    people(helpdesk, *range(1, 201))
    listable(helpdesk, 201)
    watch = Watch(helpdesk)
    report = helpdesk.run("--allow", "changed")
    watch.assert_nobody_is_created()
    assert report["outcomes"] == {"delivered": 200, "rejected": 0, "skipped": 100, "unknown": 0}
    assert (watch.count(LISTING), watch.count(SEARCH)) == (1, 0)
    assert any("by their first e-mail address alone" in notice for notice in report["notices"])
    people(helpdesk, *range(201, 231))
    helpdesk.sql(
        "INSERT INTO customers (id, email, points)"
        " SELECT i, 'x' || i || '@example.com', 1 FROM range(1000, 1200) AS t(i)"
    )
    time.sleep(2)  # the last minute, which a listing leaves out
    watch = Watch(helpdesk)
    report = helpdesk.run("--allow", "changed")
    watch.assert_nobody_is_created()
    assert any("in the listing of users changed since the last one" in notice for notice in report["notices"])
    assert reasons(report) == {"absent_at_destination": 270 + 30}
    watch = Watch(helpdesk)
    report = helpdesk.run("--allow", "changed")
    assert report["outcomes"]["delivered"] == 30, "whom a listing has named since are no longer held"
    assert (watch.count(LISTING), watch.count(SEARCH)) == (0, 0)


def _slow_down(helpdesk: Helpdesk) -> None:
    path = helpdesk.folder / "penstock.yaml"
    path.write_text(
        path.read_text().replace("    type: zendesk\n", "    type: zendesk\n    requests_per_minute: 30\n")
    )


def test_inserting_only_creates_new_users(helpdesk: Helpdesk) -> None:
    helpdesk.sql("DELETE FROM customers WHERE id > 10")
    people(helpdesk, 1, 2)
    helpdesk.map(INSERT)
    report = helpdesk.run()
    assert report["outcomes"] == {"delivered": 8, "rejected": 0, "skipped": 2, "unknown": 0}
    assert (report["created"], reasons(report)) == (8, {"already_at_destination": 2})
    users = helpdesk.by_email()
    assert (users["user1@example.com"]["name"], users["user3@example.com"]["name"]) == ("There 1", "Name 3")
    assert helpdesk.run()["requests"]["write"] == 0
    helpdesk.sql("UPDATE customers SET points = 1")
    assert reasons(helpdesk.run()) == {"already_at_destination": 2}
    assert {user["user_fields"]["points"] for user in helpdesk.by_email().values()} & {1} == set()


def test_inserting_only_does_not_even_send_whom_another_activation_knows(helpdesk: Helpdesk) -> None:
    helpdesk.sql("DELETE FROM customers WHERE id > 20")
    assert helpdesk.penstock("run", "french_only").document["outcomes"]["delivered"] == 2
    helpdesk.map(INSERT)
    report = helpdesk.run()
    assert reasons(report) == {"already_at_destination": 2}
    (write,) = [line for line in helpdesk.requests() if line["path"] == "/api/v2/users/create_many"]
    assert write["records"] == 18


def lose_ledger(helpdesk: Helpdesk) -> None:
    (helpdesk.folder / ".penstock" / "ledgers" / "everybody.duckdb").unlink()


@pytest.mark.parametrize("mapping", [INSERT, INSERT.replace("{email: email}", "{external_id: id}")])
def test_inserting_only_tells_who_was_deleted_since_from_who_is_there(helpdesk: Helpdesk, mapping: str) -> None:
    helpdesk.sql("DELETE FROM customers WHERE id > 150")
    helpdesk.map(mapping)
    helpdesk.run()
    gone = next(user["id"] for user in helpdesk.emulator.users() if user["name"] == "Name 3")
    assert helpdesk.emulator.call("DELETE", f"/users/{gone}").status == 200
    lose_ledger(helpdesk)
    watch = Watch(helpdesk)
    report = helpdesk.run("--full")
    assert reasons(report) == {"already_at_destination": 149, "deleted_at_destination": 1}
    assert watch.count(SHOW_MANY) == 2
    assert any("150 users known from before" in notice for notice in report["notices"])
    for later in (0, 25):
        helpdesk.run(hours_later=later)
    watch.assert_nobody_is_created()


def test_who_was_deleted_is_not_brought_back_although_the_ledger_was_lost(helpdesk: Helpdesk) -> None:
    helpdesk.sql("DELETE FROM customers WHERE id > 2")
    helpdesk.map(UPSERT)
    helpdesk.run()
    gone = helpdesk.by_email()["user1@example.com"]["id"]
    assert helpdesk.emulator.call("DELETE", f"/users/{gone}").status == 200
    lose_ledger(helpdesk)
    watch = Watch(helpdesk)
    assert reasons(helpdesk.run("--full")) == {"deleted_at_destination": 1}
    assert reasons(helpdesk.run(hours_later=25)) == {"deleted_at_destination": 1}
    watch.assert_nobody_is_created()


@pytest.mark.parametrize("do", ["drop-before", "drop-after"])
def test_an_insertion_whose_answer_is_lost_is_finished_by_the_next_run(helpdesk: Helpdesk, do: str) -> None:
    helpdesk.sql("DELETE FROM customers WHERE id > 3")
    people(helpdesk, 1)
    helpdesk.map(INSERT)
    helpdesk.emulator.faults({"on": "POST /api/v2/users/create_many", "do": do})
    assert helpdesk.run(exit_code=1)["outcomes"]["unknown"] == 3
    helpdesk.emulator.faults()
    report = helpdesk.run()
    assert report["outcomes"] == {"delivered": 2, "rejected": 0, "skipped": 1, "unknown": 0}
    assert reasons(report) == {"already_at_destination": 1}
    assert len(helpdesk.by_email()) == 3
    assert helpdesk.by_email()["user1@example.com"]["name"] == "There 1"
    assert helpdesk.run()["requests"]["write"] == 0


def test_inserting_only_without_bulk_import(helpdesk: Helpdesk) -> None:
    helpdesk.sql("DELETE FROM customers WHERE id > 10")
    people(helpdesk, 1)
    helpdesk.map(INSERT)
    helpdesk.emulator.settings(bulk_import="off")
    report = helpdesk.run()
    assert report["outcomes"] == {"delivered": 9, "rejected": 0, "skipped": 1, "unknown": 0}
    assert any("created one by one. Zendesk's support" in notice for notice in report["notices"])
    assert len([line for line in helpdesk.requests() if line["path"] == "/api/v2/users"]) >= 10
    assert helpdesk.run()["requests"]["write"] == 0


@pytest.mark.parametrize("mode", ["update", "insert"])
def test_recreating_contradicts_a_mode_that_does_not(helpdesk: Helpdesk, mode: str) -> None:
    helpdesk.map(UPSERT.replace("upsert", mode) + "recreate: true")
    ended = helpdesk.penstock("run", "everybody")
    assert ended.exit_code == 2
    assert "`recreate: true`, but `mode: " + mode in str(ended.document)
