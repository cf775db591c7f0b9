"""Conditions on text: LOWER on both sides unless the case counts; LIKE only for wildcards, and escaped."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from penstock.catalog.conditions import Operator

_SPECIAL_IN_LIKE = ("\\", "%", "_")


def text_predicate(operator: Operator, column: exp.Expr, operands: Sequence[str], *, match_case: bool) -> exp.Expr:
    """Return the predicate of a positive text operator; it is NULL only where the column is."""
    subject = _cased(column, match_case)
    if operator is Operator.IS_ANY_OF:
        values: list[exp.Expr] = [_cased(exp.Literal.string(text), match_case) for text in operands]
        return exp.In(this=subject, expressions=values) if values else exp.false()
    (text,) = operands
    if operator is Operator.MATCHES:
        return _matches(subject, text, match_case)
    value = _cased(exp.Literal.string(text), match_case)
    match operator:
        case Operator.CONTAINS:
            return exp.GT(this=exp.StrPosition(this=subject, substr=value), expression=exp.Literal.number(0))
        case Operator.STARTS_WITH:
            head = exp.Left(this=subject, expression=exp.Length(this=value.copy()))
            return exp.EQ(this=head, expression=value)
        case Operator.ENDS_WITH:
            tail = exp.Right(this=subject, expression=exp.Length(this=value.copy()))
            return exp.EQ(this=tail, expression=value)
    return exp.EQ(this=subject, expression=value)


def _cased(text: exp.Expr, match_case: bool) -> exp.Expr:
    return text if match_case else exp.Lower(this=text)


def _matches(subject: exp.Expr, wildcards: str, match_case: bool) -> exp.Expr:
    """Translate `*` and `?`; the escape is named only where it is needed, as not every engine has the clause."""
    pattern = "".join(_like_part(character) for character in wildcards)
    like = exp.Like(this=subject, expression=_cased(exp.Literal.string(pattern), match_case))
    if "\\" not in pattern:
        return like
    return exp.Escape(this=like, expression=exp.Literal.string("\\"))


def _like_part(character: str) -> str:
    if character in _SPECIAL_IN_LIKE:
        return f"\\{character}"
    return {"*": "%", "?": "_"}.get(character, character)
