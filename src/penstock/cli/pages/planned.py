"""What a run has planned, as `plan` and `run` both tell it: figures, changes of each field, what is left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.text import Text

from penstock.cli.documents import ReasonDocument, WithheldDocument
from penstock.cli.pages.alike import first_name, group_sentences
from penstock.cli.pages.layout import BLANK, Part, Row, hanging, indented
from penstock.cli.wording import joined, listed, printable, shortened
from penstock.counting import counted

MOST_FIELDS = 12
_WORDS = ("create", "update", "clear", "remove", "unchanged", "held", "left", "returned")
_SENT = ("create", "update", "clear", "remove")
_ALWAYS = frozenset({"create", "update", "unchanged"})


def sent_records(planned: Mapping[str, int]) -> int:
    """How many records a plan sends; one of an earlier version knew fewer figures."""
    return sum(planned.get(word, 0) for word in _SENT)


def planned_rows(planned: Mapping[str, int], changes: Mapping[str, int]) -> list[Row]:
    """Give the figures of a plan and how many records change in each field."""
    figures = [f"{word} {planned[word]:,}" for word in _WORDS if planned.get(word) or word in _ALWAYS]
    rows: list[Row] = [("Planned", joined(figures))]
    due = sorted(((count, name) for name, count in changes.items() if count), reverse=True, key=lambda each: each[0])
    if due:
        shown = [f"{printable(name)} {count:,}" for count, name in due[:MOST_FIELDS]]
        more = [f"and {counted(len(due) - MOST_FIELDS, 'more field')}"] if len(due) > MOST_FIELDS else []
        rows.append(("Fields", joined([*shown, *more])))
    return rows


def withheld_parts(withheld: Sequence[WithheldDocument]) -> list[Part]:
    """Name the fields that the destination ignores, and what to do about it."""
    if not withheld:
        return []
    parts: list[Part] = [BLANK, Text("Withheld: the destination ignores these fields", style="bold yellow")]
    for count in sorted({each["records"] for each in withheld}, reverse=True):
        names = [printable(each["field"]) for each in withheld if each["records"] == count]
        each_of = " each" if len(names) > 1 else ""
        parts.append(hanging("-", f"{', '.join(names)}: {counted(count, 'record')}{each_of}", indent=2))
    fix = "Allow them in the destination's schema, or take them out of the mapping; they are sent once accepted."
    return [*parts, hanging("→", fix, indent=4)]


def reason_parts(reasons: Sequence[ReasonDocument], *, title: str = "Not delivered") -> list[Part]:
    """Group why records were not delivered: how many, the destination's words, what to do, some keys."""
    if not reasons:
        return []
    parts: list[Part] = [BLANK, Text(title, style="bold")]
    for reason in reasons:
        count = reason["count"]
        what = Text(f"{count:,} × {reason['code']}").append(f" ({reason['outcome']})", style="dim")
        parts.append(hanging("-", what, indent=2))
        parts.append(indented(printable(reason["message"]), 4))
        parts.append(hanging("→", printable(reason["fix"]), indent=4))
        keys = [shortened(printable(str(key))) for key in reason["examples"]]
        if keys:
            label = "key:" if count == 1 and len(keys) == 1 else "keys:" if len(keys) == count else "such as:"
            parts.append(indented(Text(f"{label} {', '.join(keys)}", style="dim"), 6))
    return parts


def warning_parts(warnings: Sequence[str], withheld: Iterable[tuple[str, int]]) -> list[Part]:
    """Tell warnings, several of a kind together; what is told as withheld is not told twice."""
    told = {f"`{name}`" for name, _ in withheld}
    warnings = [sentence for sentence in warnings if first_name(sentence) not in told]
    if not warnings:
        return []
    parts: list[Part] = [BLANK, Text("Warnings", style="bold yellow")]
    for sentence, names in group_sentences(warnings):
        same = f" The same holds for {listed(names)}." if names else ""
        parts.append(hanging("-", printable(sentence + same), indent=2))
    return parts


def notice_parts(notices: Sequence[str]) -> list[Part]:
    """Tell what the destination's service says of the way that it took."""
    if not notices:
        return []
    return [BLANK, Text("Notes", style="bold"), *(hanging("-", printable(each), indent=2) for each in notices)]
