"""The report of a run: all that is said of it when it is over, and the JSON that scripts read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from penstock.destinations.contract import Traffic
from penstock.plan.outcomes import Outcome
from penstock.plan.plan import Membership, Plan

SUCCEEDED, INCOMPLETE, FAILED, STOPPED, INTERRUPTED = "succeeded", "incomplete", "failed", "stopped", "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why some records or values were not delivered; `examples` are keys."""

    code: str
    outcome: str
    meaning: str
    message: str
    """The destination's own words, or the meaning where it said nothing."""
    fix: str
    count: int
    examples: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Write it as JSON values."""
        return {
            "code": self.code,
            "outcome": self.outcome,
            "meaning": self.meaning,
            "message": self.message,
            "fix": self.fix,
            "count": self.count,
            "examples": list(self.examples),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What ended a run early."""

    code: str
    message: str
    fix: str
    exit_code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that a run says when it is over."""

    run: str
    activation: str
    kind: str
    status: str
    desired: int
    planned: Mapping[str, int]
    changes: Mapping[str, int]
    outcomes: Mapping[str, int]
    withheld: tuple[tuple[str, int], ...]
    reasons: tuple[Reason, ...]
    requests: Mapping[str, int]
    warnings: tuple[str, ...]
    """What is to be minded about the project or its data."""
    notices: tuple[str, ...]
    """What the destination's service says of the way that it took; nothing is wrong with it."""
    seconds: float
    started_at: str
    source_rows: int
    membership: Membership | None = None
    created: int | None = None
    """Delivered records that are new at the destination; None if it does not tell."""
    removed: int = 0
    """Delivered records whose user was removed, because they left."""
    failure: Failure | None = None
    recovered: tuple[str, ...] = field(default=())
    """Interrupted runs whose receipts were taken up first."""

    @property
    def exit_code(self) -> int:
        """What the command that ran it ends with: 0, 1, that of the failure, or 130."""
        if self.status == INTERRUPTED:
            return 130
        if self.failure is not None:
            return self.failure.exit_code
        return 0 if self.status == SUCCEEDED else 1

    def to_json(self) -> dict[str, object]:
        """Write the report as the JSON values that `penstock run --json` prints."""
        return {
            "run": self.run,
            "activation": self.activation,
            "kind": self.kind,
            "status": self.status,
            "desired": self.desired,
            "planned": dict(self.planned),
            "changes": dict(self.changes),
            "outcomes": dict(self.outcomes),
            **self._told(),
            "withheld": [{"field": name, "records": records} for name, records in self.withheld],
            "reasons": [reason.to_json() for reason in self.reasons],
            "requests": dict(self.requests),
            "warnings": list(self.warnings),
            "notices": list(self.notices),
            "seconds": round(self.seconds, 3),
            "started_at": self.started_at,
            "source_rows": self.source_rows,
            "membership": None if self.membership is None else asdict(self.membership),
            "recovered": list(self.recovered),
            "error": None
            if self.failure is None
            else {"code": self.failure.code, "message": self.failure.message, "fix": self.failure.fix},
        }

    def _told(self) -> dict[str, int]:
        told = {"removed": self.removed} if self.planned.get("remove") else {}
        if self.created is None:
            return told
        updated = self.outcomes[Outcome.DELIVERED] - self.created - self.removed
        return {"created": self.created, "updated": updated, **told}


def planned_to_json(plan: Plan) -> dict[str, int]:
    """Figures of a plan; `desired = create + update + unchanged + held`."""
    counts = plan.counts
    return {
        "create": counts.create,
        "update": counts.update,
        "remove": counts.remove,
        "unchanged": counts.unchanged,
        "held": counts.held,
        "left": counts.left,
        "returned": counts.returned,
        "clear": counts.clear,
    }


def requests_to_json(traffic: Traffic) -> dict[str, int]:
    """Requests made, by kind."""
    return {
        "total": traffic.total,
        "write": traffic.write,
        "read": traffic.read,
        "throttled": traffic.throttled,
        "retried": traffic.retried,
    }
