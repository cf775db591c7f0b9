"""Finds and reads the YAML files of a project."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from penstock.catalog.composing import compose
from penstock.catalog.nodes import Node, Pairs, Scalar, kind_of
from penstock.catalog.problems import Problems
from penstock.errors import ConfigurationError, Location

MOST_BYTES: Final = 5 * 1024 * 1024
_ENDINGS: Final = (".yaml", ".yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFiles:
    """What the files say; `complete` is false when one of them could not be read."""

    documents: tuple[Pairs, ...]
    complete: bool


def read_files(root: Path, problems: Problems) -> ProjectFiles:
    """Read every YAML file of the folder; ConfigurationError if there is none."""
    if not root.is_dir():
        raise ConfigurationError(
            f"There is no folder `{root}`.",
            fix="Check the path, or make a project there with `penstock init`.",
            code="project_missing",
        )
    try:
        paths = sorted(_yaml_files(root)) if _is_project(root) else []
    except OSError as error:
        raise ConfigurationError(
            f"The folder `{error.filename or root}` cannot be read: {error.strerror}.",
            fix="Give yourself the right to read it.",
            code="file_unreadable",
        ) from error
    if not paths:
        near = [f"`{folder.name}`" for folder in _folders(root) if _is_project(folder)][:5]
        there = f" There are YAML files in {', '.join(near)}." if near else ""
        raise ConfigurationError(
            f"The folder `{root}` holds no project: there is no YAML file in it.{there}",
            fix="Make one with `penstock init`, or name the project's folder with `--project`.",
            code="project_empty",
        )
    documents: list[Pairs] = []
    complete = True
    for path in paths:
        file = path.relative_to(root)
        refused_before = len(problems.refusals())
        text = _text(path, file, problems)
        node = None if text is None else compose(text, file, problems)
        if isinstance(node, Pairs):
            documents.append(node)
        elif node is not None:
            _check_empty(node, problems)
        complete = complete and (isinstance(node, Pairs) or len(problems.refusals()) == refused_before)
    return ProjectFiles(documents=tuple(documents), complete=complete)


def _is_project(folder: Path) -> bool:
    """Whether a YAML file lies in the folder itself; what lies below belongs to it only then."""
    return any(path.suffix.lower() in _ENDINGS and not path.name.startswith(".") for path in folder.iterdir())


def _folders(root: Path) -> Iterator[Path]:
    for path in sorted(root.iterdir()):
        if not path.name.startswith(".") and path.is_dir() and os.access(path, os.R_OK | os.X_OK):
            yield path


def _yaml_files(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        if path.is_dir():
            # A link to a folder could lead round in a circle.
            if not path.is_symlink():
                yield from _yaml_files(path)
        elif path.suffix.lower() in _ENDINGS:
            yield path


def _text(path: Path, file: Path, problems: Problems) -> str | None:
    top = Location(file=file, line=1)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            problems.refuse(top, "file_unreadable", "This is not a regular file.", "Move it elsewhere.")
            return None
        if status.st_size > MOST_BYTES:
            problems.refuse(
                top,
                "file_too_large",
                f"The file has {status.st_size / 1024 / 1024:.1f} MB; project files have at most 5 MB.",
                "Split it, or move it out of the project's folder if it does not belong to it.",
            )
            return None
        content = path.read_bytes()
    except OSError as error:
        problems.refuse(
            top,
            "file_unreadable",
            f"The file cannot be read: {error.strerror}.",
            "Give yourself the right to read it, or remove it.",
        )
        return None
    return _decoded(content, file, problems)


def _decoded(content: bytes, file: Path, problems: Problems) -> str | None:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.refuse(
            Location(file=file, line=content.count(b"\n", 0, error.start) + 1),
            "file_not_utf8",
            "A character here is not encoded in UTF-8.",
            "Save the file as UTF-8.",
        )
        return None


def _check_empty(node: Node, problems: Problems) -> None:
    if isinstance(node, Scalar) and node.value is None:
        return
    problems.refuse(
        node.location,
        "wrong_type",
        f"A project file must be a mapping, but here it is {kind_of(node)}.",
        "Start with one of the keys `sources`, `models`, `segments`, `destinations`, `activations`, `settings`.",
    )
