"""What an interrupted or refused run left is taken up, also under another name."""

from contextlib import closing

from penstock.runs.journal import FILE, RunStore
from tests.acceptance.engine.shop import Shop
from tests.emulator import Emulator
from tests.waiting import until

BULK = "POST /api/users/bulkUpdate"


def answers_noted(shop: Shop) -> int:
    """How many answers the newest run has written down."""
    if not (shop.folder / ".penstock" / FILE).exists():
        return 0
    with closing(RunStore(shop.folder / ".penstock", read_only=True)) as store:
        newest = [] if store.is_empty else store.runs(limit=1)
        return sum(batch.answer is not None for row in newest for batch in store.receipts(row.run).batches)


def test_a_killed_first_run_is_taken_up_under_a_new_name(shop: Shop, emulator: Emulator) -> None:
    emulator.faults({"on": BULK, "nth": 3, "do": "delay", "seconds": 30})
    with shop.begun("run", "everybody", "--quiet"):
        until(lambda: answers_noted(shop) == 2)
    emulator.faults()
    path = shop.folder / "penstock.yaml"
    path.write_text(path.read_text().replace("name: everybody", "name: all_customers\n    formerly: everybody"))
    ended = shop.penstock("run", "all_customers", "--json")
    assert ended.exit_code == 0, ended.text
    assert len(ended.json["recovered"]) == 1
    assert ended.json["outcomes"]["delivered"] == 500
    assert len(emulator.users()) == 2500
    runs = shop.penstock("runs", "--json").json["runs"]
    assert {run["activation"] for run in runs} == {"all_customers"}
    assert {run["status"] for run in runs} == {"interrupted", "succeeded"}


def test_a_key_refused_in_the_middle_leaves_nothing_in_doubt(shop: Shop, emulator: Emulator) -> None:
    emulator.faults({"on": BULK, "nth": 2, "times": 1000, "do": "401"})
    report = shop.run(exit_code=3)
    assert report["status"] == "failed"
    assert report["error"]["code"] == "credentials_refused"
    assert report["outcomes"] == {"delivered": 1000, "rejected": 0, "skipped": 1500, "unknown": 0}
    assert {reason["code"] for reason in report["reasons"]} == {"not_sent"}
    emulator.faults()
    shop.sql("UPDATE customers SET email = 'corrected' || email WHERE id = 2500")
    assert shop.run()["outcomes"]["delivered"] == 1500
    assert "correcteduser2500@example.com" in emulator.users()
    assert shop.run()["requests"]["write"] == 0
