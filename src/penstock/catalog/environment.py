"""Fills `${NAME}` in from the environment. A value from there never enters a message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_REFERENCE: Final = re.compile(r"\$\{([^{}]*)\}?")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Filled:
    """Text with its variables filled in; what is missing or malformed instead, if anything is."""

    text: str
    missing: tuple[str, ...] = ()
    malformed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Environment:
    """The variables that project files may name."""

    variables: Mapping[str, str]
    with_secrets: bool = True
    """Without, secrets stay empty and may be missing: enough for whoever connects to no destination."""

    def __repr__(self) -> str:
        return f"Environment(<{len(self.variables)} variables>)"

    def filled(self, text: str) -> Filled:
        """Return the text with every `${NAME}` replaced; an empty variable counts as missing."""
        missing: list[str] = []
        malformed: list[str] = []

        def value_of(found: re.Match[str]) -> str:
            name = found[1]
            if not found[0].endswith("}") or not _NAME.fullmatch(name):
                malformed.append(found[0])
            elif not self.variables.get(name):
                missing.append(name)
            return self.variables.get(name, "")

        filled = _REFERENCE.sub(value_of, text)
        return Filled(filled, tuple(missing), tuple(malformed))


def only_reference(text: str) -> bool:
    """Whether the text is one `${NAME}` and nothing else."""
    return text.startswith("${") and text.endswith("}") and bool(_NAME.fullmatch(text[2:-1]))
