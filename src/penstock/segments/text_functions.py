"""Operators and functions of texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from penstock.fields import NUMBERS, Kind
from penstock.segments.number_functions import common_scale, type_of_scale
from penstock.segments.numeric_types import WHOLE
from penstock.segments.rows import Value
from penstock.segments.values import TEXT, Refusal, number, text, whole

MOST_LETTERS = 10_000


def concatenated(given: Sequence[Value]) -> Value:
    """Return one text after the other; unknown where one of them is."""
    left, right = (text(value, "&") for value in given)
    return Value(sql=exp.paren(exp.DPipe(this=left, expression=right, safe=True), copy=False), type=TEXT)


def joined_texts(given: Sequence[Value]) -> Value:
    """Return the texts that are known and not empty, with the first one in between; unknown if there are none.

    Each is written with the separator in front of it, and the first of these is cut off: not every engine has a
    function for it that passes over what is unknown.
    """
    separator, *parts = (text(value, "join") for value in given)
    if not isinstance(separator, exp.Literal):
        raise Refusal(
            "`join` takes a text in quotes first", "Write what is to stand in between, as in `join(' ', …)`."
        )
    nothing = exp.Literal.string("")
    pieces = [exp.DPipe(this=separator.copy(), expression=_known(part), safe=True) for part in parts]
    whole_text: exp.Expr = exp.Coalesce(this=pieces[0], expressions=[nothing])
    for piece in pieces[1:]:
        other = exp.Coalesce(this=piece, expressions=[nothing.copy()])
        whole_text = exp.DPipe(this=whole_text, expression=other, safe=True)
    start = exp.Literal.number(len(separator.name) + 1)
    return Value(sql=_known(exp.Substring(this=exp.paren(whole_text, copy=False), start=start)), type=TEXT)


def _known(text_: exp.Expr) -> exp.Expr:
    return exp.Nullif(this=text_, expression=exp.Literal.string(""))


def first_known(given: Sequence[Value]) -> Value:
    """Return the first of the values that is known: texts, or numbers, or of one other type."""
    kinds = {value.type.kind for value in given}
    if kinds <= NUMBERS:
        scale = common_scale(given, "first_known")
        first, *others = (number(value, scale) for value in given)
        return Value(sql=exp.Coalesce(this=first, expressions=others), type=type_of_scale(scale))
    if len(kinds) > 1:
        raise Refusal("`first_known` takes values of one type", "Give it texts only, or dates only, or numbers only.")
    is_text = kinds == {Kind.TEXT}
    first, *others = (text(value, "first_known") if is_text else value.sql for value in given)
    return Value(sql=exp.Coalesce(this=first, expressions=others), type=TEXT if is_text else given[0].type)


def of_one_text(name: str, made: type[exp.Func]) -> Callable[[Sequence[Value]], Value]:
    """Return what makes a text of another."""
    return lambda given: Value(sql=made(this=text(given[0], name)), type=TEXT)


def end_of_text(name: str, made: type[exp.Func]) -> Callable[[Sequence[Value]], Value]:
    """Return what cuts so many characters off one end."""

    def build(given: Sequence[Value]) -> Value:
        letters = exp.Literal.number(whole(given[1], name, MOST_LETTERS))
        return Value(sql=made(this=text(given[0], name), expression=letters), type=TEXT)

    return build


def length_of(given: Sequence[Value]) -> Value:
    """Return how many characters a text has."""
    return Value(sql=exp.Length(this=text(given[0], "length")), type=WHOLE)


def replaced(given: Sequence[Value]) -> Value:
    """Return a text with every second one in it replaced by the third."""
    subject, old, new = (text(value, "replace") for value in given)
    return Value(sql=exp.Replace(this=subject, expression=old, replacement=new), type=TEXT)
