"""The plan that follows from what was compared: its counts, and what is told of it."""

from __future__ import annotations

from dataclasses import replace

import duckdb

from penstock.ledger import summary
from penstock.ledger.census import Census
from penstock.ledger.comparison import Comparison, Shape
from penstock.ledger.exceptions import refusals
from penstock.ledger.request import PlanRequest
from penstock.plan.plan import Plan, PlanCounts, SetAside


def conclude(
    connection: duckdb.DuckDBPyConnection,
    request: PlanRequest,
    comparison: Comparison,
    census: Census,
    set_aside: tuple[SetAside, ...],
    *,
    nothing: bool,
) -> Plan:
    """Read the plan's file and return the plan; `nothing` if no file was written, for nothing is due."""
    facts = summary.nothing_planned() if nothing else summary.read_plan(connection, request.path, request.slots)
    aside = sum(reason.records for reason in set_aside)
    words_of = refusals(connection) if comparison.has_holds else {}
    return Plan(
        run=request.run,
        activation=request.activation,
        kind=request.kind,
        made_at=request.made_at,
        ledger_id=request.state.ledger_id if request.state else "",
        ledger_fold=request.state.fold if request.state else 0,
        key_type=request.key_type,
        compared=comparison.shape is not Shape.FIRST,
        mapping=request.mapping,
        slots=request.slots,
        withheld=summary.withheld_records(connection, request.slots, request.withheld),
        accepted=request.accepted,
        reshapes=request.reshapes,
        counts=PlanCounts(
            desired=census.members,
            create=facts.create,
            update=facts.update,
            held=facts.held + aside,
            left=facts.left,
            returned=facts.returned,
            clear=facts.clear,
            remove=facts.remove,
            staying=facts.staying,
            source_rows=request.source_rows,
        ),
        changes=facts.changes,
        set_aside=set_aside,
        held=tuple(replace(held, message=words_of.get(held.code, "")) for held in facts.holds),
        unsendable=summary.unsendable(connection, request.slots) if census.unsendable else (),
        fixed=() if nothing else summary.fixed(connection, request.path, request.slots),
        addresses_known=request.addresses_known,
        keeps_case=request.records.match_key.keep_case,
        leave=request.leave,
    )
