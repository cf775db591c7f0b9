"""The same work done by several contenders, as data and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

HEADINGS = ("who", "run", "CPU s", "wall s", "peak MB", "write requests", "records sent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lap:
    """What one run cost a contender; CPU and wall seconds after imports."""

    run: str
    cpu: float
    wall: float
    peak_megabytes: float
    write_requests: int
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """Who did the work; `how` says by which means, and what it does not do."""

    name: str
    how: str
    laps: tuple[Lap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """Contenders doing the same work, on so many records."""

    name: str
    records: int
    contenders: tuple[Contender, ...]

    def lines(self) -> list[str]:
        """Write it for a terminal."""
        lines = [f"{self.name}: {self.records:,} records"]
        for contender in self.contenders:
            lines.append(f"    {contender.name}: {contender.how}")
            lines += map(_line, contender.laps)
        return lines

    def markdown(self) -> str:
        """Write it as Markdown."""
        lines = [
            f"{self.records:,} records.",
            "",
            f"| {' | '.join(HEADINGS)} |",
            "|---|---|---:|---:|---:|---:|---:|",
        ]
        for contender in self.contenders:
            for index, lap in enumerate(contender.laps):
                who = f"**{contender.name}**: {contender.how}" if index == 0 else ""
                figures = (f"{lap.cpu:.2f}", f"{lap.wall:.2f}", f"{lap.peak_megabytes:,.0f}")
                cells = (who, lap.run, *figures, f"{lap.write_requests:,}", f"{lap.records:,}")
                lines.append(f"| {' | '.join(cells)} |")
        return "\n".join(lines) + "\n"

    def to_json(self) -> dict[str, object]:
        """Write it as JSON values."""
        return asdict(self)


def _line(lap: Lap) -> str:
    return (
        f"        {lap.run:<20} {lap.cpu:8.2f} CPU s {lap.wall:8.2f} s {lap.peak_megabytes:8,.0f} MB"
        f" {lap.write_requests:8,} requests {lap.records:12,} records"
    )


def tables(contests: Sequence[Contest]) -> str:
    """Write all of them as Markdown."""
    return "\n".join(contest.markdown() for contest in contests)
