"""Plans as documents: JSON beside the plan's records, and both in one file that can be handed on."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from penstock.engine import state_errors
from penstock.errors import ConfigurationError
from penstock.plan.plan import Plan

_PLAN = TypeAdapter(Plan)
DOCUMENT, BASIS, RECORDS = "plan.json", "basis.json", "plan.parquet"


def plan_to_json(plan: Plan) -> bytes:
    """Write a plan as JSON."""
    return _PLAN.dump_json(plan)


def plan_from_json(text: bytes) -> Plan:
    """Read what `plan_to_json` wrote. Raises ValueError."""
    return _PLAN.validate_json(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFile:
    """What a plan's file holds; `basis` is what the plan rests on, compared before it is executed."""

    plan: Plan
    basis: Mapping[str, object]
    records: Path | None
    beside: tuple[Path, ...] = ()
    """Smaller files that belong to the records."""


def write_plan_file(path: Path, content: PlanFile) -> None:
    """Put a plan and its records into one file; a link is followed. Raises StorageError."""
    path = path.resolve()
    partial = path.with_name(path.name + ".partial")
    with state_errors(f"write {path.name}"):
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(DOCUMENT, plan_to_json(content.plan))
            archive.writestr(BASIS, json.dumps(content.basis))
            if content.records is not None:
                archive.write(content.records, RECORDS)
            for file in content.beside:
                archive.write(file, file.name)
        partial.replace(path)


def read_plan_file(path: Path, folder: Path, beside: Sequence[str] = ()) -> PlanFile:
    """Take a plan out of its file, with its records and what is called so `beside` them put into `folder`.

    Raises ConfigurationError, StorageError.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            plan, basis = plan_from_json(archive.read(DOCUMENT)), json.loads(archive.read(BASIS))
            names = set(archive.namelist())
            with state_errors("unpack the plan"):
                records = Path(archive.extract(RECORDS, folder)) if RECORDS in names else None
                files = [Path(archive.extract(name, folder)) for name in beside if name in names]
            return PlanFile(plan=plan, basis=basis, records=records, beside=tuple(files))
    except FileNotFoundError as error:
        raise _unusable(path, "there is no such file") from error
    except PermissionError as error:
        raise _unusable(path, "there is no right to read it") from error
    except (zipfile.BadZipFile, KeyError, ValidationError, ValueError, RuntimeError, EOFError, OSError) as error:
        raise _unusable(path, "it is not a plan, or not one of this version") from error


def _unusable(path: Path, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"The plan {path} cannot be used: {why}.",
        fix="Make one with `penstock plan ACTIVATION --out FILE`.",
        code="plan_file",
    )
