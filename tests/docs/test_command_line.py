"""docs/command-line.md names every command, option, exit code, guard and JSON key, and no others."""

import json
import re
from collections.abc import Iterator

import pytest

from penstock.cli.application import command
from penstock.cli.command_line import DEBUG
from penstock.cli.failures import error_to_json
from penstock.errors import ConfigurationError, FiredGuard, GuardStop, PenstockError
from penstock.plan.guards import GUARDS
from tests.docs.blocks import first_column, page, section

TEXT = page("command-line")
COMMANDS = command().commands


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_its_section_with_all_its_options(name: str) -> None:
    told = section(TEXT, f"### penstock {name}")
    for parameter in COMMANDS[name].params:
        words = parameter.opts if parameter.opts[0].startswith("--") else [str(getattr(parameter, "metavar", ""))]
        for word in words:
            assert re.search(rf"`{re.escape(word)}[ `]", told), f"{word} of `penstock {name}` is not documented"


def test_no_command_is_documented_that_is_not_there() -> None:
    assert set(re.findall(r"^### penstock (\S+)$", TEXT, re.MULTILINE)) == set(COMMANDS)


def _error_types(base: type[PenstockError]) -> Iterator[type[PenstockError]]:
    yield base
    for each in base.__subclasses__():
        yield from _error_types(each)


def test_exit_codes() -> None:
    codes = {each.exit_code for each in _error_types(PenstockError)} | {0, 1, 130}
    assert first_column(section(TEXT, "## Exit codes")) == {str(code) for code in codes}


def test_guards() -> None:
    assert first_column(section(TEXT, "## Guards")) == set(GUARDS)


def _keys(value: object, path: str = "") -> set[str]:
    """Dotted keys of a document; the keys of `changes` are the project's own."""
    if isinstance(value, list):
        return set().union(*(_keys(each, f"{path}[]") for each in value))
    if not isinstance(value, dict):
        return set()
    found: set[str] = set()
    for key, inner in value.items():
        name = f"{path}.{key}" if path else key
        found |= {name} | (set() if name == "changes" else _keys(inner, name))
    return found


def _document(made: dict[str, str], block: str) -> dict[str, object]:
    document = json.loads(made[block].partition("--json\n")[2].removesuffix("```\n\n"))
    assert isinstance(document, dict)
    return document


def test_keys_of_a_report(made: dict[str, str]) -> None:
    report = _document(made, "tour lost")
    assert report["reasons"], "the example must have reasons, so that their keys are seen"
    elsewhere = {"withheld[].field", "withheld[].records", "created", "updated", "removed"}
    assert first_column(section(TEXT, "### The report of a run")) == _keys(report) | elsewhere


def test_the_figures_of_the_example_add_up(made: dict[str, str]) -> None:
    report = _document(made, "tour lost")
    planned = report["planned"]
    assert isinstance(planned, dict)
    assert report["desired"] == planned["create"] + planned["update"] + planned["unchanged"] + planned["held"]
    assert "desired = create + update + unchanged + held" in TEXT


def test_keys_of_an_error(made: dict[str, str]) -> None:
    error = _document(made, "tour error")
    assert isinstance(error["error"], dict)
    assert error["error"]["problems"], "the example must have problems"
    stop = GuardStop([FiredGuard(guard="left", message="")], fix="")
    keys = _keys(error) | _keys({"error": error_to_json(stop)})
    assert first_column(section(TEXT, "### Errors")) == keys - {"error"}


def test_variables() -> None:
    told = section(TEXT, "## Environment variables")
    assert f"| `{DEBUG}` |" in told
    assert "| `NO_COLOR` |" in told


def test_an_error_of_configuration_ends_with_the_code_for_it() -> None:
    assert ConfigurationError("", fix="").exit_code == 2
    assert "| `2` | The project" in TEXT
