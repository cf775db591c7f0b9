"""docs/reasons.md names every code that the program can give, and none that it cannot."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import penstock
from penstock.catalog.declaration import ReasonSpec
from penstock.catalog.sections import Section
from penstock.destinations.registry import DESTINATION_TYPES
from penstock.plan.guards import GUARDS
from penstock.plan.reasons import OWN_REASONS
from tests.docs.blocks import first_column, page, section

TEXT = page("reasons")
SOURCE = Path(penstock.__file__).parent
_CODE = re.compile(r"[a-z]+(_[a-z0-9]+)+")
_GIVING = {"refuse", "warn", "_stop", "_refused", "_refusal", "_problem", "_unreachable", "_lost", "_warning"}
"""Functions that take a code among their positional arguments."""


def _trees() -> Iterator[ast.Module]:
    for path in SOURCE.rglob("*.py"):
        if "sandbox" not in path.relative_to(SOURCE).parts:
            yield ast.parse(path.read_text(encoding="utf-8"))


def _text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _options(node: ast.expr) -> tuple[ast.expr, ...]:
    """Both sides of `a if … else b`, or the expression itself."""
    return (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node,)


def _given_by(call: ast.Call) -> Iterator[str]:
    for keyword in call.keywords:
        if keyword.arg == "code":
            yield from filter(None, map(_text, _options(keyword.value)))
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in _GIVING:
        for argument in call.args:
            yield from (text for text in map(_text, _options(argument)) if text and _CODE.fullmatch(text))


def _default_codes(function: ast.FunctionDef) -> Iterator[str]:
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    pairs = [
        *zip(positional[len(positional) - len(arguments.defaults) :], arguments.defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    yield from (text for argument, value in pairs if argument.arg == "code" and (text := _text(value)))


def codes_in_the_source() -> set[str]:
    """Every code of an error or a problem, found where it is given."""
    found = {f"guard_{name}" for name in GUARDS} | {f"unknown_{each.noun}" for each in Section}
    for tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                found.update(_given_by(node))
            elif isinstance(node, ast.FunctionDef):
                found.update(_default_codes(node))
    return found


def test_every_reason_is_told_with_its_fix() -> None:
    headings: dict[str, tuple[ReasonSpec, ...]] = {"## Reasons of Penstock itself": OWN_REASONS}
    headings |= {f"## Reasons of {spec.label}": spec.service("users").reasons for spec in DESTINATION_TYPES.values()}
    for heading, specs in headings.items():
        told = section(TEXT, heading)
        assert first_column(told) == {spec.code for spec in specs}
        assert all(f"| {spec.fix} |" in told for spec in specs)


def test_every_problem_is_told() -> None:
    reasons = {spec.code for spec in OWN_REASONS}
    reasons |= {each.code for spec in DESTINATION_TYPES.values() for each in spec.service("users").reasons}
    found = codes_in_the_source()
    told = first_column(section(TEXT, "## Problems"))
    assert found - told - reasons == set(), "these codes are not documented"
    assert told - found == set(), "these codes are documented and nothing gives them"


def test_the_search_for_codes_finds_them() -> None:
    """A search that found nothing would prove nothing."""
    some = {"credentials_refused", "yaml_syntax", "secret_in_clear", "ledger_missing", "tls_failed", "source_locked"}
    assert some <= codes_in_the_source()
