"""The shape of a mapping whose keys depend on its `type`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from penstock.catalog.nodes import Node, Pairs, Scalar
from penstock.catalog.problems import listed
from penstock.catalog.reading import Entry, Reading
from penstock.catalog.records import Key, Record, inside
from penstock.catalog.shapes import Choice, JsonSchema, filled


@dataclass(frozen=True, slots=True, kw_only=True)
class Variants:
    """A mapping; `records` gives the keys for each word that can stand under `type`.

    It may hold secrets, so that what stands there instead of a mapping is never quoted.
    """

    records: Mapping[str, Record]

    def read(self, node: Node, reading: Reading) -> Entry | None:
        """Return the entry, or None if it is none of the variants."""
        if not isinstance(node, Pairs):
            reading.wrong(node, f"a mapping with `type` and what belongs to it ({self._words()})", quote=False)
            return None
        within = inside(reading)
        chosen = node.get("type")
        if isinstance(chosen, Scalar) and isinstance(chosen.value, str):
            word = filled(chosen.value, chosen, within.under("type", ""))
            if word is None:
                return None
            if word in self.records:
                return self.records[word].read(node, within)
        self._undecided().read(node, within)
        return None

    def _words(self) -> str:
        return listed(self.records)

    def _undecided(self) -> Record:
        """Return what is known of the mapping when its type is not: only `type` is checked."""
        first = next(iter(self.records))
        help_ = f"it says what the others mean ({self._words()})."
        shape = Choice(words=tuple(self.records))
        return Record(keys=(Key(name="type", shape=shape, help=help_, example=first, required=True),), lenient=True)

    def schema(self) -> JsonSchema:
        """Return the JSON Schema."""
        return {"anyOf": [record.schema() for record in self.records.values()]}
