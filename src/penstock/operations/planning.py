"""What a run would do, attribute by attribute. Sends nothing and keeps nothing but the plan that is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from penstock import clock
from penstock.errors import GuardStop
from penstock.operations.comparing import Compared, Observer, Request, compare
from penstock.operations.opening import open_activation_service, open_store
from penstock.operations.project import Project, reason_specs
from penstock.operations.recovery import Recovery
from penstock.operations.remembering import assert_remembered
from penstock.operations.running import RunOptions, new_run_id
from penstock.operations.turn_taking import own_lock
from penstock.plan.documents import PlanFile, write_plan_file
from penstock.plan.guards import stopped_by
from penstock.runs.changes import RecordChange, sample_changes
from penstock.runs.findings import plan_reasons
from penstock.runs.home import moves_beside, open_home, set_aside_beside
from penstock.runs.report import Reason, planned_to_json

SAMPLE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReport:
    """A plan as it is shown: figures, changes for each field, some records, and which guard would stop it."""

    activation: str
    kind: str
    desired: int
    planned: Mapping[str, int]
    changes: Mapping[str, int]
    withheld: tuple[tuple[str, int], ...]
    reasons: tuple[Reason, ...]
    sample: tuple[RecordChange, ...]
    guard: GuardStop | None
    warnings: tuple[str, ...]
    notices: tuple[str, ...]
    """What the run would change at the destination beside its records."""
    out: Path | None

    def to_json(self) -> dict[str, object]:
        """Write it as the JSON values that `penstock plan --json` prints."""
        return {
            "activation": self.activation,
            "kind": self.kind,
            "desired": self.desired,
            "planned": dict(self.planned),
            "changes": dict(self.changes),
            "withheld": [{"field": name, "records": records} for name, records in self.withheld],
            "reasons": [reason.to_json() for reason in self.reasons],
            "sample": [change.to_json() for change in self.sample],
            "guard": None
            if self.guard is None
            else {
                "guard": self.guard.fired[0].guard,
                "message": self.guard.message,
                "fix": self.guard.fix,
                "guards": [each.to_json() for each in self.guard.fired],
            },
            "warnings": list(self.warnings),
            "notices": list(self.notices),
            "out": str(self.out) if self.out else None,
        }


def plan_activation(
    project: Project, name: str, observer: Observer, *, out: Path | None = None, full: bool = False
) -> PlanReport:
    """Make a plan, write it to `out` if given, and describe it.

    Raises what `run_activation` raises before it sends, but no GuardStop: the plan says which guard would stop it.
    """
    activation = project.activation(name)
    home = open_home(project.catalog.root)
    run = f"plan-{new_run_id(clock.now())}"
    with (
        own_lock(home, name, observer),
        open_store(project, activation) as store,
        home.scratch(run) as scratch,
    ):
        if not full:
            assert_remembered(project, activation, store)
        records = scratch / "plan.parquet"
        request = Request(run=run, full=full, now=clock.now(), path=records, scratch=scratch)

        async def compared() -> Compared:
            observer.stage("Checking the destination")
            async with open_activation_service(project, activation) as service:
                await Recovery(project, activation, store, service, observer).run()
                return await compare(project, activation, request, store=store, service=service, observer=observer)

        found = asyncio.run(compared())
        kept = records if records.exists() else None
        if out is not None:
            beside = tuple(each for each in (moves_beside(records), set_aside_beside(records)) if each.exists())
            write_plan_file(out, PlanFile(plan=found.plan, basis=found.basis, records=kept, beside=beside))
        return _describe(project, found, kept, out, RunOptions(full=full and out is None, plan_file=out))


def _describe(
    project: Project, compared: Compared, records: Path | None, out: Path | None, options: RunOptions
) -> PlanReport:
    plan = compared.plan
    limit = project.catalog.settings.max_first_run
    return PlanReport(
        activation=plan.activation,
        kind=plan.kind.value,
        desired=plan.counts.desired,
        planned=planned_to_json(plan),
        changes=dict(plan.changes),
        withheld=tuple((plan.name_of(slot), count) for slot, count in plan.withheld.items()),
        reasons=plan_reasons(plan, reason_specs(project, plan.activation)),
        sample=sample_changes(plan, records, SAMPLE) if records is not None else (),
        guard=stopped_by(
            plan, compared.before, max_first_run=limit, allowed=(), command=options.command(plan.activation)
        ),
        warnings=(*compared.warnings, *plan.warnings),
        notices=compared.notices,
        out=out,
    )
