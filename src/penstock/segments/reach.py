"""Which models and tables the conditions of a segment lead to, over relations and other segments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from penstock.catalog.conditions import Condition, Followed, InSegment, Related
from penstock.catalog.entities import Model, Segment
from penstock.segments.tree import leaves


class Reach:
    """What is reached from a segment; a relation that does not exist leads nowhere."""

    def __init__(self, models: Mapping[str, Model], segments: Mapping[str, Segment]) -> None:
        self._all_models = models
        self._all_segments = segments
        self.models: dict[str, Model] = {}
        self.links: dict[str, Model] = {}
        """Tables of relations, by name, each with the model to whose source it belongs."""
        self.segments: set[str] = set()
        """Names of the segments that were gone through."""

    def add(self, segment: Segment) -> None:
        """Go through all that a segment asks."""
        self.segments.add(segment.name)
        waiting: list[tuple[Model, Condition]] = [(self._model(segment.model), segment.where)]
        while waiting:
            model, condition = waiting.pop()
            for leaf in leaves(condition):
                if isinstance(leaf, Related):
                    waiting += self._follow(model, leaf.path, leaf.where)
                elif isinstance(leaf, Followed):
                    for step in (leaf.first, leaf.then):
                        waiting += self._follow(model, step.path, step.where)
                elif isinstance(leaf, InSegment) and leaf.segment not in self.segments:
                    self.segments.add(leaf.segment)
                    other = self._all_segments[leaf.segment]
                    waiting.append((self._model(other.model), other.where))

    def _follow(self, model: Model, path: Sequence[str], where: Condition) -> list[tuple[Model, Condition]]:
        for name in path:
            relation = next((each for each in model.relations if each.name == name), None)
            if relation is None:
                return []
            if relation.through is not None:
                self.links[relation.through.table] = model
            model = self._model(relation.model)
        return [(model, where)]

    def _model(self, name: str) -> Model:
        return self.models.setdefault(name, self._all_models[name])
