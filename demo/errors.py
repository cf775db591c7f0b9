"""The one error of the demo: something is not as the story says."""

from __future__ import annotations


class DemoError(Exception):
    """A sentence for the person who watches; the demo ends with it."""
