"""Which attributes of users have a value in a project, read in the way that costs least.

Users are read one by one, or, if that takes longer, from an export of all users. An export lags behind by minutes, so
whom it shows without a value is read again where these are few.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

import pyarrow as pa

from penstock.counting import counted, were
from penstock.destinations.contract import AskedValues, MappedField
from penstock.destinations.http.pace import SHARE
from penstock.destinations.http.session import HttpSession
from penstock.destinations.iterable.user_export import (
    ASK_AGAIN,
    LISTING_SECONDS,
    UnusableExportError,
    export_users,
)
from penstock.destinations.iterable.user_reads import NOTED_AT_ONCE, Profile, UserReads

PURPOSE = "reading which users have a value already"


@dataclass(frozen=True, slots=True)
class ReadingFilled:
    """Reads who has a value for one service; `notices` is where it says which way it took."""

    session: HttpSession
    identifier: str
    reads_per_second: float
    notices: list[str]

    async def read(self, fields: Sequence[MappedField], asked: AskedValues) -> None:
        """Take down who has a value. Raises DestinationError, CredentialsError, StorageError."""
        reading_seconds = asked.count() / (self.reads_per_second * SHARE)
        listed = reading_seconds > LISTING_SECONDS and await self._listed(
            fields, asked, patience_seconds=reading_seconds
        )
        if not listed or 0 < asked.count() <= ASK_AGAIN:
            await self._singly(fields, asked)

    async def _singly(self, fields: Sequence[MappedField], asked: AskedValues) -> None:
        before, count = self.session.traffic.read, asked.count()
        taken_down = _TakenDown(asked, [each.name for each in fields])
        values = (user.match for user in chain.from_iterable(asked.users()))
        await UserReads(self.session, self.identifier, purpose=PURPOSE).each(values, taken_down.add)
        taken_down.note()
        requests = self.session.traffic.read - before
        self.notices.append(
            f"{counted(count, 'user')} {were(count)} read one by one, with {counted(requests, 'request')}, to see who"
            " has a value already."
        )

    async def _listed(self, fields: Sequence[MappedField], asked: AskedValues, *, patience_seconds: float) -> bool:
        """Read everybody in a listing of all users; False if that fails, or takes longer than reading them."""

        def tell(batch: pa.RecordBatch) -> None:
            matches, *filled = batch.columns
            asked.note(matches, {each.name: column for each, column in zip(fields, filled, strict=True)})

        count = asked.count()
        try:
            users = await export_users(
                self.session,
                self.identifier,
                asked.scratch / "values.ndjson",
                tell,
                values_of=fields,
                patience_seconds=patience_seconds,
            )
        except UnusableExportError as error:
            self.notices.append(f"A listing of all users could not be had: {error}.")
            return False
        self.notices.append(
            f"Who of {counted(count, 'user')} has a value already was read in a listing of all"
            f" {counted(users, 'user')} of the project, which lags behind by some minutes."
        )
        return True


@dataclass(slots=True)
class _TakenDown:
    """What was read of some users, until it is noted."""

    asked: AskedValues
    names: Sequence[str]
    matches: list[str] = field(default_factory=list)
    filled: dict[str, list[bool]] = field(default_factory=dict)

    def add(self, value: str, profile: Profile | None) -> None:
        self.matches.append(value)
        for name in self.names:
            self.filled.setdefault(name, []).append(profile is not None and has_value(profile, name))
        if len(self.matches) == NOTED_AT_ONCE:
            self.note()

    def note(self) -> None:
        if self.matches:
            self.asked.note(self.matches, self.filled)
        self.matches, self.filled = [], {}


def has_value(profile: Profile, name: str) -> bool:
    """Whether an attribute of a profile says something; unlike at Zendesk, false does: it was set."""
    data = profile.get("dataFields")
    value = {**profile, **(data if isinstance(data, dict) else {})}.get(name)
    return value is not None and value not in ("", [], {})
