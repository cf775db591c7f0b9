"""What the rewriting of queries for several dialects has in common."""

from __future__ import annotations


class NotInDialectError(Exception):
    """Something that a dialect cannot say; the text completes the sentence `This cannot be asked: …`."""
