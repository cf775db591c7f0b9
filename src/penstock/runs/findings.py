"""What became of a plan's records: totals are sums of outcomes, reasons are grouped and say what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from penstock.catalog.declaration import ReasonSpec
from penstock.catalog.problems import listed, nearest
from penstock.plan.outcomes import FIELD_IGNORED, FILLED, IDENTITY_HELD, Outcome
from penstock.plan.plan import Plan, Unsendable
from penstock.plan.reasons import OWN_REASONS, WHEN_TRIED_AGAIN
from penstock.plan.receipts import Receipts
from penstock.runs.report import Reason
from penstock.runs.tally import EXAMPLES, Tally, tally

_GRAVEST_FIRST = (Outcome.REJECTED, Outcome.UNKNOWN, Outcome.SKIPPED)
_OWN_CODES = frozenset(spec.code for spec in OWN_REASONS)
_TOLD_BY_FIELD = frozenset({"unsendable_value", IDENTITY_HELD})
"""Codes of holds that are told field by field instead, for records that are sent as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Outcomes of a plan's records with their reasons."""

    outcomes: Mapping[str, int]
    created: int | None
    removed: int
    withheld: tuple[tuple[str, int], ...]
    reasons: tuple[Reason, ...]
    refused_values: bool
    """Whether a record was sent without one of its values."""

    @property
    def all_delivered(self) -> bool:
        """Whether everything that was due is confirmed."""
        failed = self.outcomes[Outcome.REJECTED] + self.outcomes[Outcome.UNKNOWN]
        return not (failed or self.withheld or self.refused_values)


def find(plan: Plan, path: Path | None, receipts: Receipts, specs: Sequence[ReasonSpec]) -> Findings:
    """Sum up what became of every record of a plan. `specs` are the destination's reasons."""
    sums = tally(plan, path, receipts)
    fixes = {spec.code: spec for spec in (*OWN_REASONS, *specs)}
    return Findings(
        outcomes={
            Outcome.DELIVERED: sums.delivered,
            Outcome.REJECTED: sums.rejected,
            Outcome.SKIPPED: plan.counts.set_back + sums.not_taken,
            Outcome.UNKNOWN: sums.unknown,
        },
        created=sums.created,
        removed=sums.removed,
        withheld=sums.withheld,
        reasons=tuple(_reasons(plan, sums, fixes)),
        refused_values=sums.sent_without_a_value > 0,
    )


def plan_reasons(plan: Plan, specs: Sequence[ReasonSpec]) -> tuple[Reason, ...]:
    """Reasons that are known before anything is sent."""
    return tuple(_planned_reasons(plan, {spec.code: spec for spec in (*OWN_REASONS, *specs)}))


def _reasons(plan: Plan, sums: Tally, fixes: Mapping[str, ReasonSpec]) -> list[Reason]:
    found = _planned_reasons(plan, fixes)
    found += [
        _reason(fixes, s.code, Outcome.SKIPPED, s.records, s.examples) for s in plan.skipped if s.code != FILLED
    ]
    for each in plan.filled:
        said = f"`{each.field}` is only sent to users who have no value for it, and these have one."
        found.append(_reason(fixes, FILLED, Outcome.SKIPPED, each.records, each.examples, said=said))
    found += [
        _reason(fixes, code, outcome, count, examples, said=message)
        for outcome, code, count, message, examples in sums.exceptions
    ]
    found += [_reason(fixes, "answer_lost", Outcome.UNKNOWN, count, (), said=said) for said, count in sums.lost]
    if sums.not_sent:
        found.append(_reason(fixes, "not_sent", Outcome.SKIPPED, sums.not_sent, (), said=sums.not_sent_reason))
    if sums.ignored_only:
        found.append(_reason(fixes, FIELD_IGNORED, Outcome.SKIPPED, sums.ignored_only, sums.ignored_examples))
    return sorted(_merged(found), key=lambda reason: _GRAVEST_FIRST.index(reason.outcome))


def _merged(found: Iterable[Reason]) -> Iterable[Reason]:
    """Tell together what holds for some records since earlier and for others since this run."""
    merged: dict[tuple[str, str, str], Reason] = {}
    for each in found:
        key = (each.code, each.outcome, each.message)
        before = merged.get(key, replace(each, count=0, examples=()))
        examples = (*before.examples, *each.examples)[:EXAMPLES]
        merged[key] = replace(before, count=before.count + each.count, examples=examples)
    return merged.values()


def _planned_reasons(plan: Plan, fixes: Mapping[str, ReasonSpec]) -> list[Reason]:
    found = [_reason(fixes, a.code, Outcome.SKIPPED, a.records, a.examples) for a in plan.set_aside]
    for held in plan.held:
        if held.code not in _TOLD_BY_FIELD:
            said = "" if held.code in _OWN_CODES else _refused_earlier(held.message)
            found.append(_reason(fixes, held.code, Outcome.SKIPPED, held.records, held.examples, said=said))
    for value in plan.unsendable:
        code, said = _unsendable(value)
        found.append(_reason(fixes, code, Outcome.SKIPPED, value.records, value.examples, said=said))
    for each in plan.fixed:
        said = (
            f"`{each.field}` is held for users who already exist: the destination would add a second one instead of"
            " replacing theirs. The records' other attributes are sent."
        )
        found.append(_reason(fixes, IDENTITY_HELD, Outcome.SKIPPED, each.records, each.examples, said=said))
    return found


def _unsendable(value: Unsendable) -> tuple[str, str]:
    if not value.options:
        return (
            "unsendable_value",
            f"`{value.field}` is NaN, infinite or out of range; the records' other fields are sent.",
        )
    said = "; ".join(_nearest(refused, value.options) for refused in value.refused)
    return "not_an_option", f"`{value.field}` takes only its options: {said}. The records' other fields are sent."


def _nearest(refused: str, options: Sequence[str]) -> str:
    near = nearest(refused, options)
    return f"`{refused}` should perhaps be `{near}`" if near else f"`{refused}` is none of {listed(options)}"


def _refused_earlier(words: str) -> str:
    quoted = f" ({words.rstrip('.')})" if words else ""
    return f"Refused earlier{quoted}; {WHEN_TRIED_AGAIN}."


def _reason(
    fixes: Mapping[str, ReasonSpec],
    code: str,
    outcome: Outcome,
    count: int,
    examples: Sequence[str],
    *,
    said: str = "",
) -> Reason:
    spec = fixes.get(code)
    meaning = spec.meaning if spec else "The destination did not accept the record."
    return Reason(
        code=code,
        outcome=outcome.value,
        meaning=meaning,
        message=said or meaning,
        fix=spec.fix if spec else "Read the destination's words, correct the values in the source, then run again.",
        count=count,
        examples=tuple(examples),
    )
