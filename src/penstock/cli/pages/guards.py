"""Guards that stop a run, for people: one line each, and a command line to copy."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from penstock.cli.documents import FiredDocument
from penstock.cli.pages.layout import Part, hanging
from penstock.cli.wording import printable


def fired_parts(fired: Sequence[FiredDocument], fix: str) -> list[Part]:
    """Tell guards with their figures and likely causes, and how to allow them all."""
    lines = [
        hanging("-", Text(f"{each['guard']}: ", style="bold").append(printable(each["message"]), style="not bold"))
        for each in fired
    ]
    return [*lines, hanging("→", printable(fix))]
