"""Where the kills hit, told at the end as a table."""

from collections import Counter

from tests.chaos.stages import Stage

HITS: Counter[tuple[str, Stage]] = Counter()
"""Kills by destination and stage."""
REPEATED: Counter[str] = Counter()
"""Records that were sent again, by destination."""


TOLD: list[str] = []
"""What became of each injury."""


def table() -> list[str]:
    """The lines of the table."""
    names = sorted({name for name, _ in HITS})
    lines = [f"{'killed while':<15}" + "".join(f"{name:>10}" for name in names)]
    lines += [f"{stage:<15}" + "".join(f"{HITS[name, stage]:>10}" for name in names) for stage in Stage]
    lines.append(f"{'in all':<15}" + "".join(f"{_of(name):>10}" for name in names))
    lines.append(f"{'records twice':<15}" + "".join(f"{REPEATED[name]:>10}" for name in names))
    return lines


def _of(name: str) -> int:
    return sum(hits for (of, _), hits in HITS.items() if of == name)
