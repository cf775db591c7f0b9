"""Creating users one by one, where bulk import is off.

Users who may be there already go at one request a second for the whole account; a mere creation has no limit of its
own. Source: Zendesk's API reference (rate limits).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from penstock.destinations.contract import Answer
from penstock.destinations.http.pace import SHARE
from penstock.destinations.http.session import HttpSession
from penstock.destinations.http.unanswered import Lost, NotSent
from penstock.destinations.zendesk.bulk_endpoint import FORBIDDEN, Busy, Refused
from penstock.destinations.zendesk.judgement import Place
from penstock.destinations.zendesk.outcome_sheet import OutcomeSheet
from penstock.destinations.zendesk.refusal_codes import judge_refusal
from penstock.destinations.zendesk.sent_records import SentRecord
from penstock.destinations.zendesk.single_endpoint import Written, send_one
from penstock.destinations.zendesk.user_reads import User
from penstock.errors import CredentialsError

_MOST_LOST = 3
"""So many requests without an answer in a row end a batch."""
_MOST_TOO_EARLY = 60
_TOO_LARGE = 413


class SingleUpdates:
    """Writes users of one batch after the other, in order."""

    def __init__(self, session: HttpSession, *, only_new: bool, speed: float, credentials_fix: str) -> None:
        self._session = session
        self._only_new = only_new
        self._second = 1 / (speed * SHARE)
        self._spacing = 0.0 if only_new else self._second
        self._credentials_fix = credentials_fix
        self._turn = asyncio.Lock()
        self._next = 0.0
        self._quickest = float("inf")
        self._proven = False

    @property
    def free_in_seconds(self) -> float:
        """How long nobody is written from now on; 0 or less when the next may be."""
        return self._next - time.monotonic()

    def pause(self, seconds: float) -> None:
        """Write nobody for that long from now."""
        self._next = max(self._next, time.monotonic() + seconds)

    async def run(
        self,
        records: Sequence[SentRecord],
        stop: asyncio.Event,
        sheet: OutcomeSheet,
        *,
        ignore: Callable[[Iterable[Place]], None],
    ) -> list[tuple[SentRecord, User]]:
        """Send records until `stop` is set, note what became of them, and return those that existed."""
        existed: list[tuple[SentRecord, User]] = []
        lost = 0
        async with self._turn:
            for index, record in enumerate(records):
                if lost == _MOST_LOST or not await self._may_send(stop):
                    sheet.leave_unsent(records[index:])
                    break
                result = await self._send(record)
                lost = lost + 1 if isinstance(result, Lost) else 0
                if isinstance(result, NotSent):
                    self._end(records, index, result, sheet)
                    break
                self._note(record, result, sheet)
                if isinstance(result, Written):
                    ignore(result.dropped)
                    if not result.created:
                        existed.append((record, result.user))
        return existed

    async def _send(self, record: SentRecord) -> Written | Refused | Lost | NotSent:
        """Send one user, as often as Zendesk says that it was too early."""
        for _ in range(_MOST_TOO_EARLY):
            started = time.monotonic()
            result = await send_one(
                self._session, record, only_new=self._only_new, credentials_fix=self._credentials_fix
            )
            self._note_time(started)
            if not isinstance(result, Busy):
                return result
            await asyncio.sleep(max(self._second, result.seconds or 0.0))
        return NotSent(code="throttled", reason=f"{self._session.host} was still throttling after a long wait.")

    async def _may_send(self, stop: asyncio.Event) -> bool:
        """Wait for the next second, or for the end of the run."""
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, self._next - time.monotonic())):
                await stop.wait()
        return not stop.is_set()

    def _note_time(self, started: float) -> None:
        """Let the next second begin when Zendesk counted this one: a slow request may have arrived late."""
        ended = time.monotonic()
        self._quickest = min(self._quickest, ended - started)
        self._next = ended - self._quickest + self._spacing

    def _note(self, record: SentRecord, result: Written | Refused | Lost, sheet: OutcomeSheet) -> None:
        if isinstance(result, Written):
            self._proven = True
            sheet.deliver(record, remote_id=result.remote_id, created=result.created)
        elif isinstance(result, Refused):
            if result.status == FORBIDDEN and not self._proven:
                raise self._not_permitted(result)
            outcome, code = judge_refusal(result.refusal, only_new=self._only_new)
            code = "too_large" if result.status == _TOO_LARGE else code
            sheet.refuse(record, outcome, code, result.refusal.words)
        else:
            sheet.leave_open([record], Answer.LOST, result.code, result.reason)

    @staticmethod
    def _end(records: Sequence[SentRecord], index: int, result: NotSent, sheet: OutcomeSheet) -> None:
        if index:
            sheet.leave_unsent(records[index:])
        else:
            sheet.leave_open(records, Answer.NOT_SENT, result.code, result.reason)

    def _not_permitted(self, refused: Refused) -> CredentialsError:
        return CredentialsError(
            f"{self._session.host} lets the owner of the token create users neither in bulk nor one by one"
            f" (HTTP {refused.status}): {refused.refusal.words.removesuffix('.')}.",
            fix="Use the token of an admin or of an agent who may add users; an OAuth token needs the scope `write`.",
            maybe_applied=False,
        )
