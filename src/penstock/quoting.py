"""Quoting for the embedded engine: the only way by which a name or a text gets into its SQL."""

from __future__ import annotations


def quote_name(name: str) -> str:
    """Quote an identifier."""
    return '"' + name.replace('"', '""') + '"'


def quote_text(text: str) -> str:
    """Quote a text as a literal."""
    return "'" + text.replace("'", "''") + "'"
