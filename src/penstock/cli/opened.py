"""What pages need to know of an opened project."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from penstock.operations.history import list_runs
from penstock.operations.project import Project

_CAME_TO_AN_END = frozenset({"succeeded", "incomplete"})


def zone_of(project: Project) -> ZoneInfo:
    """Return the time zone in which times are shown."""
    return ZoneInfo(project.catalog.settings.timezone)


def destination_of(project: Project, activation: str) -> str:
    """Name the destination of an activation; of one that is gone, say so."""
    found = project.catalog.activations.get(activation)
    return found.destination if found is not None else "(no longer in the project)"


def last_run(project: Project, activation: str) -> str | None:
    """Return when the activation last ran to its end; None if it never did. Raises ConfigurationError."""
    for row in list_runs(project, activation):
        if row.status in _CAME_TO_AN_END:
            return row.started_at
    return None
