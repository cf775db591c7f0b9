"""How the records of a run were written, kept beside its plan so that a batch can be written again as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from penstock.engine import state_errors
from penstock.plan.shape import Action, Addressing, RecordShape
from penstock.runs.durable import write_durably


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptShapes:
    """The shapes of a run's records; `whole` if batches had with them what to create deleted users again with."""

    shapes: Mapping[Action, Mapping[Addressing, RecordShape]]
    whole: bool

    def shape(self, addressing: Addressing, action: Action) -> RecordShape:
        """Tell how a record was written."""
        return self.shapes[action][addressing]


_KEPT = TypeAdapter(KeptShapes)


def keep_shapes(path: Path, kept: KeptShapes) -> None:
    """Write them down, durably. Raises StorageError."""
    with state_errors("keep how records are written"):
        write_durably(path, _KEPT.dump_json(kept))


def kept_shapes(path: Path) -> KeptShapes | None:
    """Read back what `keep_shapes` wrote; None if there is nothing that can be read."""
    try:
        return _KEPT.validate_json(path.read_bytes())
    except (OSError, ValueError):
        return None
