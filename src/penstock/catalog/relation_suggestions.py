"""Relations that models probably have: declared by foreign keys in their source, or else guessed from names.

Every reference from one model to the key of another makes two of them, one for each side; a table of which no model
speaks, and which refers to two models, links these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations

from penstock.catalog.entities import Model, Relation, Through

FOREIGN_KEY, NAMES = "foreign key", "names"
_MOST_LINK_COLUMNS = 4
"""A table that links models by its columns' names alone has so many columns at most."""
_TOO_GENERAL = frozenset({"id", "key", "code", "name", "number", "email"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKey:
    """Columns of a table whose values are those of columns of another, as the source declares."""

    table: str
    columns: tuple[str, ...]
    other: str
    other_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A model, or a table of which no model speaks, with the names of its columns."""

    name: str
    model: Model | None
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Columns of rows that hold the values of columns of a model, and from what that is known."""

    rows: Rows
    model: Model
    on: Mapping[str, str]
    known_from: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A relation that a model could have; it holds as far as the references do."""

    model: Model
    relation: Relation
    references: tuple[Reference, ...]

    @property
    def known_from(self) -> str:
        """From what it is known: foreign keys only if all of it is."""
        return NAMES if any(each.known_from == NAMES for each in self.references) else FOREIGN_KEY


def suggest(rows: Sequence[Rows], foreign_keys: Sequence[ForeignKey]) -> tuple[Suggestion, ...]:
    """Return relations of models of one source that they do not have yet."""
    references = list(_references(rows, foreign_keys))
    found = [each for reference in references if reference.rows.model for each in _both_sides(reference)]
    found += _through_tables(references)
    return tuple(_named_apart(found))


def _references(rows: Sequence[Rows], foreign_keys: Sequence[ForeignKey]) -> Iterator[Reference]:
    declared: set[tuple[str, str]] = set()
    for each, key in ((each, key) for each in rows for key in foreign_keys if key.table == _table(each)):
        for other in rows:
            if other.model and _table(other) == key.other:
                declared.update((each.name, column) for column in key.columns)
                on = dict(zip(key.columns, key.other_columns, strict=True))
                yield Reference(rows=each, model=other.model, on=on, known_from=FOREIGN_KEY)
    for each in rows:
        for column in each.columns:
            if (each.name, column) in declared:
                continue
            for other in rows:
                if other.model and other is not each and _names_key(column, other.model):
                    on = {column: other.model.primary_key}
                    yield Reference(rows=each, model=other.model, on=on, known_from=NAMES)


def _table(rows: Rows) -> str | None:
    return rows.model.table if rows.model else rows.name


def _names_key(column: str, model: Model) -> bool:
    """Whether a column is called like the key of a model: `customer_id` of `customers`, whose key is so or `id`."""
    one, key, name = _plain(singular(model.name)), _plain(model.primary_key), _plain(column)
    if not one:
        return False
    return name in {f"{one}{key}", f"{one}id"} or (name == key and key.startswith(one) and key not in _TOO_GENERAL)


def _plain(name: str) -> str:
    return "".join(each for each in name.lower() if each.isalnum())


def singular(name: str) -> str:
    """Return the English singular of a name, or the name."""
    lower = name.lower()
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh")):
        if lower.endswith(ending) and len(name) > len(ending) + 1:
            return name[: -len(ending)] + instead
    return name[:-1] if lower.endswith("s") and not lower.endswith(("ss", "us", "is")) else name


def _both_sides(reference: Reference) -> Iterator[Suggestion]:
    own, other = reference.rows.model, reference.model
    if own is None:
        return
    there = Relation(
        name=_name_of_one(reference), model=other.name, many=False, on=reference.on, location=own.location
    )
    back = Relation(
        name=own.name,
        model=own.name,
        many=set(reference.on) != {own.primary_key},
        on={theirs: mine for mine, theirs in reference.on.items()},
        location=other.location,
    )
    if tuple(reference.on.values()) == (other.primary_key,) or reference.known_from == FOREIGN_KEY:
        yield Suggestion(model=own, relation=there, references=(reference,))
    yield Suggestion(model=other, relation=back, references=(reference,))


def _name_of_one(reference: Reference) -> str:
    """Name the one row that a column leads to: `billing_customer_id` leads to the `billing_customer`."""
    [column, *more] = reference.on
    stem = column[:-3] if column.lower().endswith("_id") else column
    return singular(reference.model.name) if more or not stem or stem == column else stem


def _through_tables(references: Iterable[Reference]) -> Iterator[Suggestion]:
    by_table: dict[str, list[Reference]] = {}
    for each in references:
        if each.rows.model is None:
            by_table.setdefault(each.rows.name, []).append(each)
    for table, several in by_table.items():
        guessed = any(each.known_from == NAMES for each in several)
        if guessed and len(several[0].rows.columns) > _MOST_LINK_COLUMNS:
            continue
        for near, far in permutations(several, 2):
            if set(near.on) & set(far.on):
                continue
            through = Through(table=table, on={theirs: mine for mine, theirs in near.on.items()}, to=far.on)
            relation = Relation(
                name=far.model.name, model=far.model.name, many=True, through=through, location=near.model.location
            )
            yield Suggestion(model=near.model, relation=relation, references=(near, far))


def _named_apart(suggestions: Iterable[Suggestion]) -> Iterator[Suggestion]:
    """Leave out what a model has already, and give each of the others a name of its own."""
    taken: dict[str, set[str]] = {}
    seen: dict[str, list[Relation]] = {}
    for each in suggestions:
        names = taken.setdefault(each.model.name, {relation.name for relation in each.model.relations})
        known = seen.setdefault(each.model.name, list(each.model.relations))
        relation = each.relation
        if any(_is_same(relation, other) for other in known):
            continue
        known.append(relation)
        columns = "_".join(each.references[-1].on)
        name = relation.name if relation.name not in names else f"{relation.name}_by_{columns}"
        number = 2
        while name in names:
            name, number = f"{relation.name}_{number}", number + 1
        names.add(name)
        yield replace(each, relation=replace(relation, name=name))


def _is_same(one: Relation, other: Relation) -> bool:
    return (one.model, dict(one.on), one.through) == (other.model, dict(other.on), other.through)
