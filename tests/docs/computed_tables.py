"""The operators and functions of formulas, made from the code's own table."""

from __future__ import annotations

from collections.abc import Mapping

from penstock.segments.functions import FUNCTIONS, OPERATORS, Function
from tests.docs.blocks import code, table


def computed_blocks() -> dict[str, str]:
    """Both tables."""
    return {"formula operators": _table("Operator", OPERATORS), "formula functions": _table("Function", FUNCTIONS)}


def _table(title: str, functions: Mapping[str, Function]) -> str:
    rows = [(code(name), function.help, code(function.example)) for name, function in functions.items()]
    return table((title, "Gives", "Example"), rows)
