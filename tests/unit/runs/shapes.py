"""How the records of these tests are written: by e-mail address, or by the destination's own id."""

from __future__ import annotations

import orjson

from penstock.plan.shape import Action, Addressing, FieldGroup, RecordShape

FIELDS = ("plan", "Plan", "size")


def shape_of(addressing: Addressing, action: Action = Action.WRITE) -> RecordShape:
    """Write a record as its identifier and its due fields."""
    identifier = "email" if addressing is Addressing.MATCH else "id"
    return RecordShape(
        identifier=identifier,
        addressing=addressing,
        groups=() if action.removes else (FieldGroup(member="fields", fields=FIELDS),),
        instant_format="%Y",
    )


def read(texts: bytes | memoryview) -> list[dict[str, object]]:
    """Read records that each end in a comma."""
    found = orjson.loads(b"[" + texts[:-1] + b"]")
    assert isinstance(found, list)
    return found
