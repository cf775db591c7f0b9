"""How much segments have in common, for people."""

from __future__ import annotations

from collections.abc import Sequence

from penstock.cli.pages.layout import BLANK, Part, heading, table
from penstock.operations.overlap import Overlap


def overlap_page(segment: str, found: Sequence[Overlap]) -> list[Part]:
    """Tell, for each of the other segments, who is in both and who in one of them only, with the shares."""
    parts: list[Part] = []
    for each in found:
        here, there = each.both + each.only_here, each.both + each.only_there
        figures = ("Records", f"of {segment}", f"of {each.other}")
        rows = [
            ["in both", f"{each.both:,}", _share(each.both, here), _share(each.both, there)],
            [f"only in {segment}", f"{each.only_here:,}", _share(each.only_here, here), ""],
            [f"only in {each.other}", f"{each.only_there:,}", "", _share(each.only_there, there)],
        ]
        parts += [*([BLANK] if parts else []), heading(f"{segment} and {each.other}"), BLANK]
        parts.append(table(("", *figures), rows, figures=figures))
    return parts


def _share(records: int, of: int) -> str:
    return f"{records / of:.1%}" if of else "–"
