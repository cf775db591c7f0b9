"""The report of a run for people."""

from __future__ import annotations

import shlex
from datetime import tzinfo

from rich.text import Text

from penstock.cli.documents import ReportDocument
from penstock.cli.pages.layout import BLANK, Part, Row, hanging, heading, labelled, next_steps
from penstock.cli.pages.planned import (
    notice_parts,
    planned_rows,
    reason_parts,
    sent_records,
    warning_parts,
    withheld_parts,
)
from penstock.cli.wording import duration, joined, moment, printable
from penstock.counting import counted

_OUTCOMES = ("delivered", "rejected", "skipped", "unknown")
_STYLES = {"succeeded": "green", "incomplete": "yellow", "failed": "red", "interrupted": "yellow"}


def report_page(
    report: ReportDocument,
    *,
    destination: str,
    zone: tzinfo,
    since: str | None = None,
    again: bool = False,
) -> list[Part]:
    """Tell a run, or tell one `again`. `since` is when the activation ran before: no change then takes one line."""
    quiet = not _sent(report) and report["error"] is None and report["status"] != "interrupted"
    problems = [*withheld_parts(report["withheld"]), *reason_parts(report["reasons"])]
    warnings = warning_parts(report["warnings"], [(each["field"], each["records"]) for each in report["withheld"]])
    notes = notice_parts(report.get("notices", ()))
    if quiet and since is not None:
        return [_unchanged(report, moment(since, zone)), *problems, *warnings, *notes]
    parts: list[Part] = [
        heading(f"{report['activation']} → {destination}", f"{report['kind']} run"),
        _verdict(report),
        BLANK,
        labelled(_rows(report, zone)),
        *_failure(report),
        *problems,
        *warnings,
        *notes,
    ]
    steps = _next(report, again)
    return [*parts, BLANK, next_steps(*steps)] if steps else parts


def _sent(report: ReportDocument) -> int:
    return sent_records(report["planned"])


def _unchanged(report: ReportDocument, since: str) -> Text:
    left = report["planned"]["left"]
    style = _STYLES.get(report["status"], "")
    if left:
        what = f"{counted(left, 'record')} left and {'is' if left == 1 else 'are'} kept at the destination"
        return Text(f"Nothing to send: {what}; {_writes(report)}.", style=style)
    if report["planned"]["held"] or report["withheld"]:
        return Text(f"Nothing to send: {_kept_back(report)}; {_writes(report)}.", style=style)
    return Text(f"Nothing has changed since {since}: {_writes(report)}.", style=style)


def _kept_back(report: ReportDocument) -> str:
    held, withheld = report["planned"]["held"], len(report["withheld"])
    parts = [f"{counted(held, 'record')} on hold or set aside"] if held else []
    if withheld:
        parts.append(f"{counted(withheld, 'field')} withheld")
    return " and ".join(parts)


def _writes(report: ReportDocument) -> str:
    return counted(report["requests"]["write"], "write request")


def _verdict(report: ReportDocument) -> Text:
    sent, outcomes = _sent(report), report["outcomes"]
    if not sent:
        text = "Nothing to send: no record is in the segment." if not report["desired"] else "Nothing to send."
    else:
        delivered = outcomes["delivered"]
        noun, done = _done(report, sent)
        text = f"{delivered:,} of {counted(sent, noun)} {done}"
        if delivered == sent:
            text = f"All {counted(sent, noun)} {done}" if sent > 1 else f"1 {noun} {done}"
        text += "".join(f", {outcomes[word]:,} {word}" for word in ("rejected", "unknown") if outcomes[word])
        ignored = report["withheld"]
        text += f", {counted(len(ignored), 'field')} withheld." if ignored else "."
    begin = {"failed": "Failed: ", "interrupted": "Interrupted: "}.get(report["status"], "")
    return Text(f"{begin}{text}", style=_STYLES.get(report["status"], ""))


def _done(report: ReportDocument, sent: int) -> tuple[str, str]:
    """Name what was done to what: a run of leavers alone delivers nothing."""
    planned = report["planned"]
    if planned["remove"] == sent:
        return "user", "removed"
    return "record", "cleared" if planned["clear"] == sent else "delivered"


def _rows(report: ReportDocument, zone: tzinfo) -> list[Row]:
    outcomes, requests = report["outcomes"], report["requests"]
    figures = [f"{word} {outcomes[word]:,}" for word in _OUTCOMES if outcomes.get(word) or word == "delivered"]
    figures[0] += _made_of(report)
    calls = [counted(requests["write"], "write"), counted(requests["read"], "read")]
    calls += [f"{requests[word]:,} {word}" for word in ("throttled", "retried") if requests[word]]
    rows = [*_members(report), *planned_rows(report["planned"], report["changes"])]
    rows.append(("Outcome", joined(figures)))
    rows.append(("Requests", joined(calls)))
    rows.append(("Started", joined([moment(report["started_at"], zone), f"took {duration(report['seconds'])}"])))
    if report["recovered"]:
        rows.append(
            (
                "Taken up",
                f"from interrupted {'run' if len(report['recovered']) == 1 else 'runs'} "
                + ", ".join(report["recovered"]),
            )
        )
    return rows


def _members(report: ReportDocument) -> list[Row]:
    """How large the segment is, and how many entered and left; an earlier version did not write it down."""
    found = report.get("membership")
    if found is None:
        return []
    of = f"{report['desired']:,} of {counted(report['source_rows'], 'record')} of {found['model']}"
    if found["entered"] is None or found["left"] is None:
        return [("Members", joined([of, "not known who entered and who left"]))]
    return [("Members", joined([of, f"{found['entered']:,} entered", f"{found['left']:,} left"]))]


def _made_of(report: ReportDocument) -> str:
    """How many of those delivered are new at the destination, where it tells, and how many were removed."""
    counts = {word: report.get(word, 0) for word in ("created", "updated", "removed")}
    told = ", ".join(f"{number:,} {word}" for word, number in counts.items() if number)
    return f" ({told})" if told else ""


def _failure(report: ReportDocument) -> list[Part]:
    error = report["error"]
    if error is None:
        return []
    return [BLANK, Text(printable(error["message"]), style="red"), hanging("→", printable(error["fix"]))]


def _next(report: ReportDocument, again: bool) -> list[tuple[str, str]]:
    steps = []
    if report["status"] == "interrupted":
        steps.append((f"penstock run {report['activation']}", "goes on where this run was stopped"))
    key = next((key for reason in report["reasons"] for key in reason["examples"]), None)
    if key is not None:
        steps.append((f"penstock history {report['activation']} {_word(key)}", "what came back"))
    if not again:
        steps.append((f"penstock report {report['run']}", "this report again"))
    return steps


def _word(key: str) -> str:
    return shlex.quote(printable(key))
