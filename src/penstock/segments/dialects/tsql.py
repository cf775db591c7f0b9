"""SQL Server: conditions are no values, and equality overlooks blanks at the end of a text."""

from __future__ import annotations

from sqlglot import exp

from penstock.segments.dialects.rewriting import (
    END,
    NotInDialectError,
    Rules,
    as_it_comes,
    each_of,
    ended,
    is_text,
    pattern_of,
    pattern_parts,
    rewritten,
    shifted_by_function,
    text_rules,
    without_infinity,
    without_lists,
)

_COLLATION = "Latin1_General_100_BIN2"
"""Compares letter by letter, but for blanks at the end."""
_UTF8 = "Latin1_General_100_BIN2_UTF8"
_HASH = "HASHBYTES"


def _by_letters(text: exp.Expr) -> exp.Expr:
    return exp.Collate(this=text, expression=exp.var(_COLLATION))


def _ended(text: exp.Expr) -> exp.Expr:
    return exp.Add(this=_by_letters(text), expression=exp.Literal.string(END))


def _position(node: exp.StrPosition) -> exp.Expr:
    return exp.StrPosition(this=_by_letters(node.this), substr=node.args["substr"])


def _length(node: exp.Length) -> exp.Expr:
    text = node.this
    whole = ended(text) if is_text(text) else exp.Add(this=text, expression=exp.Literal.string(END))
    return exp.Paren(this=exp.Sub(this=exp.Length(this=whole), expression=exp.Literal.number(1)))


def _like(node: exp.Like) -> exp.Expr:
    """A bracket is a wildcard there, and has to be escaped like the others."""
    pattern = pattern_of(node)
    parts = pattern_parts(pattern.name, escaped=isinstance(node.parent, exp.Escape))
    escaped = any(not wild and character in "%_[\\" for character, wild in parts)
    special = "%_[\\" if escaped else ""
    pattern.set("this", "".join(c if wild or c not in special else f"\\{c}" for c, wild in parts))
    like = exp.Like(this=_by_letters(node.this), expression=node.expression)
    if not escaped or isinstance(node.parent, exp.Escape):
        return like
    return exp.Escape(this=like, expression=exp.Literal.string("\\"))


def _in_zone(node: exp.AtTimeZone) -> exp.Expr | None:
    if node.args["zone"].name == "UTC":
        return None
    raise NotInDialectError("SQL Server knows time zones by names of its own, so it tells dates in UTC only")


def _hash(node: exp.MD5) -> exp.Expr:
    """Hash the text in UTF-8, as others do, and write the digest in hexadecimal."""
    collated = exp.Collate(this=exp.Paren(this=node.this), expression=exp.var(_UTF8))
    utf8 = exp.Cast(this=collated, to=_type("varchar(max)"))
    digest = exp.Anonymous(this=_HASH, expressions=[exp.Literal.string("MD5"), utf8])
    return exp.Convert(this=_type("varchar(32)"), expression=digest, style=exp.Literal.number(2))


def _cast(node: exp.Cast) -> exp.Expr | None:
    if node.is_type(exp.DType.TEXT):
        return exp.Cast(this=node.this, to=_type("nvarchar(max)"))
    if node.is_type(exp.DType.FLOAT):
        return exp.Cast(this=node.this, to=_type("float(24)"))
    return None


def _concatenated(node: exp.DPipe) -> exp.Expr:
    return exp.Add(this=node.this, expression=node.expression)


def _type(name: str) -> exp.DataType:
    return exp.DataType.build(name, dialect="tsql")


def _substring(node: exp.Substring) -> exp.Expr | None:
    """Say how many characters, which SQL Server wants to be told."""
    if node.args.get("length"):
        return None
    return exp.Substring(this=node.this, start=node.args["start"], length=exp.Literal.number(2**31 - 1))


_RULES: Rules = each_of(
    as_it_comes("tsql"),
    text_rules(_ended, ended),
    without_infinity(),
    without_lists("SQL Server"),
    {
        exp.Add: shifted_by_function,
        exp.AtTimeZone: _in_zone,
        exp.Cast: _cast,
        exp.DPipe: _concatenated,
        exp.Length: _length,
        exp.Like: _like,
        exp.MD5: _hash,
        exp.StrPosition: _position,
        exp.Substring: _substring,
    },
)


def rewrite(query: exp.Query) -> exp.Query:
    """Write a query as SQL Server takes it."""
    rewritten(query, _RULES)
    _values_of_conditions(query)
    _ask_conditions(query)
    for literal in list(query.find_all(exp.Literal)):
        if literal.is_string and not _is_plain(literal):
            literal.replace(exp.National(this=literal.name))
    return query


def _is_plain(literal: exp.Literal) -> bool:
    """Whether a text is no text of Unicode: of a time or a number, of an escape, a zone or an algorithm."""
    parent = literal.parent
    is_hash = isinstance(parent, exp.Anonymous) and parent.name == _HASH
    return is_hash or isinstance(parent, exp.Cast | exp.Escape | exp.AtTimeZone)


def _ask_conditions(query: exp.Query) -> None:
    """Turn values that stand where a condition must into conditions, and conditions that stand for values around."""
    waiting = [
        node.args["on"] if isinstance(node, exp.Join) else node.this
        for node in query.find_all(exp.Where, exp.Having, exp.Join, exp.If)
        if _has_condition(node)
    ]
    while waiting:
        node = waiting.pop()
        if isinstance(node, exp.Connector):
            waiting += [node.left, node.right]
        elif isinstance(node, exp.Not | exp.Paren):
            waiting.append(node.this)
        elif isinstance(node, exp.Case):
            waiting += _case_of_bits(node)
        elif isinstance(node, exp.Coalesce):
            waiting += _coalesced(node)
        elif isinstance(node, exp.Column):
            node.replace(exp.EQ(this=node.copy(), expression=exp.Literal.number(1)))


def _has_condition(node: exp.Expr) -> bool:
    """Whether it has one: a join may have none, and a CASE of a value compares that with values."""
    if isinstance(node, exp.If):
        return not (isinstance(node.parent, exp.Case) and node.parent.this)
    return not isinstance(node, exp.Join) or bool(node.args.get("on"))


def _values_of_conditions(query: exp.Query) -> None:
    """Let a query give 1, 0 or null where it gives what a condition says."""
    for select in query.find_all(exp.Select):
        for given in select.expressions:
            condition = given.this if isinstance(given, exp.Alias) else given
            if _is_condition(condition):
                _give_value(condition)


def _is_condition(node: exp.Expr) -> bool:
    return isinstance(node, exp.Predicate | exp.Connector | exp.Not)


def _give_value(condition: exp.Expr) -> list[exp.Expr]:
    """Put 1, 0 or null in the place of a condition; return the conditions by which they are chosen."""
    chosen = [
        exp.If(this=condition.copy(), true=exp.Literal.number(1)),
        exp.If(this=exp.not_(condition), true=exp.Literal.number(0)),
    ]
    condition.replace(exp.cast(exp.Case(ifs=chosen), "boolean"))
    return [each.this for each in chosen]


def _case_of_bits(case: exp.Case) -> list[exp.Expr]:
    """Let a CASE between conditions answer 1 or 0, and ask whether it does."""
    asked = []
    for holder, key in [*((each, "true") for each in case.args["ifs"]), (case, "default")]:
        value = holder.args.get(key)
        if isinstance(value, exp.Boolean):
            holder.set(key, exp.Literal.number(1 if value.this else 0))
        elif value is not None and (_is_condition(value.unnest()) or isinstance(value, exp.Case)):
            holder.set(key, _bit(value))
            asked.append(value)
    _ask_whether_one(case)
    return asked


def _coalesced(node: exp.Coalesce) -> list[exp.Expr]:
    """What is false where it is unknown: a CASE takes the unknown for that."""
    value = node.this
    if isinstance(value, exp.Cast) and value.is_type(exp.DType.BOOLEAN):
        bit = _bit(value.this)
        node.replace(exp.EQ(this=bit, expression=exp.Literal.number(1)))
        return [bit.args["ifs"][0].this]
    asked = []
    for each in [value, *node.expressions]:
        if isinstance(each, exp.Boolean):
            each.replace(exp.Literal.number(1 if each.this else 0))
        elif _is_condition(each):
            asked += _give_value(each)
    _ask_whether_one(node)
    return asked


def _ask_whether_one(value: exp.Expr) -> None:
    equal = exp.EQ(expression=exp.Literal.number(1))
    value.replace(equal)
    equal.set("this", value)


def _bit(condition: exp.Expr) -> exp.Case:
    one, zero = exp.Literal.number(1), exp.Literal.number(0)
    return exp.Case(ifs=[exp.If(this=condition, true=one)], default=zero)
