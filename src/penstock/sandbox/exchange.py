"""What the shared parts and an emulator's endpoints tell each other about one API request."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """An injected refusal of one record of a bulk request: the named one, or one drawn by chance."""

    record: str | None
    bucket: str
    chance: random.Random

    def choose(self, count: int) -> int:
        """The position of the record to refuse, out of `count`."""
        return self.chance.randrange(count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddity:
    """An injected fault that only one emulator knows: `do`, and what the fault says beside it."""

    do: str
    seconds: float | None
    field: str | None


@dataclass(slots=True, kw_only=True)
class Exchange:
    """The request's body and injected fault, which endpoints read."""

    body: bytes
    rejection: Rejection | None = None
    wrong_counts: bool = False
    oddity: Oddity | None = None
