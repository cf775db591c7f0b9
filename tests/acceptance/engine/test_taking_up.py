"""What an interrupted or refused run left is taken up, also under another name."""

import subprocess
import time

from tests.acceptance.engine.shop import Shop
from tests.emulator import Emulator

BULK = "POST /api/users/bulkUpdate"


def test_a_killed_first_run_is_taken_up_under_a_new_name(shop: Shop, emulator: Emulator) -> None:
    emulator.faults({"on": BULK, "nth": 3, "do": "delay", "seconds": 30})
    with subprocess.Popen(
        shop.command("run", "everybody", "--quiet"),
        env=shop.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        deadline = time.monotonic() + 30
        while len(emulator.writes()) < 2 and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(0.5)
        process.kill()
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
