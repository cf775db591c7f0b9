"""What every source says of a model that it cannot read."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from penstock.catalog.entities import Model, Source
from penstock.errors import ConfigurationError, Problem, SourceError


def unknown_table(source: Source, model: Model, names: Sequence[str]) -> ConfigurationError:
    """Make an error of a model whose table is none of those that there are."""
    near = get_close_matches(model.table or "", names, n=1)
    hint = f" Did you mean `{near[0]}`?" if near else ""
    listed = ", ".join(f"`{name}`" for name in names[:10]) + (" …" if len(names) > 10 else "")
    problem = Problem(
        code="unknown_table",
        message=f"Model `{model.name}`: source `{source.name}` has no table `{model.table}`.{hint}",
        fix=f"Use one of: {listed}." if names else "The source has no tables yet; load some first.",
        location=model.location,
    )
    return ConfigurationError.of([problem])


def not_a_select(model: Model) -> ConfigurationError:
    """Make an error of a model's SQL that is anything but one SELECT."""
    problem = Problem(
        code="model_sql_not_select",
        message=f"Model `{model.name}`: its SQL must be one SELECT.",
        fix="Keep a single SELECT statement; a model only reads.",
        location=model.location,
    )
    return ConfigurationError.of([problem])


def sql_not_accepted(model: Model, reason: str) -> ConfigurationError:
    """Make an error of a model's SQL that the source does not accept, in its words."""
    problem = Problem(
        code="model_sql",
        message=f"Model `{model.name}`: the source does not accept its SQL: {reason}",
        fix="Correct the model's `sql`, or look at the names of tables and columns in the source.",
        location=model.location,
    )
    return ConfigurationError.of([problem])


def unreadable(what: str) -> SourceError:
    """Make an error of data that cannot be read; `what` is a sentence."""
    fix = "Repair the data or the model's SQL, then run again; nothing was sent."
    return SourceError(what, fix=fix, code="source_unreadable")
