"""The export of all users: one request for everybody, which lags behind what was written by minutes.

Rows that were written with a comma missing have been seen; so an identifier is also read out of broken ones.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb
import orjson
import pyarrow as pa

from penstock.destinations.contract import MappedField
from penstock.destinations.http.answers import expect_object, stop_if_hopeless
from penstock.destinations.http.messages import Request
from penstock.destinations.http.session import HttpSession
from penstock.destinations.iterable.bulk_endpoint import CREDENTIALS_FIX
from penstock.engine import open_engine, state_errors
from penstock.errors import DestinationError
from penstock.mapping.conversions import Target
from penstock.quoting import quote_text

EXPORTS = "exports"
"""The limit that these requests count against."""
EXPORTS_PER_SECOND = 4 / 60
LISTING_SECONDS = 15.0
"""An export costs at least the time from one to the next: there are four a minute."""
ASK_AGAIN = 1_000
"""So many users of whom an export does not tell are read singly, for it lags behind."""

MEMORY = "128MB"
ROWS_AT_ONCE = 50_000
_LONGEST_LAST_ROW = 1 << 16
_EMPTY = "'null', '\"\"', '[]', '{}'"
"""Values that say nothing, as JSON text, for SQL."""


class UnusableExportError(Exception):
    """There is no export, or it may leave somebody out; the message completes "it could not be had: …"."""


async def export_users(
    session: HttpSession,
    identifier: str,
    path: Path,
    tell: Callable[[pa.RecordBatch], None],
    *,
    values_of: Sequence[MappedField] = (),
    patience_seconds: float,
) -> int:
    """Export all users by way of a file, tell of them many at a time, and return how many there are.

    What is told are columns: the identifier, then for each field whether the user has a value there. Nothing is told
    of an export that may leave somebody out. Raises UnusableExportError, StorageError.
    """
    with _removed_afterwards(path):
        try:
            async with asyncio.timeout(patience_seconds):
                await _export(session, (identifier, *(field.name for field in values_of)), path)
        except TimeoutError as error:
            raise UnusableExportError(f"it is not done after {patience_seconds:,.0f} seconds") from error
        except DestinationError as error:
            raise UnusableExportError(error.message.removesuffix(".")) from error
        return _read_export(path, identifier, values_of, tell)


@contextmanager
def _removed_afterwards(path: Path) -> Iterator[None]:
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


async def _export(session: HttpSession, names: Sequence[str], path: Path) -> None:
    request = Request(
        method="GET",
        path="/api/export/data.json",
        query={"dataTypeName": "user", "range": "All", "onlyFields": names},
        purpose="listing the project's users",
        write=False,
        patient=True,
        pace=EXPORTS,
        into=path,
    )
    reply = await session.send(request)
    if not 200 <= reply.status < 300:
        stop_if_hopeless(session, request, reply, credentials_fix=CREDENTIALS_FIX)
        expect_object(session, request, reply)


def _read_export(
    path: Path, identifier: str, values_of: Sequence[MappedField], tell: Callable[[pa.RecordBatch], None]
) -> int:
    if _is_cut_off(path):
        raise UnusableExportError("its end is missing")
    rows = _rows_sql(path, identifier, values_of)
    unreadable = "broken" if values_of else "broken AND identifier IS NULL"
    with (
        state_errors("read what the destination lists"),
        closing(open_engine(memory=MEMORY, threads=1, scratch=path.parent)) as connection,
    ):
        try:
            ((lost,),) = connection.execute(f"SELECT count(*) FROM {rows} WHERE {unreadable}").fetchall()
            if lost:
                raise UnusableExportError(f"{lost:,} of its rows cannot be read")
            users = 0
            found = connection.sql(f"SELECT * EXCLUDE (broken) FROM {rows} WHERE identifier <> ''")
            for batch in found.to_arrow_reader(ROWS_AT_ONCE):
                tell(batch)
                users += batch.num_rows
        except duckdb.InvalidInputException as error:
            raise UnusableExportError("it is no text that can be read") from error
    return users


def _rows_sql(path: Path, identifier: str, values_of: Sequence[MappedField]) -> str:
    """Relation (identifier, has<number>, broken) of an export's rows."""
    quoted = f'"{identifier}"\\s*:\\s*("(?:[^"\\\\]|\\\\.)*")'
    sound = f"line ->> {quote_text(f'$.{identifier}')}"
    saved = f"TRY(json_extract_string(nullif(regexp_extract(line, {quote_text(quoted)}, 1), ''), '$'))"
    lines = (
        f"read_csv({quote_text(str(path))}, columns = {{'line': 'VARCHAR'}}, header = false, auto_detect = false,"
        " delim = '\x01', quote = '', escape = '', strict_mode = false)"
    )
    values = [f"CASE WHEN sound THEN {_has_value_sql(each)} END AS has{i}" for i, each in enumerate(values_of)]
    columns = ", ".join([f"CASE WHEN sound THEN {sound} ELSE {saved} END AS identifier", *values])
    return (
        f"(SELECT {columns}, NOT sound AS broken"
        f" FROM (SELECT line, json_valid(line) AS sound FROM {lines} WHERE line IS NOT NULL))"
    )


def _has_value_sql(field: MappedField) -> str:
    """SQL of whether a row has a value of a field; the parts of an object are in it one by one, with dotted names."""
    pointer = "/" + field.name.replace("~", "~0").replace("/", "~1")
    given = f"coalesce(json_extract(line, {quote_text(pointer)})::VARCHAR NOT IN ({_EMPTY}), false)"
    if field.conversion.target is not Target.JSON:
        return given
    is_part = f"starts_with(name, {quote_text(f'{field.name}.')})"
    return f"({given} OR list_contains([{is_part} FOR name IN json_keys(line)], true))"


def _is_cut_off(path: Path) -> bool:
    """Whether the last row has neither an end of line nor an end of its own."""
    with state_errors("read what the destination lists"), path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _LONGEST_LAST_ROW))
        last = file.read().rpartition(b"\n")[2]
    if not last:
        return False
    try:
        orjson.loads(last)
    except orjson.JSONDecodeError:
        return True
    return False
