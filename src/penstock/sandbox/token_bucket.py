"""A token bucket: the usual shape of a service's rate limit."""


class TokenBucket:
    """Holds one period's worth of tokens, at least one, and refills evenly; time is given by the caller."""

    __slots__ = ("_capacity", "_per_second", "_tokens", "_updated")

    def __init__(self, amount: float, period_seconds: float, now: float) -> None:
        self._capacity = max(1.0, amount)
        self._per_second = amount / period_seconds
        self._tokens = self._capacity
        self._updated = now

    def take(self, now: float) -> bool:
        """Take one token if there is one."""
        elapsed = max(0.0, now - self._updated)
        self._tokens = min(self._capacity, self._tokens + elapsed * self._per_second)
        self._updated = now
        # A refill of a whole token may come out a hair below 1 in floating point.
        if self._tokens < 1.0 - 1e-9:
            return False
        self._tokens -= 1.0
        return True
