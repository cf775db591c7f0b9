"""The views of a segment, each as a page and as a document."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from penstock.cli.documents import ReportDocument, kept_report
from penstock.cli.opened import zone_of
from penstock.cli.pages.breakdown import breakdown_page
from penstock.cli.pages.layout import BLANK, heading, indented
from penstock.cli.pages.members import count_sentence, members_table
from penstock.cli.pages.overlap import overlap_page
from penstock.cli.pages.sizes import sizes_page
from penstock.cli.screen import Screen
from penstock.fields import Kind
from penstock.operations.breakdown import Breakdown, Group, break_down
from penstock.operations.history import segment_history
from penstock.operations.overlap import Overlap, overlaps
from penstock.operations.project import Project
from penstock.operations.segment_sql import segment_sql
from penstock.operations.segments import (
    Explanation,
    Sample,
    SegmentCount,
    count_segment,
    explain_segment,
    sample_segment,
)


def show_count(screen: Screen, project: Project, name: str) -> None:
    """Show how many members there are."""
    counted = count_segment(project, name)
    screen.document({"segment": name, **_count_to_json(counted)})
    screen.page(Text(count_sentence(counted, project.segment(name).model)))


def show_sample(screen: Screen, project: Project, name: str, records: int) -> None:
    """Show some members."""
    sample = sample_segment(project, name, records)
    screen.document({"segment": name, "sample": _sample_to_json(sample)})
    screen.page(*members_table(sample, screen.width))


def show_sql(screen: Screen, project: Project, name: str, dialect: str | None) -> None:
    """Show the SQL, by default in the dialect of the source."""
    written_in, sql = segment_sql(project, name, dialect)
    screen.document({"segment": name, "dialect": written_in, "sql": sql})
    screen.text(sql)


def show_explanation(screen: Screen, project: Project, name: str) -> None:
    """Show the segment in plain English."""
    told = explain_segment(project, name)
    screen.document({"segment": name, **_explanation_to_json(told)})
    computed = [indented(f"{field}: {phrase}", 2) for field, phrase in told.computed.items()]
    heads = (BLANK, Text("where")) if computed else ()
    screen.page(Text(told.sentence), BLANK, *(Text(line) for line in told.outline), *heads, *computed)


def show_overview(screen: Screen, project: Project, name: str, records: int) -> None:
    """Show the sentence, the count and a few members."""
    told = explain_segment(project, name)
    counted = count_segment(project, name)
    sample = sample_segment(project, name, records)
    screen.document(
        {
            "segment": name,
            **_explanation_to_json(told),
            **_count_to_json(counted),
            "sample": _sample_to_json(sample),
        }
    )
    model = project.segment(name).model
    screen.page(
        heading(name, f"segment of {model}"),
        indented(told.sentence, 2),
        BLANK,
        Text(count_sentence(counted, model), style="bold"),
        BLANK,
        *members_table(sample, screen.width),
    )


def _explanation_to_json(told: Explanation) -> dict[str, object]:
    return {"sentence": told.sentence, "outline": list(told.outline), "computed": dict(told.computed)}


def show_breakdown(screen: Screen, project: Project, name: str, field: str) -> None:
    """Show the members by the values of a field."""
    found = break_down(project, name, field)
    screen.document({"segment": name, "breakdown": _breakdown_to_json(found)})
    screen.page(*breakdown_page(name, found))


def show_overlaps(screen: Screen, project: Project, name: str, others: Sequence[str]) -> None:
    """Show how much the segment and others have in common."""
    found = overlaps(project, name, others)
    screen.document({"segment": name, "overlap": [_overlap_to_json(each) for each in found]})
    screen.page(*overlap_page(name, found))


def show_history(screen: Screen, project: Project, name: str) -> None:
    """Show how large the segment was at each run, and how many entered and left since the one before."""
    reports = [report for row in segment_history(project, name) if (report := kept_report(row))]
    screen.document({"segment": name, "history": [_size_to_json(report) for report in reports]})
    screen.page(*sizes_page(name, reports, zone=zone_of(project)))


def _size_to_json(report: ReportDocument) -> dict[str, object]:
    membership = report.get("membership")
    return {
        "run": report["run"],
        "activation": report["activation"],
        "started_at": report["started_at"],
        "members": report["desired"],
        "model_rows": report["source_rows"],
        "entered": membership["entered"] if membership else None,
        "left": membership["left"] if membership else None,
    }


def _breakdown_to_json(found: Breakdown) -> dict[str, object]:
    others = {"values": found.other_values, "records": found.others} if found.other_values else None
    return {
        "field": found.field.name,
        "members": found.members,
        "groups": [_group_to_json(each, found) for each in found.groups],
        "others": others,
        "no_value": found.without,
    }


def _group_to_json(group: Group, found: Breakdown) -> dict[str, object]:
    value: dict[str, object] = {"value": group.name}
    if group.is_range:
        value = {"range": group.name, "from": group.start, "below": group.end}
    elif found.field.type.kind is Kind.BOOLEAN:
        value = {"value": group.name == "true"}
    return {**value, "records": group.records, "share": round(group.records / found.members, 6)}


def _overlap_to_json(found: Overlap) -> dict[str, object]:
    return {
        "with": found.other,
        "both": found.both,
        "only_here": found.only_here,
        "only_there": found.only_there,
    }


def _count_to_json(counted: SegmentCount) -> dict[str, object]:
    return {"members": counted.members, "model_rows": counted.model_rows}


def _sample_to_json(sample: Sample) -> list[dict[str, object]]:
    return [dict(zip(sample.columns, row, strict=True)) for row in sample.rows]
