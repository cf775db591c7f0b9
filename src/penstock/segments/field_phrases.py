"""The computed fields that a segment asks for, each in plain English: `spent: the sum of total of orders …`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from penstock.catalog.calculations import Calculation, Call, FieldValue
from penstock.catalog.computed import Aggregated, Calculated, Computation, ComputedField, Label, Lifted, MostRecent
from penstock.catalog.conditions import EVERYBODY, AllOf, Comparison, Condition, Followed, InSegment, Leaf, Related
from penstock.catalog.entities import Catalog, Model, Segment
from penstock.segments.reach import along
from penstock.segments.sentence import sentence
from penstock.segments.tree import leaves
from penstock.segments.wording import field_words


def computed_phrases(segment: Segment, catalog: Catalog) -> dict[str, str]:
    """Return what the computed fields are that decide about a segment, by name; those of other models with these."""
    own = catalog.models[segment.model]
    return {
        computed.name if model.name == own.name else f"{model.name}.{computed.name}": _phrase(
            computed, model, catalog
        )
        for model, computed in _used(segment, catalog)
    }


def _used(segment: Segment, catalog: Catalog) -> Iterator[tuple[Model, ComputedField]]:
    """Yield computed fields with their models, those first that are asked for first."""
    model = catalog.models[segment.model]
    waiting: list[tuple[Model, Condition]] = [(model, segment.where)]
    names = [] if segment.top is None else [(model, segment.top.by)]
    seen: set[tuple[str, str]] = set()
    segments = {segment.name}
    while waiting or names:
        while names:
            owner, name = names.pop(0)
            computed = next((each for each in owner.computed if each.name == name), None)
            if computed is None or (owner.name, name) in seen:
                continue
            seen.add((owner.name, name))
            yield owner, computed
            more_names, more = _made_of(computed.computation, owner, catalog)
            names += more_names
            waiting += more
        if waiting:
            owner, condition = waiting.pop(0)
            for leaf in leaves(condition):
                if isinstance(leaf, InSegment):
                    if leaf.segment in segments:
                        continue
                    segments.add(leaf.segment)
                more_names, more = _asked(leaf, owner, catalog)
                names += more_names
                waiting += more


_Names = list[tuple[Model, str]]
_Conditions = list[tuple[Model, Condition]]


def _asked(leaf: Leaf, model: Model, catalog: Catalog) -> tuple[_Names, _Conditions]:
    """Return the fields that a condition asks for, and the conditions within it."""
    match leaf:
        case Comparison():
            return [(model, leaf.field)], []
        case Related():
            return _over(leaf.path, leaf.measure.field if leaf.measure else None, leaf.where, model, catalog)
        case Followed():
            (names, first), (others, then) = (
                _over(step.path, None, step.where, model, catalog) for step in (leaf.first, leaf.then)
            )
            return names + others, first + then
        case InSegment():
            other = catalog.segments[leaf.segment]
            top = [] if other.top is None else [(model, other.top.by)]
            return top, [(catalog.models[other.model], other.where)]
    return [], []


def _made_of(computation: Computation, model: Model, catalog: Catalog) -> tuple[_Names, _Conditions]:
    match computation:
        case Aggregated() | MostRecent():
            return _over(computation.path, computation.field, computation.where, model, catalog)
        case Lifted():
            return _over(computation.path, computation.field, EVERYBODY, model, catalog)
        case Label():
            return [], [(model, case.where) for case in computation.cases]
        case Calculated():
            return [(model, name) for name in _fields(computation.calculation)], []


def _over(
    path: Sequence[str], field: str | None, where: Condition, model: Model, catalog: Catalog
) -> tuple[_Names, _Conditions]:
    for target in [*along(model, path, catalog)][-1:]:
        return ([] if field is None else [(target, field)]), [(target, where)]
    return [], []


def _fields(calculation: Calculation) -> Iterator[str]:
    if isinstance(calculation, FieldValue):
        yield calculation.field
    elif isinstance(calculation, Call):
        for argument in calculation.arguments:
            yield from _fields(argument)


def _phrase(computed: ComputedField, model: Model, catalog: Catalog) -> str:
    match computed.computation:
        case Calculated(text=text):
            return text
        case Label(cases=cases, otherwise=otherwise):
            told = [f"{case.label} for {_those(model, case.where, catalog.models)}" for case in cases]
            return "; ".join([*told, f"else {otherwise}" if otherwise else "else nothing"])
        case Lifted(path=path, field=field):
            return f"{field_words(field)} of {_way(path)}"
        case Aggregated(aggregate=aggregate, field=field) as figure:
            rows = _rows(figure, model, catalog)
            return f"number of {rows}" if field is None else f"{aggregate} of {field_words(field)} of {rows}"
        case MostRecent(field=field) as recent:
            return f"{field_words(field)} of the most recent of {_rows(recent, model, catalog)}"


def _rows(asked: Aggregated | MostRecent, model: Model, catalog: Catalog) -> str:
    target = next(iter([*along(model, asked.path, catalog)][-1:]), None)
    if target is None:
        return _way(asked.path)
    where = asked.where if asked.window is None else AllOf(conditions=(asked.window, asked.where))
    told = _those(target, where, catalog.models)
    return told if len(asked.path) == 1 else f"{told} of {_way(asked.path[:-1])}"


def _those(model: Model, where: Condition, models: Mapping[str, Model]) -> str:
    return sentence(where, model=model, models=models)


def _way(path: Sequence[str]) -> str:
    return "'s ".join(field_words(name) for name in path)
