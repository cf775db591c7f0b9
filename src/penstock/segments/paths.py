"""Following relations: the rows that a path leads to, with the keys of the rows from which it set out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from sqlglot import exp

from penstock.catalog.entities import Relation
from penstock.errors import Location, Problem
from penstock.fields import Field, Kind
from penstock.segments.context import Context
from penstock.segments.keys import key_alias
from penstock.segments.rows import Rows, named
from penstock.segments.schema import ModelShape, Schema

LONGEST_PATH = 10
_WHOLE = frozenset({Kind.INTEGER, Kind.DECIMAL})
_KEYS = frozenset({Kind.TEXT, Kind.DATE, Kind.TIMESTAMP, Kind.INSTANT, Kind.BOOLEAN}) | _WHOLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """Where a path leads: `query` is SELECT without columns FROM all it goes through, `rows` the last of it.

    `keys` are columns equal to the fields `own` of the rows from which it set out. A row may be reached more than
    once from one of them if it `repeats`.
    """

    query: exp.Select
    rows: Rows
    own: tuple[str, ...]
    keys: tuple[exp.Column, ...]
    repeats: bool

    def key_columns(self) -> list[exp.Expr]:
        """Return the keys under the names that a query of keys gives them."""
        return [key_alias(column.copy(), number) for number, column in enumerate(self.keys)]


def follow(start: ModelShape, names: Sequence[str], context: Context, location: Location) -> Path | Problem:
    """Return where a path of relations leads from the rows of a model."""
    if len(names) > LONGEST_PATH:
        return _problem(
            f"The path {'.'.join(names)[:80]} has more than {LONGEST_PATH} steps.", "Shorten it.", location
        )
    path: Path | None = None
    shape = start
    for name in names:
        relation = shape.relation_named(name)
        if relation is None:
            return _unknown(shape, name, location)
        step = _step(shape, relation, context.schema)
        if isinstance(step, Problem):
            return step
        path = _begun(step, context) if path is None else _gone_on(path, step, context)
        shape = step.target
    if path is None:
        return _problem("A path of relations is empty.", "Write the name of a relation.", location)
    return path


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One relation: `first` pairs own fields with columns of the link, or of the target where there is none."""

    target: ModelShape
    link: exp.Table | None
    first: tuple[tuple[str, str], ...]
    second: tuple[tuple[str, str], ...]
    """Columns of the link with those of the target."""
    fans_in: bool
    """Whether two rows may lead to the same one."""


def relation_problem(shape: ModelShape, relation: Relation, schema: Schema) -> Problem | None:
    """Say what is wrong with a relation of a model; None: it can be followed."""
    step = _step(shape, relation, schema)
    return step if isinstance(step, Problem) else None


def _step(shape: ModelShape, relation: Relation, schema: Schema) -> _Step | Problem:
    target = schema.models[relation.model]
    if target.model.source != shape.model.source:
        return _problem(
            f"Relation `{relation.name}`: model `{target.model.name}` is of the source `{target.model.source}`, and"
            f" `{shape.model.name}` of `{shape.model.source}`.",
            "Relate models of one source only.",
            relation.location,
        )
    if relation.through is None:
        problem = _mismatch(shape.fields, target.fields, relation.on, relation)
        unique = shape.model.primary_key in relation.on
        return problem or _Step(
            target=target, link=None, first=tuple(relation.on.items()), second=(), fans_in=not unique
        )
    link = schema.links[relation.through.table]
    problem = _mismatch(shape.fields, link.fields, relation.through.on, relation)
    problem = problem or _mismatch(link.fields, target.fields, relation.through.to, relation)
    return problem or _Step(
        target=target,
        link=link.relation,
        first=tuple(relation.through.on.items()),
        second=tuple(relation.through.to.items()),
        fans_in=True,
    )


def _begun(step: _Step, context: Context) -> Path:
    rows = context.rows(step.target.model.name)
    query, near = exp.select().from_(rows.table), rows.alias
    if step.link is not None:
        near = context.aliases.next("links")
        query = exp.select().from_(named(step.link, near))
        query = query.join(rows.table, on=_equal(near, rows.alias, step.second), copy=False)
    return Path(
        query=query,
        rows=rows,
        own=tuple(own for own, _ in step.first),
        keys=tuple(exp.column(other, table=near, quoted=True) for _, other in step.first),
        repeats=step.link is not None,
    )


def _gone_on(path: Path, step: _Step, context: Context) -> Path:
    rows = context.rows(step.target.model.name)
    query, before = path.query, path.rows.alias
    if step.link is not None:
        near = context.aliases.next("links")
        query = query.join(named(step.link, near), on=_equal(before, near, step.first), copy=False)
        query = query.join(rows.table, on=_equal(near, rows.alias, step.second), copy=False)
    else:
        query = query.join(rows.table, on=_equal(before, rows.alias, step.first), copy=False)
    return Path(query=query, rows=rows, own=path.own, keys=path.keys, repeats=path.repeats or step.fans_in)


def _equal(left: str, right: str, pairs: Sequence[tuple[str, str]]) -> exp.Expr:
    return exp.and_(
        *(
            exp.EQ(
                this=exp.column(mine, table=left, quoted=True), expression=exp.column(other, table=right, quoted=True)
            )
            for mine, other in pairs
        ),
        copy=False,
    )


def _mismatch(
    left: Mapping[str, Field],
    right: Mapping[str, Field],
    on: Mapping[str, str],
    relation: Relation,
) -> Problem | None:
    """Say which fields of a relation do not exist or cannot be equal."""
    for own, other in on.items():
        for name, fields in ((own, left), (other, right)):
            if name not in fields:
                near = get_close_matches(name, fields, n=1)
                fix = (
                    f"Did you mean `{near[0]}`?" if near else f"The fields are {', '.join(sorted(fields)) or 'none'}."
                )
                return _problem(f"Relation `{relation.name}`: there is no field `{name}`.", fix, relation.location)
        mine, theirs = left[own].type, right[other].type
        comparable = mine.kind is theirs.kind or {mine.kind, theirs.kind} <= _WHOLE
        if mine.kind not in _KEYS or not comparable:
            message = (
                f"Relation `{relation.name}`: `{own}` is {mine} and `{other}` is {theirs}; they cannot be equal."
            )
            return _problem(message, "Cast one of the two in a model's SQL.", relation.location)
    return None


def _unknown(shape: ModelShape, name: str, location: Location) -> Problem:
    names = [relation.name for relation in shape.model.relations]
    near = get_close_matches(name, names, n=1)
    if near:
        fix = f"Did you mean `{near[0]}`?"
    elif names:
        fix = f"Its relations are {', '.join(names)}."
    else:
        fix = f"Add it under `relations` of the model `{shape.model.name}`."
    return Problem(
        code="unknown_relation",
        message=f"Model `{shape.model.name}` has no relation `{name}`.",
        fix=fix,
        location=location,
    )


def _problem(message: str, fix: str, location: Location) -> Problem:
    return Problem(code="bad_relation", message=message, fix=fix, location=location)
