"""Times as Zendesk writes them: UTC, whole seconds (contract, section 1)."""

from datetime import UTC, datetime
from functools import lru_cache


# Many users are written in the same second.
@lru_cache(maxsize=4096)
def iso_time(epoch_seconds: int) -> str:
    """Such as 2021-11-15T23:20:11Z."""
    return datetime.fromtimestamp(epoch_seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def spoken_time(epoch_seconds: float) -> str:
    """As in a job's message: 2023-09-18 23:27:10 +0000."""
    return datetime.fromtimestamp(int(epoch_seconds), UTC).strftime("%Y-%m-%d %H:%M:%S +0000")
