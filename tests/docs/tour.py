"""The examples of output in the documentation: a tour of the command line through the project of `penstock init`."""

import itertools
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from unittest import mock

from tests.docs.consoles import Printed, QuickConsole
from tests.emulator import Emulator, running_both

KEY = "0123456789abcdef0123456789abcdef"
ZENDESK, ITERABLE = "http://127.0.0.1:8091", "http://127.0.0.1:8092"
_STEPS: tuple[tuple[str, str], ...] = (
    ("init", "penstock init newsletter"),
    ("check", "penstock check"),
    ("segment", "penstock segment newsletter_readers"),
    ("sql", "penstock segment newsletter_readers --sql"),
    ("breakdown", "penstock segment newsletter_readers --breakdown plan"),
    ("plan", "penstock plan newsletter_to_iterable"),
    ("run", "penstock run newsletter_to_iterable"),
    ("unchanged", "penstock run newsletter_to_iterable"),
    ("changed", "sed -i 's/pro/team/' data/customers.csv"),
    ("changed", "penstock run newsletter_to_iterable"),
    ("rejected", "penstock run newsletter_to_iterable"),
    ("retried", "penstock retry newsletter_to_iterable --reason invalid_data"),
    ("lost", "penstock run newsletter_to_iterable --json"),
    ("runs", "penstock runs --limit 4"),
    ("history", "penstock history newsletter_to_iterable C-001"),
    ("stopped", "penstock run newsletter_to_iterable"),
    ("misspelt", "penstock check"),
    ("error", "penstock run newsletter_to_iterable --json"),
)
_RUN = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6,}")
_BULK = "POST /api/users/bulkUpdate"


def tour_blocks() -> dict[str, str]:
    """Every step as a console block; times, run names and the port are those of one imagined morning."""
    said: dict[str, str] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        running_both("--speed", "20") as (zendesk, emulator),
        # Runs that begin in the same second are listed by this part of their names.
        mock.patch("secrets.token_hex", side_effect=(f"{number:06x}" for number in itertools.count())),
    ):
        console = QuickConsole(Path(folder), {ZENDESK: zendesk.url, ITERABLE: emulator.url})
        for step, command in _STEPS:
            _stage(step, console, emulator)
            printed = console.type(command)
            if step == "init":
                console.type("cd newsletter")
                console.type("export ZENDESK_TOKEN=any")
                console.type(f"export ITERABLE_API_KEY={KEY}")
            told = printed.output + (_errors(printed) if printed.exit_code else "")
            told = _steadied(told, console.urls)
            if step != "changed" or command.startswith("penstock"):
                said[step] = said.get(step, "") + f"$ {command}\n{told}"
            else:
                said[step] = f"$ {command}\n"
    names = sorted({found[0] for text in said.values() for found in _RUN.finditer(text)})
    return {f"tour {step}": f"\n```console\n{_named(text, names)}```\n\n" for step, text in said.items()}


def _named(text: str, names: list[str]) -> str:
    """The runs under names that are the same at every trial."""
    return _RUN.sub(lambda found: "20260105-0600{0:02d}-5e7a{0:03d}".format(names.index(found[0])), text)


def _stage(step: str, console: QuickConsole, emulator: Emulator) -> None:
    """Set the scene for a step."""
    customers = console.folder / "data" / "customers.csv"
    project = console.folder / "penstock.yaml"
    if step == "rejected":
        _edit(customers, "Tomasz", "Tomek")
        emulator.faults({"on": _BULK, "do": "reject-record", "record": "tomasz.wilk@example.org"})
    elif step == "retried":
        emulator.faults()
    elif step == "lost":
        emulator.faults({"on": _BULK, "do": "drop-after"})
        _edit(customers, "Kwame", "Kwaku")
    elif step == "stopped":
        emulator.faults()
        _edit(project, "newsletter, is: true", "newsletter, is: false")
        _edit(project, "at_least: 100", "at_least: 100000")
        _edit(project, "[pro, team]", "[gold]")
    elif step == "misspelt":
        _edit(project, "newsletter, is: false", "newsleter, is: true")
        _edit(project, "first_name", "forename")


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def _errors(printed: Printed) -> str:
    """What went to standard error, without the progress."""
    return "".join(line for line in printed.errors.splitlines(keepends=True) if not line.rstrip().endswith(" …"))


def _steadied(text: str, urls: Mapping[str, str]) -> str:
    for usual, url in urls.items():
        text = text.replace(url.removeprefix("http://"), usual.removeprefix("http://"))
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "2026-01-05 06:00 UTC", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", "2026-01-05T06:00:00.000000+00:00", text)
    text = re.sub(r"took [\d.]+ s", "took 0.2 s", text)
    text = re.sub(r"(?<=UTC  )[\d.]+ s", "0.2 s", text)
    return re.sub(r'"seconds": [\d.]+', '"seconds": 0.2', text)
