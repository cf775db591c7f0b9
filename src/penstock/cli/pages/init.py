"""What `penstock init` wrote, and how to go on."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from penstock.cli.pages.layout import BLANK, Part, hanging, labelled, next_steps

_PURPOSES = {
    "penstock.yaml": "the project: what is read, who is chosen, where they are sent",
    "penstock.schema.json": "lets editors complete and check the YAML",
    ".gitignore": "keeps Penstock's state out of git",
    "customers.csv": "some customers to try it with",
}


def init_page(root: Path, written: Sequence[Path]) -> list[Part]:
    """Tell what was written and the next commands."""
    here = root.resolve() == Path.cwd()
    files = sorted(written, key=lambda path: list(_PURPOSES).index(path.name) if path.name in _PURPOSES else 99)
    rows = [(str(path.relative_to(root)), _PURPOSES.get(path.name, "")) for path in files]
    parts: list[Part] = [
        Text("A project is ready here:" if here else f"A project is ready in {root}:", style="bold"),
        hanging(" ", labelled(rows)),
        BLANK,
    ]
    steps = [
        ("penstock sandbox", "in another terminal: an Iterable to try things with"),
        ("export ITERABLE_API_KEY=try-it-out", "the sandbox takes any key"),
        ("penstock check", "is everything right?"),
        ("penstock run newsletter_to_iterable", "sends the example's readers"),
    ]
    if not here:
        steps.insert(0, (f"cd {shlex.quote(str(root))}", ""))
    return [*parts, next_steps(*steps)]
