"""The records of a plan as a relation. A record's number is its place in the file, which never changes.

Each route has a range of numbers of its own, so that what is said of a range concerns one route only. Numbering the
rows while they are written would be in vain: the engine writes them in any order.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from penstock.engine import is_damage, state_errors
from penstock.errors import StorageError
from penstock.mapping.slots import Slot
from penstock.plan.plan import SENT
from penstock.plan.routes import number_sql
from penstock.quoting import quote_text

FILE_FORMAT = "FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, COMPRESSION_LEVEL 1, DICTIONARY_SIZE_LIMIT 1"
"""How a plan's file is written: values differ from record to record, so that dictionaries would be made in vain."""


def records_sql(path: Path) -> str:
    """SQL of a plan's rows, with `seq`: the number of a record that is sent, null for the others."""
    sent = ", ".join(quote_text(op) for op in SENT)
    number = f"CASE WHEN op IN ({sent}) THEN {number_sql('file_row_number', 'route')} END AS seq"
    rows = f"read_parquet({quote_text(str(path))}, file_row_number = true)"
    return f"(SELECT {number}, * EXCLUDE (file_row_number) FROM {rows})"


def before_sql(slot: Slot) -> str:
    """SQL over a plan's rows: the confirmed value of a slot.

    The bits `e<word>` are of those whose confirmed value is the one to be there, which is not written twice.
    """
    return f"CASE WHEN (e{slot.word} & {slot.bit}) <> 0 THEN {slot.column} ELSE {slot.before} END"


@contextmanager
def records_errors(path: Path) -> Iterator[None]:
    """Turn failures to read a plan's records into StorageError."""
    with state_errors("read the plan"):
        try:
            yield
        except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
            told = is_damage(error) and path.name in str(error)
            if not (told or _is_broken(path)):
                raise
            raise damaged_records(path) from error
        except duckdb.Error as error:
            raise damaged_records(path) from error


def _is_broken(path: Path) -> bool:
    """Whether a file is there and lacks the mark with which a whole one ends."""
    if not path.is_file():
        return True
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 4))
        return file.read() != b"PAR1"


def damaged_records(path: Path) -> StorageError:
    """Say that a plan's records are not what they were."""
    return StorageError(
        f"The plan of run {path.parent.name} is damaged: its records are not all there, or not in order.",
        fix="Run the activation once with `--full`: everything is sent once more.",
        code="plan_damaged",
    )
