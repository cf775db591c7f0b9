"""How much segments of one model have in common, by primary key, found out where the data is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from penstock import clock
from penstock.catalog.entities import Segment
from penstock.errors import ConfigurationError
from penstock.operations.project import Project
from penstock.operations.reading import members_query, readable
from penstock.operations.segments import opened_segment
from penstock.segments.overlap import overlap_query


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """How many are in both of two segments, in the one looked at only, and in the other only."""

    other: str
    both: int
    only_here: int
    only_there: int


def overlaps(project: Project, name: str, others: Sequence[str]) -> tuple[Overlap, ...]:
    """Compare a segment with others of its model. Raises ConfigurationError, SourceError."""
    segments = [_of_same_model(project, name, other) for other in dict.fromkeys(others)]
    return tuple(_overlaps(project, name, segments))


def _of_same_model(project: Project, name: str, other: str) -> Segment:
    segment, compared = project.segment(name), project.segment(other)
    if compared.model == segment.model:
        return compared
    alike = [each.name for each in project.catalog.segments.values() if each.model == segment.model]
    alike = [f"`{each}`" for each in alike if each != name]
    raise ConfigurationError(
        f"Segment `{other}` is of the model `{compared.model}`, and `{name}` of `{segment.model}`: they have"
        " nothing to be compared by.",
        fix=f"Compare it with one of {', '.join(alike)}." if alike else f"No other segment is of `{segment.model}`.",
        code="segment_of_another_model",
    )


def _overlaps(project: Project, name: str, others: Sequence[Segment]) -> Iterator[Overlap]:
    with opened_segment(project, name) as (opened, segment):
        now, key = clock.now(), opened.model.primary_key
        opened.lend()
        for other in others:
            members, compared = (members_query(project, each, opened, now, (key,)) for each in (segment, other))
            rows = opened.query(readable(overlap_query(members, compared, key), project, opened))
            found = {(here, there): int(str(records)) for here, there, records in rows}
            yield Overlap(
                other=other.name,
                both=found.get((1, 1), 0),
                only_here=found.get((1, 0), 0),
                only_there=found.get((0, 1), 0),
            )
