"""Update mode creates nobody: every path of a service, with 10 and with 100,000 records, and what each costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks.figures import Figure, Row
from benchmarks.measures.update_mode_iterable import iterable
from benchmarks.measures.update_mode_scene import FEW, MANY
from benchmarks.measures.update_mode_zendesk import zendesk
from benchmarks.scenery import Scenery

DESTINATIONS: tuple[Callable[[Scenery], Iterator[Figure]], ...] = (zendesk, iterable)


def update_mode(scenery: Scenery) -> Row:
    """Run each path of each destination and count its requests and the users there."""
    figures = [figure for measure in DESTINATIONS for figure in measure(scenery)]
    return Row(
        name="update-mode",
        what=f"users looked up and updated, nobody created; {FEW} records and {MANY:,}",
        records=MANY,
        unit="",
        figures=tuple(figures),
    )
