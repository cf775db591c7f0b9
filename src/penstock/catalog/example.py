"""Writes the example project of `penstock init`. Never overwrites a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from penstock.catalog.declaration import DestinationSpec
from penstock.catalog.schema import json_schema
from penstock.errors import ConfigurationError, StorageError

_TEMPLATES: Final = Path(__file__).with_name("example_project")
_SCHEMA: Final = Path("penstock.schema.json")
_CUSTOMERS: Final = Path("data/customers.csv")
_PROJECT: Final = Path("penstock.yaml")
_IGNORE: Final = Path(".gitignore")
_STATE: Final = b".penstock/"
_IGNORED_ALREADY: Final = frozenset({b".penstock", b".penstock/", b"/.penstock", b"/.penstock/"})


def write_example(folder: Path, *, destination_types: Mapping[str, DestinationSpec]) -> tuple[Path, ...]:
    """Write a commented project into the folder and return the files written or added to.

    Files that are there already are left alone, except that `.gitignore` gets a line for Penstock's state.
    ConfigurationError if the folder holds a project.
    """
    for name in (_PROJECT.name, "penstock.yml"):
        if (folder / name).exists():
            raise ConfigurationError(
                f"The folder `{folder}` already holds a project: there is a `{name}` in it.",
                fix="Go on with that one (`penstock check`), or name another folder.",
                code="project_exists",
            )
    if folder.exists() and not folder.is_dir():
        raise ConfigurationError(f"`{folder}` is a file, not a folder.", fix="Name a folder.", code="project_missing")
    schema = json.dumps(json_schema(destination_types), indent=2, ensure_ascii=False) + "\n"
    try:
        (folder / _CUSTOMERS).parent.mkdir(parents=True, exist_ok=True)
        written = [
            _ignore_state(folder),
            _write(folder / _SCHEMA, schema.encode()),
            _write(folder / _CUSTOMERS, (_TEMPLATES / _CUSTOMERS).read_bytes()),
            # Last, so that after a mishap the command can be given again.
            _write(folder / _PROJECT, (_TEMPLATES / _PROJECT).read_bytes()),
        ]
    except OSError as error:
        raise StorageError(
            f"The example cannot be written to `{error.filename or folder}`: {error.strerror}.",
            fix="Check the rights and the space there, or name another folder.",
        ) from error
    return tuple(path for path in written if path is not None)


def _write(path: Path, content: bytes) -> Path | None:
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        return None
    return path


def _ignore_state(folder: Path) -> Path | None:
    path = folder / _IGNORE
    if _write(path, _STATE + b"\n"):
        return path
    content = path.read_bytes()
    if any(line.strip() in _IGNORED_ALREADY for line in content.splitlines()):
        return None
    with path.open("ab") as file:
        file.write((b"" if not content or content.endswith(b"\n") else b"\n") + _STATE + b"\n")
    return path
