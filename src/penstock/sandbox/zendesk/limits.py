"""Limits per fixed clock minute (contract, section 3)."""

import math
from collections.abc import Callable


class ClockMinutes:
    """Counts per key and clock minute; at a speed of 10 a minute lasts six seconds."""

    def __init__(self, speed: float, clock: Callable[[], float]) -> None:
        self._speed = speed
        self._clock = clock
        self._minute = -1
        self._counts: dict[str, int] = {}

    def take(self, key: str, limit: float) -> bool:
        """Count one, if the limit allows it."""
        self._turn()
        used = self._counts.get(key, 0)
        if used >= limit:
            return False
        self._counts[key] = used + 1
        return True

    def remaining(self, key: str, limit: float) -> int:
        """What is left of a limit in this minute."""
        self._turn()
        return max(0, int(limit) - self._counts.get(key, 0))

    def seconds_left(self) -> int:
        """Whole seconds to the next minute; 0 when time is sped up and less than one is left.

        Rounded up, a client with fast time would wait longer than the minute lasts.
        """
        scaled = self._clock() * self._speed / 60
        left = (1 - scaled % 1) * 60 / self._speed
        return 0 if self._speed > 1 and left < 1 else math.ceil(left)

    def clear(self) -> None:
        """Forget all counts."""
        self._counts.clear()

    def _turn(self) -> None:
        minute = int(self._clock() * self._speed // 60)
        if minute != self._minute:
            self._minute = minute
            self._counts.clear()
