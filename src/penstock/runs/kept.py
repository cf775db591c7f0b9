"""What is kept of a run's plan, durably, before the first request: enough to close the run in another process.

Whatever of it cannot be read, or is not what was written, stops that: nobody knows then what the run sent.
"""

from __future__ import annotations

import json
import zlib
from pathlib import Path

from penstock.engine import state_errors
from penstock.errors import StorageError
from penstock.ledger.state import LedgerIdentity, identity_from_json, identity_to_json
from penstock.plan.documents import plan_from_json, plan_to_json
from penstock.plan.plan import Plan
from penstock.runs.durable import sync, write_durably
from penstock.runs.home import Home

IDENTITY = "identity.json"
_SEAL = "records"
"""Key of the document beside the plan: bytes and checksum of the plan's records, null if it has none."""
_CHUNK_BYTES = 1 << 20


def keep_plan(home: Home, plan: Plan, identity: LedgerIdentity) -> None:
    """Write it down. Raises StorageError."""
    with state_errors("keep the plan"):
        folder, records = home.run_folder(plan.run), home.plan_file(plan.run)
        if records.exists():
            sync(records)
        document = {**identity_to_json(identity), _SEAL: _seal(records)}
        write_durably(folder / IDENTITY, json.dumps(document).encode())
        write_durably(home.plan_document(plan.run), plan_to_json(plan))
        sync(folder)


def kept_plan(home: Home, run: str, activation: str) -> tuple[Plan, LedgerIdentity] | None:
    """Read it back; None if the run never came so far. Raises StorageError."""
    document = home.plan_document(run)
    if not document.exists():
        return None
    try:
        identity = identity_from_json(json.loads((home.run_folder(run) / IDENTITY).read_text()))
        return plan_from_json(document.read_bytes()), identity
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise unreadable(run, activation) from error


def assert_whole(home: Home, run: str, activation: str) -> None:
    """Make sure that the records of a plan are those that were kept. Raises StorageError."""
    try:
        kept = json.loads((home.run_folder(run) / IDENTITY).read_text())
        if _SEAL in kept and kept[_SEAL] != _seal(home.plan_file(run)):  # earlier versions kept none
            raise unreadable(run, activation)
    except (OSError, ValueError) as error:
        raise unreadable(run, activation) from error


def unreadable(run: str, activation: str) -> StorageError:
    """Say that nobody knows what a run sent, and the way out."""
    return StorageError(
        f"The plan of run {run} is damaged, so nobody knows what that run sent.",
        fix=f"Run `penstock run {activation} --full`: everything is sent once more.",
        code="plan_damaged",
    )


def _seal(records: Path) -> dict[str, int] | None:
    if not records.exists():
        return None
    checksum = 0
    with records.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            checksum = zlib.crc32(chunk, checksum)
    return {"bytes": records.stat().st_size, "crc32": checksum}
