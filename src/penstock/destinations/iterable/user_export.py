"""The export of all users: one request for everybody, which lags behind what was written by minutes.

Rows that were written with a comma missing have been seen; so an identifier is also read out of broken ones.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import duckdb
import orjson

from penstock.destinations.contract import Sightings
from penstock.destinations.http.answers import expect_object, stop_if_hopeless
from penstock.destinations.http.messages import Request
from penstock.destinations.http.session import HttpSession
from penstock.destinations.iterable.bulk_endpoint import CREDENTIALS_FIX
from penstock.engine import open_engine, state_errors
from penstock.quoting import quote_text

EXPORTS = "exports"
"""The limit that these requests count against."""
EXPORTS_PER_SECOND = 4 / 60

MEMORY = "128MB"
ROWS_AT_ONCE = 50_000
_LONGEST_LAST_ROW = 1 << 16


class UnusableExportError(Exception):
    """An export may leave somebody out; the message completes "it cannot be used: …"."""


async def export_users(session: HttpSession, identifier: str, path: Path) -> None:
    """Write the export into a file, each row with that identifier alone.

    Raises DestinationError, CredentialsError, StorageError.
    """
    request = Request(
        method="GET",
        path="/api/export/data.json",
        query={"dataTypeName": "user", "range": "All", "onlyFields": identifier},
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


def read_export(path: Path, identifier: str, scratch: Path, sightings: Sightings) -> int:
    """Note who is in an export and return how many; nobody is noted of one that may leave somebody out.

    Raises UnusableExportError, StorageError.
    """
    if _is_cut_off(path):
        raise UnusableExportError("its end is missing")
    rows = _rows_sql(path, identifier)
    with (
        state_errors("read what the destination lists"),
        closing(open_engine(memory=MEMORY, threads=1, scratch=scratch)) as connection,
    ):
        try:
            query = f"SELECT count(*) FROM {rows} WHERE broken AND identifier IS NULL"
            ((lost,),) = connection.execute(query).fetchall()
            if lost:
                raise UnusableExportError(f"{lost:,} of its rows cannot be read")
            users = 0
            found = connection.sql(f"SELECT identifier FROM {rows} WHERE identifier <> ''")
            for batch in found.to_arrow_reader(ROWS_AT_ONCE):
                sightings.found(batch.column(0))
                users += batch.num_rows
        except duckdb.InvalidInputException as error:
            raise UnusableExportError("it is no text that can be read") from error
    return users


def _rows_sql(path: Path, identifier: str) -> str:
    """Relation (identifier, broken) of an export's rows."""
    quoted = f'"{identifier}"\\s*:\\s*("(?:[^"\\\\]|\\\\.)*")'
    sound = f"line ->> {quote_text(f'$.{identifier}')}"
    saved = f"TRY(json_extract_string(nullif(regexp_extract(line, {quote_text(quoted)}, 1), ''), '$'))"
    lines = (
        f"read_csv({quote_text(str(path))}, columns = {{'line': 'VARCHAR'}}, header = false, auto_detect = false,"
        " delim = '\x01', quote = '', escape = '', strict_mode = false)"
    )
    return (
        f"(SELECT CASE WHEN sound THEN {sound} ELSE {saved} END AS identifier, NOT sound AS broken"
        f" FROM (SELECT line, json_valid(line) AS sound FROM {lines} WHERE line IS NOT NULL))"
    )


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
