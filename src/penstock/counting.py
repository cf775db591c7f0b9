"""Figures in sentences: a number with its noun, and the verb that goes with it."""

from __future__ import annotations


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Write a number with its noun: `1 record`, `1,204 records`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def were(number: int) -> str:
    """Write `was` for one, `were` for several and for none."""
    return "was" if number == 1 else "were"


def exists(number: int) -> str:
    """Write `exists` for one, `exist` for several and for none."""
    return "exists" if number == 1 else "exist"
