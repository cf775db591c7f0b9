"""Judging a mapping before anything is read or sent: against the model's fields and the destination's."""

from __future__ import annotations

from collections.abc import Mapping

from penstock.catalog.entities import Activation, FieldMapping
from penstock.destinations.contract import Inspection, Service
from penstock.errors import ConfigurationError, Problem, Severity
from penstock.fields import Field
from penstock.operations.reading import OpenModel, unknown_field


async def inspect(activation: Activation, opened: OpenModel, service: Service) -> Inspection:
    """Judge the mapping against model and destination. Raises ConfigurationError with every refusal."""
    problems = missing_fields(activation, opened.fields)
    if problems:
        raise ConfigurationError.of(problems)
    inspection = await service.inspect(activation.fields, opened.fields, leave=activation.leave)
    refusals = [problem for problem in inspection.problems if problem.severity is Severity.REFUSAL]
    if refusals:
        raise ConfigurationError.of(refusals)
    return inspection


def missing_fields(activation: Activation, fields: Mapping[str, Field]) -> list[Problem]:
    """Name the mapped fields that the model does not have."""
    wanted = [(f"Activation `{activation.name}`: the match field", activation.match_field, activation.location)]
    wanted += [
        (f"Activation `{activation.name}`: {_purpose(mapping)}", mapping.source, mapping.location)
        for mapping in activation.fields
    ]
    return [
        unknown_field(name, fields, what=what, location=location)
        for what, name, location in wanted
        if name not in fields
    ]


def _purpose(mapping: FieldMapping) -> str:
    return "the custom attribute" if mapping.custom else f"for `{mapping.target}`,"
