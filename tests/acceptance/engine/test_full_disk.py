"""A disk that takes no more: one sentence, and the next run goes on as if nothing had happened.

A limit on the size of files stands for the full disk; it strikes at another moment with each size.
"""

import resource
import subprocess

import pytest

from tests.acceptance.engine.shop import Shop
from tests.emulator import Emulator


@pytest.mark.parametrize("kilobytes", [4, 30, 60, 90, 300])
def test_what_does_not_fit_is_said_and_made_good(shop: Shop, emulator: Emulator, kilobytes: int) -> None:
    shop.sql("UPDATE customers SET name = md5(id::VARCHAR) || md5(email) || sha256(email)")
    limit = kilobytes * 1024
    ended = subprocess.run(
        shop.command("run", "everybody"),
        env=shop.environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert ended.returncode == 2, ended.stdout + ended.stderr
    assert "Error: Penstock could not " in ended.stderr
    assert "→" in ended.stderr
    assert "Traceback" not in ended.stderr
    shop.run()
    assert len(emulator.users()) == 2500
    assert sum(write["records"] for write in emulator.writes()) == 2500
    assert shop.run()["requests"]["write"] == 0


def test_a_project_that_cannot_be_written_is_refused(shop: Shop, emulator: Emulator) -> None:
    (shop.folder / ".penstock").write_text("a file where the folder should be")
    ended = shop.penstock("run", "everybody")
    assert ended.exit_code == 2
    assert "Penstock could not open the project's state folder" in ended.errors
    assert emulator.writes() == []
