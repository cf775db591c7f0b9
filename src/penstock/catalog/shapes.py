"""The shapes that a value in a project file can have. Each reads a node, and describes itself to editors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Protocol

from penstock.catalog.nodes import Node, Scalar, shortened
from penstock.catalog.plain_values import plain_value
from penstock.catalog.problems import choose_from, listed, nearest
from penstock.catalog.reading import Reading, capitalised

JsonSchema = dict[str, object]

NAME_PATTERN: Final = "[A-Za-z][A-Za-z0-9_-]{0,63}"
REFERENCE_SCHEMA: Final[JsonSchema] = {"type": "string", "pattern": r"\$\{[A-Za-z_][A-Za-z0-9_]*\}"}


class Shape(Protocol):
    """A kind of value."""

    def read(self, node: Node, reading: Reading) -> object | None:
        """Return the value; None if it is not of this shape, which is noted."""
        ...

    def schema(self) -> JsonSchema:
        """Return the JSON Schema of what may be written."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Text that is not blank; `noun` says what of, `${NAME}` is filled in where the reading allows it."""

    noun: str = "text"

    def read(self, node: Node, reading: Reading) -> str | None:
        """Return the text."""
        if not isinstance(node, Scalar) or not isinstance(node.value, str) or not node.value.strip():
            reading.wrong(node, self.noun)
            return None
        return filled(node.value, node, reading)

    def schema(self) -> JsonSchema:
        """Return the JSON Schema."""
        return {"type": "string", "pattern": r"\S"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """What a thing is called."""

    def read(self, node: Node, reading: Reading) -> str | None:
        """Return the name."""
        if isinstance(node, Scalar) and isinstance(node.value, str):
            if re.fullmatch(NAME_PATTERN, node.value):
                return node.value
            rule = "letters, digits, `_` and `-`, with a letter first, and at most 64 of them"
            reading.refuse(
                node,
                "bad_name",
                f"{capitalised(reading.title)} is `{shortened(node.written)}`, which cannot be a name.",
                f"A name consists of {rule}.",
            )
        else:
            reading.wrong(node, "a name (text)")
        return None

    def schema(self) -> JsonSchema:
        """Return the JSON Schema."""
        return {"type": "string", "pattern": f"^{NAME_PATTERN}$"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The name of a thing that the project declares in `section`."""

    section: str

    def read(self, node: Node, reading: Reading) -> str | None:
        """Return the name, which exists unless a file could not be read."""
        noun = self.section.removesuffix("s")
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            reading.wrong(node, f"the name of a {noun}")
            return None
        declared = reading.names.declared.get(self.section, ())
        if node.value in declared or not reading.names.complete:
            return node.value
        reading.refuse(
            node,
            f"unknown_{noun}",
            f"{capitalised(reading.title)} names the {noun} `{shortened(node.value)}`, which does not exist.",
            choose_from(node.value, declared, none=f"Declare it under `{self.section}`; there is none yet."),
        )
        return None

    def schema(self) -> JsonSchema:
        """Return the JSON Schema."""
        return Name().schema()


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """True or false."""

    variable: bool = False
    """Whether it may come from the environment."""

    def read(self, node: Node, reading: Reading) -> bool | None:
        """Return whether it is true."""
        value = node.value if isinstance(node, Scalar) else None
        if self.variable and isinstance(value, str) and "${" in value and reading.environment is not None:
            text = filled(value, node, reading)
            if text is None:
                return None
            value = plain_value(text.strip())
        if isinstance(value, bool):
            return value
        reading.wrong(node, "`true` or `false`")
        return None

    def schema(self) -> JsonSchema:
        """Return the JSON Schema."""
        flag: JsonSchema = {"type": "boolean"}
        return {"anyOf": [flag, REFERENCE_SCHEMA]} if self.variable else flag


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A whole number within limits."""

    least: int
    most: int

    def read(self, node: Node, reading: Reading) -> int | None:
        """Return the number."""
        number = node.value if isinstance(node, Scalar) else None
        if isinstance(number, int) and not isinstance(number, bool) and self.least <= number <= self.most:
            return number
        reading.wrong(node, f"a whole number from {self.least:,} to {self.most:,}")
        return None

    def schema(self) -> JsonSchema:
        """Return the JSON Schema."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True, kw_only=True)
class Percent:
    """A share in percent, from 0 to 100; read exactly."""

    def read(self, node: Node, reading: Reading) -> Decimal | None:
        """Return the number."""
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, int | Decimal) and not isinstance(value, bool) and 0 <= value <= 100:
            return Decimal(value)
        reading.wrong(node, "a number from 0 to 100")
        return None

    def schema(self) -> JsonSchema:
        """Return the JSON Schema."""
        return {"type": "number", "minimum": 0, "maximum": 100}


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number above zero, or from `least` on, and up to `most`; may come from the environment."""

    least: float | None = None
    most: float | None = None

    def read(self, node: Node, reading: Reading) -> float | None:
        """Return the number."""
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, str) and "${" in value and reading.environment is not None:
            text = filled(value, node, reading)
            if text is None:
                return None
            value = plain_value(text.strip())
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool) and self._allows(value):
            return float(value)
        reading.wrong(node, self.expected)
        return None

    @property
    def expected(self) -> str:
        """What it is, in words."""
        if self.least is None:
            return "a number above 0" if self.most is None else f"a number above 0, at most {self.most:,g}"
        return f"a number from {self.least:,g}" + ("" if self.most is None else f" to {self.most:,g}")

    def _allows(self, value: int | float | Decimal) -> bool:
        low = value > 0 if self.least is None else value >= self.least
        return low and (value < 10**9 if self.most is None else value <= self.most)

    def schema(self) -> JsonSchema:
        """Return the JSON Schema."""
        number: JsonSchema = {"type": "number"}
        number |= {"exclusiveMinimum": 0} if self.least is None else {"minimum": self.least}
        number |= {} if self.most is None else {"maximum": self.most}
        return {"anyOf": [number, REFERENCE_SCHEMA]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of a few words; those in `later` are known but not available in this version."""

    words: tuple[str, ...]
    later: tuple[str, ...] = ()
    variable: bool = False
    """Whether it may come from the environment."""

    def read(self, node: Node, reading: Reading) -> str | None:
        """Return the word."""
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            reading.wrong(node, f"one of {listed(self.words)}")
            return None
        word = filled(node.value, node, reading)
        if word is None or word in self.words:
            return word
        if word in self.later:
            reading.refuse(
                node,
                "not_available",
                f"{capitalised(reading.title)} is `{node.written}`, which is not available in this version.",
                f"Choose one of {listed(self.words)}.",
            )
        else:
            reading.refuse(
                node,
                "unknown_choice",
                f"{capitalised(reading.title)} cannot be `{shortened(node.written)}`.",
                choose_from(node.written, self.words, none="There is nothing to choose in this version."),
            )
        return None

    def schema(self) -> JsonSchema:
        """Return the JSON Schema."""
        words: JsonSchema = {"enum": list(self.words)}
        return {"anyOf": [words, REFERENCE_SCHEMA]} if self.variable else words


@dataclass(frozen=True, slots=True, kw_only=True)
class Formatted:
    """Text that `accepts` must accept, such as a time zone; `expected` says in words what it is."""

    expected: str
    accepts: Callable[[str], bool]
    code: str
    pattern: str | None = None
    suggestions: Callable[[], Iterable[str]] = tuple
    """Gives the words among which to guess what was meant."""

    def read(self, node: Node, reading: Reading) -> str | None:
        """Return the text."""
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            reading.wrong(node, self.expected)
            return None
        text = filled(node.value, node, reading)
        if text is None or self.accepts(text):
            return text
        meant = nearest(node.written, self.suggestions())
        if meant:
            message = f"{capitalised(reading.title)} cannot be `{shortened(node.written)}`."
            reading.refuse(node, self.code, message, f"Did you mean `{meant}`?")
            return None
        # What could hold a password is not quoted.
        reading.wrong(node, self.expected, code=self.code, quote="@" not in node.value)
        return None

    def schema(self) -> JsonSchema:
        """Return the JSON Schema."""
        return {"type": "string", "pattern": self.pattern} if self.pattern else {"type": "string"}


def filled(text: str, node: Node, reading: Reading) -> str | None:
    """Return the text with its variables filled in; None if one is missing, which is noted."""
    if reading.environment is None or "${" not in text:
        return text
    result = reading.environment.filled(text)
    for name in result.missing:
        reading.refuse(
            node,
            "missing_variable",
            f"{capitalised(reading.title)} needs the environment variable `{name}`, which is not set, or is empty.",
            f"Set it before you start Penstock, as in `export {name}=…`.",
        )
    if result.malformed:
        reading.refuse(
            node,
            "bad_variable",
            f"{capitalised(reading.title)} has a `${{` that does not name an environment variable.",
            "Write `${NAME}`, the name in letters, digits and `_`.",
        )
    return None if result.missing or result.malformed else result.text
