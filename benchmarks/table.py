"""The budget table as text for a terminal, as Markdown and as JSON values."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.figures import Figure, Row

HEADINGS = ("benchmark", "records", "figure", "measured", "budget", "met")


def lines_of(row: Row) -> list[str]:
    """Write a row for a terminal: a heading, then a line for each figure."""
    size = f", {row.records:,} records" if row.records is not None else ""
    lines = [f"{row.name}: {row.what}{size}"]
    if row.unit:
        lines.append(f"    unit: {row.unit}")
    for figure in row.figures:
        budget = f"{figure.budget:<12} {_met(figure)}" if figure.budget else ""
        lines.append(f"    {figure.what:<52} {figure.measured:>14}   {budget}".rstrip())
    return lines


def markdown(rows: Sequence[Row]) -> str:
    """Write the table as Markdown."""
    lines = [f"| {' | '.join(HEADINGS)} |", "|---|---:|---|---:|---|---|"]
    for row in rows:
        for index, figure in enumerate(row.figures):
            size = "" if row.records is None else f"{row.records:,}"
            what = f"**{row.name}**: {row.what}{f' (unit: {row.unit})' if row.unit else ''}" if index == 0 else ""
            cells = (what, size if index == 0 else "", figure.what, figure.measured, figure.budget, _met(figure))
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def to_json(row: Row) -> dict[str, object]:
    """Write a row as JSON values."""
    figures = [
        {"what": f.what, "value": f.value, "measured": f.measured, "budget": f.budget, "met": f.met}
        for f in row.figures
    ]
    return {"name": row.name, "what": row.what, "records": row.records, "unit": row.unit, "figures": figures}


def _met(figure: Figure) -> str:
    if figure.met is None:
        return ""
    return "met" if figure.met else "MISSED"
