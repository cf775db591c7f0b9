"""A plan that was made earlier and is now to be executed, as it is or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from penstock.catalog.entities import Activation
from penstock.destinations.contract import Service
from penstock.errors import ConfigurationError
from penstock.operations.basis import changed_basis
from penstock.operations.comparing import Compared, Observer, Request, compare
from penstock.operations.project import Project
from penstock.plan.documents import read_plan_file
from penstock.runs.home import moves_beside, set_aside_beside
from penstock.runs.journal import RunStore


async def plan_made_earlier(
    project: Project,
    activation: Activation,
    path: Path,
    request: Request,
    *,
    store: RunStore,
    service: Service,
    observer: Observer,
) -> Compared:
    """Take a plan made earlier, if nothing has happened since to what it was compared with.

    Raises ConfigurationError otherwise, and what `compare` raises.
    """
    beside = (moves_beside(request.path).name, set_aside_beside(request.path).name)
    content = read_plan_file(path, request.path.parent, beside)
    plan = content.plan
    if plan.activation != activation.name:
        raise ConfigurationError(
            f"The plan {path} is one of activation `{plan.activation}`.",
            fix=f"Run it with `penstock run {plan.activation} --plan {path}`.",
            code="plan_of_another",
        )
    fresh = await compare(
        project,
        activation,
        replace(request, path=request.scratch / "check.parquet", full=plan.kind == "full"),
        store=store,
        service=service,
        observer=observer,
    )
    if (fresh.plan.ledger_id, fresh.plan.ledger_fold) != (plan.ledger_id, plan.ledger_fold):
        raise _outdated(path, "the activation has been run since it was made")
    if fresh.plan.mapping != plan.mapping:
        raise _outdated(path, "the mapping has been changed since it was made")
    try:
        changed = changed_basis(content.basis, fresh.basis)
    except (KeyError, ValueError, TypeError):
        changed = "it does not say what it was made for"
    if changed is not None:
        raise _outdated(path, changed)
    return replace(fresh, plan=replace(plan, run=request.run))


def _outdated(path: Path, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"The plan {path} is out of date: {why}. Nothing was sent.",
        fix="Make a new one with `penstock plan … --out`, look at it, and run that.",
        code="plan_outdated",
    )
