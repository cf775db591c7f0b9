"""kill -9 at any moment, then run again: nothing lost, nobody twice, at most the batches in flight repeated."""

import random
import signal
import subprocess
import time
from collections import Counter

from tests.acceptance.engine.shop import Shop
from tests.emulator import Emulator

IN_FLIGHT = 8
KILLS = 10


def kill_during_run(shop: Shop, seconds: float) -> None:
    """Start a run and kill it after some time, unless it ends before."""
    with subprocess.Popen(
        shop.command("run", "everybody", "--quiet", "--allow", "changed"),
        env=shop.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)


def test_a_killed_run_is_taken_up(shop: Shop, emulator: Emulator) -> None:
    shop.sql(
        "INSERT INTO customers SELECT i, 'user' || i || '@example.com', 'Name ' || i, NULL, 'free'"
        " FROM range(2501, 12001) AS t(i)"
    )
    emulator.faults({"on": "POST /api/users/bulkUpdate", "do": "delay", "seconds": 0.1})
    chance = random.Random(20)
    for round_ in range(KILLS):
        shop.sql(f"UPDATE customers SET plan = 'plan {round_}' WHERE id % 2 = {round_ % 2}")
        before = len(emulator.writes())
        kill_during_run(shop, chance.uniform(0.5, 2.5))
        time.sleep(0.3)
        killed = emulator.writes()[before:]
        report = shop.run("--allow", "changed", exit_code=0)
        assert report["outcomes"]["unknown"] == 0
        sent = Counter(user["email"] for write in killed for user in write["users"])
        assert not sent or max(sent.values()) == 1
        repeated = emulator.writes()[before + len(killed) :]
        again = sum(sent[user["email"]] > 0 for write in repeated for user in write["users"])
        assert again <= IN_FLIGHT * 1000
    users = emulator.users()
    assert len(users) == 12_000
    assert {fields["plan"] for fields in users.values()} == {f"plan {KILLS - 1}", f"plan {KILLS - 2}"}
    assert shop.run()["requests"]["write"] == 0


def test_an_interrupted_run_ends_in_order(shop: Shop, emulator: Emulator) -> None:
    emulator.faults({"on": "POST /api/users/bulkUpdate", "do": "delay", "seconds": 1})
    with subprocess.Popen(
        shop.command("run", "everybody", "--json"),
        env=shop.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        deadline = time.monotonic() + 20
        while not any((shop.folder / ".penstock" / "runs").glob("*/plan.json")) and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        text, errors = process.communicate(timeout=30)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    assert '"status": "interrupted"' in text or '"status":"interrupted"' in text
    emulator.faults()
    shop.run()
    assert len(emulator.users()) == 2500
