"""Taking turns: of the runs to one account only one reads, compares and sends; the others wait and say for whom."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, ExitStack, asynccontextmanager
from dataclasses import dataclass

from penstock.destinations.contract import Account, Service, Traffic
from penstock.operations.comparing import Observer
from penstock.runs.home import Home
from penstock.runs.locks import activation_lock
from penstock.runs.turns import Queued, Turn, take_number

LOOK_EVERY_SECONDS = 0.2
NOTABLE_SECONDS = 1.0
"""A shorter wait is not worth a word in the report."""

Waiting = Callable[[Queued | None], None]
"""Told for whom a run waits, whenever that changes, and None when its turn has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTurn:
    """A run has the turn: the service it sends to, and what its report has to say of the wait."""

    service: Service
    account: Account
    notices: tuple[str, ...] = ()


@asynccontextmanager
async def in_turn(
    home: Home,
    run: str,
    activation: str,
    open_service: Callable[[], AbstractAsyncContextManager[Service]],
    waiting: Waiting,
) -> AsyncIterator[OpenTurn]:
    """Open a service when the run's turn has come. While it waits, nothing is open, and nothing known is kept.

    Raises what opening the service and asking for its account raise, and StorageError.
    """
    spent = Traffic()
    notices: tuple[str, ...] = ()
    with ExitStack() as numbers:
        turn: Turn | None = None
        while True:
            async with open_service() as service:
                account = await service.account()
                queued = Queued(run=run, activation=activation, account=account)
                turn = turn or numbers.enter_context(take_number(home, queued))
                if turn.first_ahead() is None:
                    service.traffic.add(spent)
                    yield OpenTurn(service=service, account=account, notices=notices)
                    return
                spent.add(service.traffic)
            notices = await _wait(turn, waiting)


async def _wait(turn: Turn, waiting: Waiting) -> tuple[str, ...]:
    """Wait for all who are ahead, and return what is to be said of it."""
    began = time.monotonic()
    waited_for: list[Queued] = []
    while (ahead := turn.first_ahead()) is not None:
        if ahead not in waited_for:
            waited_for.append(ahead)
            waiting(ahead)
        await asyncio.sleep(LOOK_EVERY_SECONDS)
    waiting(None)
    seconds = time.monotonic() - began
    if seconds < NOTABLE_SECONDS:
        return ()
    runs = " and ".join(f"run {each.run} of `{each.activation}`" for each in waited_for)
    return (f"The run waited {seconds:,.0f} s for its turn, after {runs} to the same account.",)


def own_lock(home: Home, activation: str, observer: Observer) -> AbstractContextManager[None]:
    """Hold the lock of an activation that is to be planned or run, and say for whom it is waited.

    Raises ActivationBusy and StorageError.
    """

    def waiting(taker: str) -> None:
        observer.stage(f"Waiting for a run of activation `{taker}`, which takes up what this one left unfinished")

    return activation_lock(home.lock(activation), activation, waiting=waiting)
