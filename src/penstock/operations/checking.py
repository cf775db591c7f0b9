"""Checking a project: sources, fields, segments, credentials and mappings; every problem, not only the first."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from penstock.catalog.entities import Activation, Leave, Model, Segment
from penstock.counting import counted
from penstock.destinations.contract import Service
from penstock.errors import ConfigurationError, DestinationError, PenstockError, Problem, Severity
from penstock.fields import Field
from penstock.operations.inspecting import missing_fields
from penstock.operations.opening import open_activation_service
from penstock.operations.project import Project
from penstock.operations.reaching import relation_problems
from penstock.operations.reading import open_model
from penstock.segments.query import segment_problems


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """What was looked at and what was found; `exit_code` is that of the gravest problem."""

    looked_at: tuple[str, ...]
    problems: tuple[Problem, ...]
    notices: tuple[str, ...]
    """What runs would change at destinations beside their records."""
    exit_code: int


def check_project(project: Project) -> CheckReport:
    """Look at everything a project names. Reads only; raises nothing but what a broken installation raises."""
    return asyncio.run(_Check(project).run())


class _Check:
    def __init__(self, project: Project) -> None:
        self._project = project
        self._problems: list[Problem] = list(project.warnings)
        self._looked_at: list[str] = []
        self._notices: list[str] = []
        self._exit_code = 0
        self._unreachable: set[str] = set()

    async def run(self) -> CheckReport:
        models = {model.name: self._fields(model) for model in self._project.catalog.models.values()}
        for model in self._project.catalog.models.values():
            # A model that cannot be read is told already, and what it is related to as well.
            if model.relations and None not in (models[name] for name in _involved(model)):
                self._relations(model)
        for segment in self._project.catalog.segments.values():
            if models[segment.model] is not None:
                self._segment(segment)
        for activation in self._project.catalog.activations.values():
            fields = models[self._project.model_of(activation).name]
            if fields is not None:
                await self._activation(activation, fields)
        return CheckReport(
            looked_at=tuple(self._looked_at),
            problems=tuple(self._problems),
            notices=tuple(dict.fromkeys(self._notices)),
            exit_code=self._exit_code,
        )

    def _fields(self, model: Model) -> Mapping[str, Field] | None:
        try:
            with open_model(self._project, model, refuse=False) as opened:
                self._note(opened.problems)
                self._looked_at.append(f"model {model.name}: {counted(len(opened.fields), 'field')}")
                return dict(opened.fields)
        except PenstockError as error:
            self._fail(error)
            return None

    def _relations(self, model: Model) -> None:
        try:
            with open_model(self._project, model, refuse=False) as opened:
                self._note(relation_problems(model, opened.schema))
        except PenstockError as error:
            self._fail(error)

    def _segment(self, segment: Segment) -> None:
        """Check what a segment asks, unless a model that it reads cannot be read, which was said."""
        model = self._project.catalog.models[segment.model]
        try:
            with open_model(self._project, model, refuse=False) as opened:
                self._note(segment_problems(segment, schema=opened.schema, dialect=opened.warehouse.dialect))
        except PenstockError as error:
            self._fail(error)
        else:
            self._looked_at.append(f"segment {segment.name}")

    async def _activation(self, activation: Activation, fields: Mapping[str, Field]) -> None:
        problems = missing_fields(activation, fields)
        self._note(problems)
        if problems or activation.destination in self._unreachable:
            return
        try:
            async with open_activation_service(self._project, activation) as service:
                await self._against(service, activation, fields)
        except DestinationError as error:
            self._unreachable.add(activation.destination)
            self._fail(error)
        except PenstockError as error:
            self._fail(error)

    async def _against(self, service: Service, activation: Activation, fields: Mapping[str, Field]) -> None:
        account = await service.account()
        inspection = await service.inspect(activation.fields, fields, leave=activation.leave)
        self._note(inspection.problems)
        self._note(_about_leaving(activation))
        self._notices += inspection.notices
        self._looked_at.append(
            f"activation {activation.name}: {counted(len(activation.fields), 'field')} to {account.label}"
        )

    def _note(self, problems: tuple[Problem, ...] | list[Problem]) -> None:
        self._problems += problems
        if any(problem.severity is Severity.REFUSAL for problem in problems):
            self._exit_code = max(self._exit_code, ConfigurationError.exit_code)

    def _fail(self, error: PenstockError) -> None:
        found = error.problems if isinstance(error, ConfigurationError) and error.problems else ()
        self._problems += found or (Problem(code=error.code, message=error.message, fix=error.fix),)
        self._exit_code = max(self._exit_code, error.exit_code)


def _involved(model: Model) -> tuple[str, ...]:
    return (model.name, *(relation.model for relation in model.relations))


def _about_leaving(activation: Activation) -> list[Problem]:
    """Warn where a row that is missing from a table is enough to lose a user."""
    if activation.model is None or not activation.leave.removes:
        return []
    done = "deletes" if activation.leave is Leave.DELETE else "suspends"
    return [
        Problem(
            code="leaves_with_the_row",
            message=f"Activation `{activation.name}` sends all of model `{activation.model}` and {done} who leaves:"
            " a row that is missing from the model is enough.",
            fix="Send a segment instead, or be sure that the model's rows never go missing by accident; the guard"
            " `removed` stops runs that would remove more than a few.",
            location=activation.location,
            severity=Severity.WARNING,
        )
    ]
