"""What an interrupted or refused run left is taken up, also under another name."""

from contextlib import closing

from penstock.runs.journal import FILE, RunStore
from tests.acceptance.engine.shop import Shop
from tests.emulator import Emulator
from tests.waiting import until

BULK = "POST /api/users/bulkUpdate"
SIZES = (1000, 500)
"""Of the batches, which go out side by side and arrive in any order."""


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
    there = len(emulator.users())
    path = shop.folder / "penstock.yaml"
    path.write_text(path.read_text().replace("name: everybody", "name: all_customers\n    formerly: everybody"))
    ended = shop.penstock("run", "all_customers", "--json")
    assert ended.exit_code == 0, ended.text
    assert len(ended.json["recovered"]) == 1
    assert ended.json["outcomes"]["delivered"] == 2500 - there in SIZES
    assert len(emulator.users()) == 2500
    runs = shop.penstock("runs", "--json").json["runs"]
    assert {run["activation"] for run in runs} == {"all_customers"}
    assert {run["status"] for run in runs} == {"interrupted", "succeeded"}


def test_a_key_refused_in_the_middle_leaves_nothing_in_doubt(shop: Shop, emulator: Emulator) -> None:
    emulator.faults({"on": BULK, "nth": 2, "times": 1000, "do": "401"})
    report = shop.run(exit_code=3)
    assert report["status"] == "failed"
    assert report["error"]["code"] == "credentials_refused"
    delivered = report["outcomes"]["delivered"]
    assert delivered in SIZES
    assert report["outcomes"] == {"delivered": delivered, "rejected": 0, "skipped": 2500 - delivered, "unknown": 0}
    assert {reason["code"] for reason in report["reasons"]} == {"not_sent"}
    emulator.faults()
    unsent = next(each for each in (1, 2500) if f"user{each}@example.com" not in emulator.users())
    shop.sql(f"UPDATE customers SET email = 'corrected' || email WHERE id = {unsent}")
    assert shop.run()["outcomes"]["delivered"] == 2500 - delivered
    assert f"correcteduser{unsent}@example.com" in emulator.users()
    assert shop.run()["requests"]["write"] == 0
