"""What `penstock init` wrote, and how to go on."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from rich.padding import Padding
from rich.text import Text

from penstock.cli.pages.layout import BLANK, Part, indented, labelled

_ANY_KEY = "0123456789abcdef0123456789abcdef"
"""The sandbox of Iterable takes any key of this form; that of Zendesk takes any token."""
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
        Padding(labelled(rows), (0, 0, 0, 2), expand=False),
        BLANK,
    ]
    steps = [] if here else [f"cd {shlex.quote(str(root))}"]
    steps += [
        "penstock sandbox --set zendesk.job_seconds=1    # leave it running, go on in another terminal",
        "export ZENDESK_TOKEN=any",
        f"export ITERABLE_API_KEY={_ANY_KEY}",
        "penstock check                                  # is everything right?",
        "penstock run newsletter_to_zendesk              # send the example's readers to Zendesk",
        "penstock run newsletter_to_iterable             # and to Iterable",
    ]
    return [*parts, Text("Next", style="bold"), *(indented(step, 2) for step in steps)]
