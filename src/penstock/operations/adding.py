"""Adding suggested relations to the project's files, each of which is written in one piece or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from penstock.catalog.adding import NotAddableError, with_relation
from penstock.catalog.relation_suggestions import Suggestion
from penstock.catalog.relation_writing import relation_yaml
from penstock.engine import state_errors
from penstock.errors import ConfigurationError, Problem
from penstock.operations.project import Project

_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""May begin a file in UTF-8."""


def read_model_files(project: Project) -> Mapping[Path, bytes]:
    """Return the files in which models stand, as they are now. Raises StorageError."""
    files = {project.catalog.root / model.location.file for model in project.catalog.models.values()}
    with state_errors("read the project's files"):
        return {file: file.read_bytes() for file in sorted(files)}


def add_relations(project: Project, files: Mapping[Path, bytes], suggestions: Sequence[Suggestion]) -> None:
    """Write relations into the files of their models, which must be as they were read.

    Raises ConfigurationError before anything is written, StorageError.
    """
    texts: dict[Path, str] = {}
    for each in suggestions:
        file = project.catalog.root / each.model.location.file
        text = texts.get(file, files[file].decode("utf-8"))
        mark = _MARK if text.startswith(_MARK) else ""
        try:
            added = with_relation(text.removeprefix(mark), each.model.name, relation_yaml(each.relation))
        except NotAddableError as error:
            raise _not_addable(each) from error
        texts[file] = mark + added
    for file, text in texts.items():
        with state_errors(f"write {file.name}"):
            _replace(file.resolve(), files[file], text.encode("utf-8"))


def _replace(file: Path, before: bytes, after: bytes) -> None:
    partial = file.with_name(f".{file.name}.partial")
    try:
        with partial.open("wb") as written:
            written.write(after)
            written.flush()
            os.fsync(written.fileno())
        partial.chmod(file.stat().st_mode & 0o7777)
        if file.read_bytes() != before:
            raise ConfigurationError(
                f"{file.name} was changed by somebody else meanwhile; nothing was written into it.",
                fix="Give the command again.",
                code="file_changed",
            )
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)


def _not_addable(suggestion: Suggestion) -> ConfigurationError:
    problem = Problem(
        code="relation_not_addable",
        message=f"Model `{suggestion.model.name}` is written so that adding a relation would change more than that.",
        fix=f"Add it by hand: `{relation_yaml(suggestion.relation)}`. Nothing was written.",
        location=suggestion.model.location,
    )
    return ConfigurationError.of([problem])
