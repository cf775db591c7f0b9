"""Ways in which a file of the state folder may be found: cut, overwritten, emptied, exchanged, gone."""

import random
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

Injury = Callable[[Path], None]


def cut(path: Path) -> None:
    """Only the first half is left."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def garble(path: Path) -> None:
    """Every hundredth byte is another one."""
    content = bytearray(path.read_bytes())
    for place in random.Random(7).sample(range(len(content)), max(1, len(content) // 100)):
        content[place] ^= 0xFF
    path.write_bytes(content)


def scratch(path: Path) -> None:
    """A few bytes in the middle are zero."""
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    for place in range(middle, min(middle + 64, len(content))):
        content[place] = 0
    path.write_bytes(content)


def empty(path: Path) -> None:
    """Nothing is in it."""
    path.write_bytes(b"")


def remove(path: Path) -> None:
    """It is gone."""
    path.unlink()


def exchange(path: Path) -> None:
    """Another file of the same kind lies in its place."""
    path.unlink()
    match path.suffix:
        case ".duckdb":
            with duckdb.connect(path) as connection:
                connection.execute("CREATE TABLE songs AS SELECT 'la' AS words")
        case ".sqlite":
            store = sqlite3.connect(path)
            store.execute("CREATE TABLE songs (words TEXT)")
            store.commit()
            store.close()
        case ".parquet":
            pq.write_table(pa.table({"words": ["la", "lu"]}), path)
        case ".json":
            path.write_text('{"words": "la"}')
        case _:
            path.write_bytes(b"la" * 500)


def wall_up(path: Path) -> None:
    """A folder has its name."""
    path.unlink()
    path.mkdir()


INJURIES: Mapping[str, Injury] = {
    "cut": cut,
    "garbled": garble,
    "scratched": scratch,
    "empty": empty,
    "removed": remove,
    "exchanged": exchange,
    "walled up": wall_up,
}
