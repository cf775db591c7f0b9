"""Rewriting a finished query for a dialect, node by node, and recognising in it what conditions are made of."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

Rule = Callable[..., exp.Expr | None]
"""Takes a node of the class under which it stands; what it returns stands in its place, None leaves it."""
Rules = Mapping[type[exp.Expr], Rule]


class NotInDialectError(Exception):
    """Something that a dialect cannot say; the text completes the sentence `This cannot be asked: …`."""


def rewritten(query: exp.Query, rules: Rules) -> exp.Query:
    """Apply rules to every node below the query, the lowest first; the tree is changed in place."""
    new_below: dict[int, list[tuple[str, int | None, exp.Expr]]] = {}
    for node in reversed(list(query.bfs())):
        _set(node, new_below.pop(id(node), []))
        rule = rules.get(type(node))
        parent, key, index = node.parent, node.arg_key, node.index
        found = rule(node) if rule is not None else None
        if found is not None and parent is not None and key is not None:
            new_below.setdefault(id(parent), []).append((key, index, found))
    return query


def _set(node: exp.Expr, children: Sequence[tuple[str, int | None, exp.Expr]]) -> None:
    """Put children in their places; a list is set once, as each time costs as much as it is long."""
    lists: dict[str, list[exp.Expr]] = {}
    for key, index, child in children:
        if index is None:
            node.set(key, child)
            continue
        if key not in lists:
            lists[key] = list(node.args[key])
        lists[key][index] = child
    for key, several in lists.items():
        node.set(key, several)


def below(node: exp.Expr) -> exp.Expr:
    """Return what a node is about: for a rule that drops the node itself."""
    found: exp.Expr = node.this
    return found


# --- text ----------------------------------------------------------------------------------------------------------


def is_text(node: exp.Expr) -> bool:
    """Whether this is a text that the segment gives, in lower case or as it is."""
    inner = node.this if isinstance(node, exp.Lower) else node
    return isinstance(inner, exp.Literal) and inner.is_string


def text_rules(
    subject: Callable[[exp.Expr], exp.Expr], value: Callable[[exp.Expr], exp.Expr] = lambda it: it
) -> Rules:
    """Return rules by which comparisons with a text compare `subject` of what is asked with `value` of the text."""

    def equal(node: exp.EQ | exp.NEQ) -> exp.Expr | None:
        if is_text(node.expression):
            return type(node)(this=subject(node.this), expression=value(node.expression))
        return None

    def one_of(node: exp.In) -> exp.Expr | None:
        if node.expressions and all(is_text(each) for each in node.expressions):
            return exp.In(this=subject(node.this), expressions=[value(each) for each in node.expressions])
        return None

    return {exp.EQ: equal, exp.NEQ: equal, exp.In: one_of}


def lower_once(node: exp.Lower) -> exp.Expr | None:
    """Leave a hash alone that the dialect writes in small letters anyway."""
    return below(node) if isinstance(node.this, exp.MD5) else None


END = "."
"""Put at the end of texts whose equality overlooks blanks at the end, so that none is there."""


def ended(text: exp.Expr) -> exp.Expr:
    """Return a text that the segment gives with END; the tree is changed in place."""
    literal = text.this if isinstance(text, exp.Lower) else text
    literal.set("this", literal.name + END)
    return text


def pattern_of(like: exp.Like) -> exp.Literal:
    """Return the literal of a pattern."""
    pattern = like.expression.this if isinstance(like.expression, exp.Lower) else like.expression
    if not isinstance(pattern, exp.Literal) or not pattern.is_string:
        raise NotInDialectError("a pattern is computed")
    return pattern


def pattern_parts(pattern: str, escaped: bool) -> list[tuple[str, bool]]:
    """Return the characters of a pattern of LIKE, each with whether it is a wildcard."""
    parts, literally = [], False
    for character in pattern:
        if escaped and character == "\\" and not literally:
            literally = True
            continue
        parts.append((character, character in "%_" and not literally))
        literally = False
    return parts


# --- numbers -------------------------------------------------------------------------------------------------------


def infinity(node: exp.Expr) -> int:
    """Return 1 or -1 if this is infinity as conditions write it, else 0."""
    if isinstance(node, exp.Cast) and isinstance(node.this, exp.Literal):
        return {"inf": 1, "-inf": -1}.get(node.this.name, 0)
    return 0


def without_infinity() -> Rules:
    """Return rules for a dialect whose numbers are all finite: what compares with infinity is decided already."""

    def compared(node: exp.Binary) -> exp.Expr | None:
        sign = infinity(node.expression)
        if not sign:
            return None
        return exp.Boolean(this=sign > 0 if isinstance(node, exp.LT | exp.LTE) else sign < 0)

    def equal(node: exp.EQ | exp.NEQ) -> exp.Expr | None:
        return exp.Boolean(this=isinstance(node, exp.NEQ)) if infinity(node.expression) else None

    def one_of(node: exp.In) -> exp.Expr | None:
        finite = [each for each in node.expressions if not infinity(each)]
        if len(finite) == len(node.expressions):
            return None
        return exp.In(this=node.this, expressions=finite) if finite else exp.false()

    return {
        **dict.fromkeys((exp.LT, exp.LTE, exp.GT, exp.GTE), compared),
        **dict.fromkeys((exp.EQ, exp.NEQ), equal),
        exp.In: one_of,
    }


def single_as_double(node: exp.Cast) -> exp.Expr | None:
    """Write a number of single precision as the double that equals it, for a dialect that knows doubles only."""
    if not node.is_type(exp.DType.FLOAT) or not isinstance(node.this, exp.Literal) or infinity(node):
        return None
    value: float = struct.unpack("f", struct.pack("f", float(node.this.name)))[0]
    return exp.cast(exp.Literal.string(repr(value)), "double")


# --- times ---------------------------------------------------------------------------------------------------------


def cast_as(node: exp.Cast, types: Mapping[exp.DType, str]) -> exp.Expr | None:
    """Write a literal of one of these types as one of another."""
    found = types.get(node.to.this)
    if found is None or not isinstance(node.this, exp.Literal):
        return None
    return exp.Cast(this=node.this, to=exp.DataType.build(found))


_IN_SMALLER = {"WEEK": (7, "DAY"), "YEAR": (12, "MONTH")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A span after a time."""

    at: exp.Expr
    count: int
    unit: str


def shift_of(node: exp.Expr) -> Shift | None:
    """Return the span after a time that this is, if it is one: in hours, days or months."""
    if not isinstance(node, exp.Add) or not isinstance(node.expression, exp.Interval):
        return None
    interval = node.expression
    if not isinstance(interval.this, exp.Literal) or not interval.this.name.isdigit():
        return None
    times, unit = _IN_SMALLER.get(interval.text("unit").upper(), (1, interval.text("unit").upper()))
    return Shift(at=node.this, count=int(interval.this.name) * times, unit=unit)


def shifted_by_function(node: exp.Add) -> exp.Expr | None:
    """Write a span after a time as a function; not all engines take weeks or months as intervals."""
    shift = shift_of(node)
    if shift is None:
        return None
    return exp.DateAdd(this=shift.at, expression=exp.Literal.number(shift.count), unit=exp.var(shift.unit))


# --- lists ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyElement:
    """The question whether a predicate holds for an element of a list."""

    of: exp.Expr
    table: str
    name: str
    predicate: exp.Expr

    @property
    def elements(self) -> list[exp.Column]:
        """The element, wherever the predicate has it."""
        return [column for column in self.predicate.find_all(exp.Column) if column.table == self.table]


def any_element(node: exp.Exists) -> AnyElement | None:
    """Return what is asked of the elements of a list, if this asks it."""
    select = node.this
    source = select.args.get("from_") if isinstance(select, exp.Select) else None
    if source is None or not isinstance(source.this, exp.Unnest):
        return None
    unnest = source.this
    alias = unnest.args["alias"]
    predicate = select.args["where"].this
    return AnyElement(of=unnest.expressions[0], table=alias.name, name=alias.columns[0].name, predicate=predicate)


def as_lambda(asked: AnyElement) -> exp.Lambda:
    """Return the predicate as a function of the element, false where it is unknown."""
    for element in asked.elements:
        element.set("table", None)
        element.this.set("quoted", False)
    return exp.Lambda(this=never_null(asked.predicate), expressions=[exp.to_identifier(asked.name)])


def by_function(name: str) -> Rule:
    """Return the rule that asks the elements of a list by a function of the list and a predicate."""

    def rule(node: exp.Exists) -> exp.Expr | None:
        asked = any_element(node)
        if asked is None:
            return None
        return never_null(exp.Anonymous(this=name, expressions=[asked.of, as_lambda(asked)]))

    return rule


def never_null(predicate: exp.Expr) -> exp.Expr:
    """Return what holds where a predicate does, and is false where that is unknown."""
    return exp.Coalesce(this=predicate, expressions=[exp.false()])


def without_lists(title: str) -> Rules:
    """Return rules that refuse what is asked of lists."""

    def refused(node: exp.Exists) -> exp.Expr | None:
        if any_element(node) is not None:
            raise NotInDialectError(f"{title} has no lists whose elements can be looked at here")
        return None

    def size(_: exp.ArraySize) -> exp.Expr | None:
        raise NotInDialectError(f"{title} has no lists whose elements can be looked at here")

    return {exp.Exists: refused, exp.ArraySize: size}


# --- order ---------------------------------------------------------------------------------------------------------


def as_it_comes(dialect: str) -> Rules:
    """Return the rule that leaves nulls where the dialect puts them: where a segment orders, there are none."""
    ordering = Dialect.get_or_raise(dialect).NULL_ORDERING

    def rule(node: exp.Ordered) -> exp.Expr | None:
        if node.args.get("nulls_first") is None:
            descending = bool(node.args.get("desc"))
            small, large = ordering == "nulls_are_small", ordering == "nulls_are_large"
            node.set("nulls_first", (small and not descending) or (large and descending))
        return None

    return {exp.Ordered: rule}


def each_of(*rules: Rules) -> Rules:
    """Return the rules together; of several for a class, each is asked until one of them applies."""
    together: dict[type[exp.Expr], list[Rule]] = {}
    for several in rules:
        for class_, rule in several.items():
            together.setdefault(class_, []).append(rule)
    return {class_: _first(found) for class_, found in together.items()}


def _first(rules: Sequence[Rule]) -> Rule:
    def rule(node: exp.Expr) -> exp.Expr | None:
        return next((found for each in rules if (found := each(node)) is not None), None)

    return rules[0] if len(rules) == 1 else rule
