"""CPU time, wall time and peak memory of this process."""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass
from pathlib import Path

STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """CPU seconds (user and system, all threads) and wall seconds, since some moment or between two."""

    cpu: float
    wall: float

    def since(self, earlier: Reading) -> Reading:
        """Return what has passed between two readings."""
        return Reading(cpu=self.cpu - earlier.cpu, wall=self.wall - earlier.wall)

    def to_json(self) -> dict[str, float]:
        """Write it as JSON values."""
        return {"cpu": self.cpu, "wall": self.wall}


def read() -> Reading:
    """Read the clocks."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return Reading(cpu=usage.ru_utime + usage.ru_stime, wall=time.perf_counter())


def peak_megabytes() -> float:
    """Return the highest resident memory of this process so far."""
    if STATUS.exists():
        for line in STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
