"""How the records of a run were written, kept beside its plan so that a batch can be written again as it was."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import TypeAdapter

from penstock.engine import state_errors
from penstock.plan.shape import Addressing, RecordShape
from penstock.runs.durable import write_durably

_SHAPES = TypeAdapter(dict[Addressing, RecordShape])


def keep_shapes(path: Path, shapes: Mapping[Addressing, RecordShape]) -> None:
    """Write them down, durably. Raises StorageError."""
    with state_errors("keep how records are written"):
        write_durably(path, _SHAPES.dump_json(dict(shapes)))


def kept_shapes(path: Path) -> dict[Addressing, RecordShape] | None:
    """Read back what `keep_shapes` wrote; None if there is nothing that can be read."""
    try:
        return _SHAPES.validate_json(path.read_bytes())
    except (OSError, ValueError):
        return None
