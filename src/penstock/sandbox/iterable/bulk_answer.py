"""The answer of the bulk endpoints: counts, and buckets of the identifiers that failed."""

from collections.abc import Sequence

from penstock.sandbox.iterable.identity import Refusal
from penstock.sandbox.iterable.project import Project
from penstock.sandbox.iterable.user_writes import WriteOutcome
from penstock.sandbox.iterable.value_types import Json

BUCKETS = ("invalid", "notFound", "invalidData", "conflict", "forgotten")


def bulk_answer(project: Project, outcome: WriteOutcome) -> dict[str, Json]:
    """Counts and buckets; the two at the top level are deprecated duplicates that are still sent."""
    failed: dict[str, list[str]] = {f"{name}{kind}": [] for name in BUCKETS for kind in ("Emails", "UserIds")}
    for refused in outcome.refusals:
        value = refused.value
        if refused.kind == "Emails" and project.switches["failed_emails"] == "lower":
            value = value.lower()
        failed[f"{_bucket(project, refused)}{refused.kind}"].append(value)
    return {
        "successCount": outcome.applied,
        "failCount": len(outcome.refusals),
        "invalidEmails": failed["invalidEmails"],
        "invalidUserIds": failed["invalidUserIds"],
        "filteredOutFields": outcome.filtered_out_fields,
        "createdFields": outcome.created_fields,
        "noOpEmails": _given([update.email for update in outcome.no_op]),
        "noOpUserIds": _given([update.user_id for update in outcome.no_op if not update.email]),
        "failedUpdates": failed,
    }


def _bucket(project: Project, refused: Refusal) -> str:
    if refused.reason == "unknown":
        return "invalid" if project.switches["unknown_user"] == "invalid" else "notFound"
    if refused.reason == "forgotten":
        return project.switches["forgotten_as"]
    return refused.reason


def _given(identifiers: Sequence[str | None]) -> list[str]:
    return [each for each in identifiers if each]
