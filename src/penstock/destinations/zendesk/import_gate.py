"""Whether the account allows bulk import: off until Zendesk's support turns it on, then creations answer 403."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_OFF = "Bulk import is switched off for this Zendesk account, so new users are created one by one"
_ON_REQUEST = "Zendesk's support enables bulk import on request."
NOTICE = f"{_OFF}, about one a second; users that are known are still updated in bulk. {_ON_REQUEST}"
NOTICE_OF_NEW = f"{_OFF}. {_ON_REQUEST}"
"""Where nobody else is sent."""


class ImportGate:
    """Lets one creation try; the others wait until it is answered."""

    def __init__(self, notices: list[str], notice: str = NOTICE) -> None:
        self.shut = False
        self._open = False
        self._notices = notices
        self._notice = notice
        self._trial = asyncio.Lock()

    @asynccontextmanager
    async def passage(self) -> AsyncIterator[bool]:
        """Wait for the verdict, or enter as the one who finds out; gives whether bulk import may be tried."""
        while not self._is_known:
            async with self._trial:
                if not self._is_known:  # nor has it become known while this one waited
                    yield True
                    return
        yield not self.shut

    @property
    def _is_known(self) -> bool:
        return self._open or self.shut

    def found_open(self) -> None:
        """Note that a creation in bulk was taken."""
        self._open = True

    def found_shut(self) -> None:
        """Note that bulk import is off, and say so once."""
        if not self.shut:
            self.shut = True
            self._notices.append(self._notice)
