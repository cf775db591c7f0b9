"""A ledger that is an older copy is not believed, and a full run over it is made good even if it is cut short."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.acceptance.engine.shop import Shop
from tests.emulator import Emulator
from tests.waiting import until

BULK = "POST /api/users/bulkUpdate"


def ledger(shop: Shop) -> Path:
    return shop.folder / ".penstock" / "ledgers" / "everybody.duckdb"


@contextmanager
def older_ledger(shop: Shop) -> Iterator[None]:
    """Within the block everybody's plan is another; afterwards it is as before, and so is the ledger."""
    copy = shop.folder / "copy.duckdb"
    shutil.copy(ledger(shop), copy)
    shop.sql("UPDATE customers SET plan = 'pro'")
    shop.run("--allow", "changed")
    yield
    shutil.copy(copy, ledger(shop))
    shop.sql("UPDATE customers SET plan = 'free'")


def kill_once_sent(shop: Shop, emulator: Emulator) -> None:
    """Start a run and kill it when its first request has arrived."""
    before = len(emulator.writes())
    emulator.faults({"on": BULK, "nth": 2, "do": "delay", "seconds": 30})
    with shop.begun("run", "everybody", "--quiet", "--allow", "changed") as process:
        until(lambda: len(emulator.writes()) > before)
        assert process.poll() is None
    emulator.faults()


@pytest.mark.parametrize("gone", [False, True])
def test_what_a_run_left_that_was_cut_short_does_not_make_it_the_latest(
    shop: Shop, emulator: Emulator, gone: bool
) -> None:
    shop.run()
    with older_ledger(shop):
        shop.sql("UPDATE customers SET city = 'Nice'")
        kill_once_sent(shop, emulator)
    if gone:
        ledger(shop).unlink()
    for _ in range(2):
        refused = shop.penstock("run", "everybody", "--json")
        assert refused.exit_code == 2
        assert refused.json["error"]["code"] == ("ledger_missing" if gone else "ledger_old")
    shop.run("--full", "--allow", "changed")
    assert {fields["plan"] for fields in emulator.users().values()} == {"free"}
    assert shop.run()["requests"]["write"] == 0


def test_a_full_run_that_did_not_reach_everybody_has_to_be_repeated(shop: Shop, emulator: Emulator) -> None:
    shop.run()
    with older_ledger(shop):
        pass
    emulator.faults({"on": BULK, "nth": 2, "times": 99, "do": "401"})
    report = shop.run("--full", "--allow", "changed", exit_code=3)
    assert report["outcomes"]["delivered"] in (1000, 500)
    assert report["outcomes"]["delivered"] + report["outcomes"]["skipped"] == 2500
    emulator.faults()
    assert shop.penstock("run", "everybody", "--json").json["error"]["code"] == "ledger_old"
    assert shop.run("--full", "--allow", "changed")["outcomes"]["delivered"] == 2500
    assert {fields["plan"] for fields in emulator.users().values()} == {"free"}
    assert shop.run()["requests"]["write"] == 0


def test_who_had_left_is_sent_whole_on_returning(shop: Shop, emulator: Emulator) -> None:
    shop.run()
    with older_ledger(shop):
        shop.sql("CREATE TABLE away AS FROM customers WHERE id <= 3", "DELETE FROM customers WHERE id <= 3")
        shop.run()
    shop.run("--full", "--allow", "changed")
    shop.sql("INSERT INTO customers SELECT * REPLACE ('free' AS plan) FROM away")
    assert shop.run()["outcomes"]["delivered"] == 3
    assert {fields["plan"] for fields in emulator.users().values()} == {"free"}
    assert shop.run()["requests"]["write"] == 0


def test_a_record_that_a_full_run_was_refused_stays_due(shop: Shop, emulator: Emulator) -> None:
    shop.run()
    with older_ledger(shop):
        pass
    emulator.faults({"on": BULK, "do": "reject-record", "record": "user7@example.com"})
    assert shop.run("--full", "--allow", "changed", exit_code=1)["outcomes"]["rejected"] == 1
    emulator.faults()
    waiting = shop.run()
    assert (waiting["requests"]["write"], waiting["planned"]["held"]) == (0, 1)
    shop.sql("UPDATE customers SET city = 'Nice' WHERE id = 7")
    assert shop.run()["outcomes"]["delivered"] == 1
    assert emulator.users()["user7@example.com"]["plan"] == "free"
