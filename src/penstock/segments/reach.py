"""Which models and segments may decide what a segment selects, over relations, computed fields and other segments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from penstock.catalog.computed import Aggregated, ComputedField, Label, Lifted, MostRecent
from penstock.catalog.conditions import EVERYBODY, Condition, Followed, InSegment, Leaf, Related
from penstock.catalog.entities import Catalog, Model
from penstock.segments.tree import leaves


class Reach:
    """What is reached from models and segments; a relation that does not exist leads nowhere."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._waiting: list[tuple[Model, Condition]] = []
        self.models: dict[str, Model] = {}
        self.segments: set[str] = set()

    def add_model(self, name: str) -> None:
        """Go through all that the computed fields of a model lead to."""
        self._add(name)
        self._go_on()

    def add_segment(self, name: str) -> None:
        """Go through all that a segment leads to."""
        self._segment(name)
        self._go_on()

    def _go_on(self) -> None:
        while self._waiting:
            model, condition = self._waiting.pop()
            for leaf in leaves(condition):
                self._leaf(leaf, model)

    def _leaf(self, leaf: Leaf, model: Model) -> None:
        match leaf:
            case Related():
                self._follow(model, leaf.path, leaf.where)
            case Followed():
                for step in (leaf.first, leaf.then):
                    self._follow(model, step.path, step.where)
            case InSegment():
                self._segment(leaf.segment)

    def _segment(self, name: str) -> None:
        if name not in self.segments:
            self.segments.add(name)
            segment = self._catalog.segments[name]
            self._add(segment.model)
            self._waiting.append((self._catalog.models[segment.model], segment.where))

    def _add(self, name: str) -> None:
        if name not in self.models:
            model = self.models[name] = self._catalog.models[name]
            for computed in model.computed:
                self._computed(computed, model)

    def _computed(self, computed: ComputedField, model: Model) -> None:
        match computed.computation:
            case Aggregated(path=path, where=where) | MostRecent(path=path, where=where):
                self._follow(model, path, where)
            case Lifted(path=path):
                self._follow(model, path, EVERYBODY)
            case Label(cases=cases):
                self._waiting += [(model, case.where) for case in cases]

    def _follow(self, model: Model, path: Sequence[str], where: Condition) -> None:
        target = None
        for target in along(model, path, self._catalog):
            self._add(target.name)
        if target is not None:
            self._waiting.append((target, where))


def along(model: Model, path: Sequence[str], catalog: Catalog) -> Iterator[Model]:
    """Yield the models that a path of relations leads to, one after the other; none after one that does not exist."""
    for name in path:
        relation = next((each for each in model.relations if each.name == name), None)
        if relation is None:
            return
        model = catalog.models[relation.model]
        yield model
