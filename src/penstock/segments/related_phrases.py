"""What is asked of related rows, as a clause: `who have at least 2 orders whose total is more than 50`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from penstock.catalog.conditions import (
    EVERYBODY,
    Aggregate,
    AllOf,
    Comparison,
    Condition,
    Followed,
    Have,
    InSegment,
    Leaf,
    Measure,
    Operator,
    Related,
    Sql,
    Step,
)
from penstock.catalog.entities import Model, Relation
from penstock.segments.phrases import clause, when_words, who
from penstock.segments.wording import (
    article,
    field_words,
    moment_words,
    plural,
    possessive,
    singular,
    span_words,
    value_words,
)

_FIGURES = {
    Aggregate.AVERAGE: "an average",
    Aggregate.MINIMUM: "a lowest",
    Aggregate.MAXIMUM: "a highest",
}
_TIMES = {Aggregate.MINIMUM: "an earliest", Aggregate.MAXIMUM: "a latest"}
_COMPARED = {
    Operator.IS: "exactly",
    Operator.IS_NOT: "other than",
    Operator.LESS_THAN: "less than",
    Operator.AT_MOST: "at most",
    Operator.GREATER_THAN: "more than",
    Operator.AT_LEAST: "at least",
    Operator.ON: "on",
    Operator.BEFORE: "before",
    Operator.AFTER: "after",
    Operator.LAST: "in the last",
    Operator.NEXT: "in the next",
    Operator.MORE_THAN_AGO: "more than",
}
_NAMING = frozenset({Operator.IS, Operator.IS_NOT, Operator.IS_ANY_OF, Operator.IS_NONE_OF})
"""What is asked of a name is asked of the thing: its genre is Rock."""
_LONGEST_SQL = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrator:
    """Words clauses about the rows of models; `inner` words a condition that stands within a clause."""

    models: Mapping[str, Model]
    inner: Callable[[Condition, Model], str]

    def clause(self, leaf: Leaf, model: Model, *, negated: bool) -> str:
        """Return what is asked, or its negation, as a relative clause about the rows of a model."""
        match leaf:
            case Comparison():
                return clause(leaf, model=model.name, negated=negated)
            case InSegment():
                return f"{who(model.name)} are {'not ' if negated else ''}in the segment {field_words(leaf.segment)}"
            case Sql():
                told = " ".join(leaf.sql.split())
                told = told if len(told) <= _LONGEST_SQL else f"{told[: _LONGEST_SQL - 1]}…"
                for_whom = "for whom" if who(model.name) == "who" else "for which"
                return f"{for_whom} `{told}` is {'not ' if negated else ''}true"
            case Followed():
                steps = " followed by ".join(self._step(step, model) for step in (leaf.first, leaf.then))
                within = "" if leaf.within is None else f" within {_span(leaf)}"
                return f"{who(model.name)} {'do not have' if negated else 'have'} {steps}{within}"
            case Related():
                return self._related(leaf, model, negated)

    def _related(self, related: Related, model: Model, negated: bool) -> str:
        if related.measure is not None:
            return self._measured(related, related.measure, model, negated)
        first = self._relation(model, related.path[0])
        if related.have is Have.ALL:
            nouns, target = self._nouns(related.path, model)
            scope = self._scope(replace(related, where=EVERYBODY), target)
            every = self.inner(related.where, target)
            if not every or self._is_one(related.path, model):
                return self._related(replace(related, have=Have.ANY), model, negated)
            if not scope:
                return f"{who(model.name)} {'do not have' if negated else 'have'} only {nouns} {every}"
            return (
                f"{who(model.name)} {'do not have' if negated else 'have'} {nouns}{scope} that are all ones {every}"
            )
        if len(related.path) > 1:
            # To have orders with lines that … is to have orders, some of which have lines that ….
            rest = replace(related, path=related.path[1:], have=Have.ANY)
            related = replace(related, path=related.path[:1], where=rest, window=None)
        none = negated != (related.have is Have.NONE)
        target = self._target(first, model)
        if first is not None and not first.many and (told := self._of_one(related, target, none)):
            return told
        nouns, _ = self._nouns(related.path, model)
        scope = self._scope(related, target)
        if first is None or first.many:
            return f"{who(model.name)} have {'no ' if none else ''}{nouns}{scope}"
        for many, one in ((" who have ", " who has "), (" that have ", " that has "), (" who are ", " who is ")):
            scope = scope.replace(many, one, 1) if scope.startswith(many) else scope
        return f"{who(model.name)} have {'no ' if none else article(nouns)}{nouns}{scope}"

    def _of_one(self, related: Related, target: Model, none: bool) -> str | None:
        """Word what is asked of the one related row like a field: `whose genre name is Rock`."""
        where = related.where
        if related.window is not None or (isinstance(where, AllOf) and not where.conditions):
            return None
        if not isinstance(where, Comparison | Related) or (isinstance(where, Related) and where.measure is not None):
            return None
        told = self.clause(where, target, negated=none)
        if not told.startswith("whose "):
            return None
        asked, one = told.removeprefix("whose "), field_words(related.path[0])
        if isinstance(where, Comparison) and where.operator in _NAMING and asked.startswith("name "):
            return f"whose {one} {asked.removeprefix('name ')}"
        return f"whose {possessive(one)} {asked}"

    def _measured(self, related: Related, measure: Measure, model: Model, negated: bool) -> str:
        nouns, target = self._nouns(related.path, model)
        told = f"{nouns}{self._scope(related, target)}"
        compared = _compared(measure)
        if measure.field is None:
            have = "do not have" if negated else "have"
            counted = told if measure.operands != (1,) else told.replace(nouns, _first_singular(nouns), 1)
            return f"{who(model.name)} {have} {compared.replace('less than', 'fewer than')} {counted}"
        field = field_words(measure.field)
        whose = "whose" if told == nouns else "for whom" if who(model.name) == "who" else "for which"
        if measure.aggregate is Aggregate.SUM:
            return f"{whose} {told} {'do not add' if negated else 'add'} up to {compared} in {field}"
        if measure.field == target.time and measure.aggregate in _TIMES:
            which = _TIMES[measure.aggregate].split()[1]
            return f"{whose} {which} {told} were {'not ' if negated else ''}{compared}"
        have = "do not have" if negated else "have"
        if self._is_one(related.path, model):
            have = "does not have" if negated else "has"
        is_number = measure.operator in _OF
        figure = _FIGURES[measure.aggregate] if is_number else _TIMES[measure.aggregate]
        return f"{whose} {told} {have} {figure} {field}{' of' if is_number else ''} {compared}"

    def _step(self, step: Step, model: Model) -> str:
        nouns, target = self._nouns(step.path, model)
        told = self.inner(step.where, target)
        return f"{nouns} {told}" if told else nouns

    def _scope(self, related: Related, target: Model) -> str:
        """Return which rows are meant, with a space in front; nothing if all are."""
        asked = self.inner(related.where, target)
        if asked.startswith("that have no "):
            asked = f"without {asked.removeprefix('that have no ')}"
        elif asked.startswith("that have "):
            asked = f"with {asked.removeprefix('that have ')}"
        if related.window is None:
            return f" {asked}" if asked else ""
        if related.window.field == target.time and (when := when_words(related.window)):
            return f" {when} {asked}".rstrip()
        window = clause(related.window, model=target.name, negated=False)
        return f" {asked} and {window}" if asked else f" {window}"

    def _nouns(self, path: tuple[str, ...], model: Model) -> tuple[str, Model]:
        """Return `lines of invoices` and the model that they are rows of."""
        target, nouns, many = model, list[str](), False
        for name in path:
            relation = self._relation(target, name)
            many = many or relation is None or relation.many
            nouns.append(plural(field_words(name)) if many else field_words(name))
            target = self._target(relation, target)
        return " of ".join(reversed(nouns)), target

    def _is_one(self, path: tuple[str, ...], model: Model) -> bool:
        """Whether a path leads to one row at most."""
        for name in path:
            relation = self._relation(model, name)
            if relation is None or relation.many:
                return False
            model = self._target(relation, model)
        return True

    def _relation(self, model: Model, name: str) -> Relation | None:
        return next((relation for relation in model.relations if relation.name == name), None)

    def _target(self, relation: Relation | None, model: Model) -> Model:
        return model if relation is None else self.models[relation.model]


_OF = frozenset({Operator.IS, Operator.IS_NOT, Operator.LESS_THAN, Operator.AT_MOST}) | {
    Operator.GREATER_THAN,
    Operator.AT_LEAST,
    Operator.BETWEEN,
}


def _first_singular(nouns: str) -> str:
    first, *others = nouns.split(" of ")
    return " of ".join([singular(first), *others])


def _compared(measure: Measure) -> str:
    words = [
        moment_words(operand) if isinstance(operand, str) else value_words(operand) for operand in measure.operands
    ]
    if measure.operator is Operator.BETWEEN:
        return f"between {words[0]} and {words[1]}"
    ago = " ago" if measure.operator is Operator.MORE_THAN_AGO else ""
    return f"{_COMPARED[measure.operator]} {words[0]}{ago}"


def _span(followed: Followed) -> str:
    return (
        ""
        if followed.within is None
        else f"{'a ' if followed.within.count == 1 else ''}{span_words(followed.within)}"
    )
