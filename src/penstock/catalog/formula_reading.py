"""Reads a formula, written as in a spreadsheet: `round(spent / orders, 2)`, `{First name} & ' ' & last_name`.

A name is a field; one with blanks or signs stands in braces. Text stands in quotes of either kind, doubled within.
`&` binds weaker than `+` and `-`, these weaker than `*` and `/`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from penstock.catalog.calculations import Calculation, Call, Constant, FieldValue

LONGEST: Final = 10_000
"""Characters that a formula may have."""
DEEPEST: Final = 50
"""Levels of parentheses and signs in a formula."""
MOST_CALLS: Final = 100
"""Operators and functions in a formula."""
MOST_DIGITS: Final = 38
"""Digits of a number, as many as exact numbers have in all engines."""

_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<number>\d+(?:\.\d+)?)(?![\w.])
      | (?P<name>[^\W\d]\w*)
      | \{(?P<braced>[^{}]+)\}
      | '(?P<single>(?:[^']|'')*)'
      | "(?P<double>(?:[^"]|"")*)"
      | (?P<sign>[-+*/&(),])
    )""",
    re.VERBOSE,
)
_LEVELS: Final = (("&",), ("+", "-"), ("*", "/"))
"""The operators, those that bind weakest first."""


class FormulaError(Exception):
    """What is wrong with a formula: the end of a sentence that begins with the formula, and what to do."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix


def read_formula(text: str) -> Calculation:
    """Return the tree of a formula. Raises FormulaError."""
    if len(text) > LONGEST:
        raise FormulaError(f"it has more than {LONGEST:,} characters", "Make several computed fields of it.")
    reader = _Reader(tokens=_tokens(text))
    found = reader.operators(0, 1)
    reader.end()
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    kind: str
    text: str


def _tokens(text: str) -> list[_Token]:
    found, position = [], 0
    rest = text.rstrip()
    while position < len(rest):
        match = _TOKEN.match(rest, position)
        if match is None or match.lastgroup is None:
            raise FormulaError(*_unreadable(rest[position:].lstrip()))
        found.append(_Token(kind=match.lastgroup, text=match[match.lastgroup]))
        position = match.end()
    return found


def _unreadable(rest: str) -> tuple[str, str]:
    sign = rest[:1]
    what = f"`{rest[:20]}` cannot be read"
    if sign in "'\"{":
        return what, f"What begins with {sign} must end with {'}' if sign == '{' else sign}."
    return what, "Use fields, numbers, text in quotes, functions, and the signs + - * / & ( )."


@dataclass(slots=True, kw_only=True)
class _Reader:
    tokens: list[_Token]
    position: int = 0
    calls: int = 0

    def operators(self, level: int, depth: int) -> Calculation:
        """Read what is joined by the operators of a level."""
        if level == len(_LEVELS):
            return self._value(depth)
        found = self.operators(level + 1, depth)
        while (sign := self._sign()) in _LEVELS[level]:
            self.position += 1
            self._count()
            found = Call(function=sign, arguments=(found, self.operators(level + 1, depth)))
        return found

    def end(self) -> None:
        """Refuse what is left."""
        if self.position < len(self.tokens):
            rest = self.tokens[self.position].text
            raise FormulaError(f"`{rest[:20]}` is one too many", "Put an operator in front of it, or remove it.")

    def _value(self, depth: int) -> Calculation:
        if depth > DEEPEST:
            raise FormulaError(f"it is nested more than {DEEPEST} deep", "Make several computed fields of it.")
        if self.position == len(self.tokens):
            raise FormulaError("something is missing at its end", "Write a field, a number or a text there.")
        token = self.tokens[self.position]
        self.position += 1
        match token.kind:
            case "number":
                return _number(token.text)
            case "single" | "double":
                quote = "'" if token.kind == "single" else '"'
                return Constant(value=token.text.replace(quote * 2, quote))
            case "braced":
                return FieldValue(field=token.text)
            case "name":
                return self._called(token.text, depth) if self._sign() == "(" else FieldValue(field=token.text)
        if token.text == "-":
            return Call(function="-", arguments=(self._value(depth + 1),))
        if token.text != "(":
            raise FormulaError(f"there is nothing in front of `{token.text}`", "Write a field or a value there.")
        found = self.operators(0, depth + 1)
        self._expect(")")
        return found

    def _called(self, function: str, depth: int) -> Call:
        self.position += 1
        self._count()
        arguments: list[Calculation] = []
        if self._sign() != ")":
            arguments.append(self.operators(0, depth + 1))
            while self._sign() == ",":
                self.position += 1
                arguments.append(self.operators(0, depth + 1))
        self._expect(")")
        return Call(function=function.lower(), arguments=tuple(arguments))

    def _count(self) -> None:
        self.calls += 1
        if self.calls > MOST_CALLS:
            what = f"it has more than {MOST_CALLS} operators and functions"
            raise FormulaError(what, "Make several computed fields of it.")

    def _sign(self) -> str:
        """Return the sign that comes next; nothing if it is something else."""
        token = self.tokens[self.position] if self.position < len(self.tokens) else None
        return token.text if token is not None and token.kind == "sign" else ""

    def _expect(self, sign: str) -> None:
        if self._sign() != sign:
            raise FormulaError(f"a `{sign}` is missing", "Close every parenthesis that is opened.")
        self.position += 1


def _number(text: str) -> Constant:
    if len(text.replace(".", "")) > MOST_DIGITS:
        raise FormulaError(f"`{text[:20]}…` has more than {MOST_DIGITS} digits", "Write a shorter number.")
    return Constant(value=Decimal(text))
