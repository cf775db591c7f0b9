"""The JSON documents of runs as the CLI prints and reads them back. Their keys are a contract with scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict, cast

if TYPE_CHECKING:
    from penstock.runs.journal import RunRow
    from penstock.runs.report import Report


class WithheldDocument(TypedDict):
    """A field that the destination ignores."""

    field: str
    records: int


class ReasonDocument(TypedDict):
    """Why some records were not delivered."""

    code: str
    outcome: str
    message: str
    fix: str
    count: int
    examples: list[str]


class FiredDocument(TypedDict):
    """A guard that stops a run."""

    guard: str
    message: str


class FailureDocument(TypedDict):
    """What ended a run early; `guards` where they did."""

    code: str
    message: str
    fix: str
    guards: NotRequired[list[FiredDocument]]


class MembershipDocument(TypedDict):
    """Whose members were sent, and how many entered and left since the run before; null where nobody knows."""

    model: str
    segment: str | None
    entered: int | None
    left: int | None


class ReportDocument(TypedDict):
    """The report of a run that came to sending."""

    run: str
    activation: str
    kind: str
    status: str
    desired: int
    planned: dict[str, int]
    changes: dict[str, int]
    outcomes: dict[str, int]
    created: NotRequired[int]
    updated: NotRequired[int]
    removed: NotRequired[int]
    withheld: list[WithheldDocument]
    reasons: list[ReasonDocument]
    requests: dict[str, int]
    warnings: list[str]
    notices: NotRequired[list[str]]
    seconds: float
    started_at: str
    source_rows: int
    membership: NotRequired[MembershipDocument | None]
    recovered: list[str]
    error: FailureDocument | None


def report_document(report: Report) -> ReportDocument:
    """Return a report's document."""
    return cast("ReportDocument", report.to_json())


def kept_report(row: RunRow) -> ReportDocument | None:
    """Return the report that was kept of a run; None when the run never came to sending."""
    return cast("ReportDocument", row.report) if row.report and "planned" in row.report else None


def kept_failure(row: RunRow) -> FailureDocument | None:
    """Return why a run ended early."""
    return cast("FailureDocument | None", (row.report or {}).get("error"))


def run_document(row: RunRow) -> dict[str, object]:
    """Return all that is kept of a run."""
    return {
        "run": row.run,
        "activation": row.activation,
        "kind": row.kind,
        "status": row.status,
        "started_at": row.started_at,
        "ended_at": row.ended_at,
        "error": None,
        **(row.report or {}),
    }
