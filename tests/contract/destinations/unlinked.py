"""A run of which only one batch is delivered: it never stops, and remembers the handles it is given."""

import asyncio


class Unlinked:
    def __init__(self) -> None:
        self.stop = asyncio.Event()
        self.handles: list[str] = []

    async def hold_on_to(self, handle: str) -> None:
        self.handles.append(handle)
