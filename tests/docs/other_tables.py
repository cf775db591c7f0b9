"""Reasons, guards, switches and options, made from where the code declares them."""

from collections.abc import Iterable

from penstock.catalog.declaration import ReasonSpec
from penstock.cli.application import command
from penstock.destinations.registry import DESTINATION_TYPES
from penstock.plan import guards
from penstock.plan.reasons import OWN_REASONS
from penstock.sandbox.iterable.routes import ROUTES
from penstock.sandbox.iterable.switch_list import SWITCHES
from penstock.sandbox.switches import Switch
from penstock.sandbox.zendesk.router import BASE
from penstock.sandbox.zendesk.routes import ROUTES as ZENDESK_ROUTES
from penstock.sandbox.zendesk.switch_list import SWITCHES as ZENDESK_SWITCHES
from tests.docs.blocks import code, table


def other_blocks() -> dict[str, str]:
    """Every such table."""
    return {
        "own reasons": _reasons(OWN_REASONS),
        **{f"{name} reasons": _reasons(spec.service("users").reasons) for name, spec in DESTINATION_TYPES.items()},
        "guards": _guards(),
        "switches": _switches("iterable", SWITCHES),
        "zendesk switches": _switches("zendesk", ZENDESK_SWITCHES),
        "zendesk endpoints": table(
            ("Endpoint", "For"),
            [
                (
                    code(f"{route.method} {BASE}{route.path}"),
                    "anybody" if "nobody" in route.roles else "agents" if route.roles else "administrators",
                )
                for route in ZENDESK_ROUTES
            ],
        ),
        "endpoints": table(
            ("Endpoint", "Requests"),
            [
                (code(f"{route.method} {route.path.replace(':path', '')}"), f"{route.requests:g} a {route.period}")
                for route in ROUTES
            ],
        ),
        **{f"options {name}": _options(name) for name in command().commands},
    }


def _switches(emulator: str, switches: Iterable[Switch]) -> str:
    return table(
        ("Switch", "Values", "Default", "Meaning"),
        [
            (code(f"{emulator}.{switch.name}"), switch.allowed.replace(" | ", ", "), switch.default, switch.help)
            for switch in switches
        ],
    )


def _reasons(specs: Iterable[ReasonSpec]) -> str:
    return table(("Code", "Meaning", "Fix"), [(code(spec.code), spec.meaning, spec.fix) for spec in specs])


def _guards() -> str:
    stops = {
        "empty": "nobody is to be sent although records were delivered before",
        "removed": f"more than {guards.REMOVED_SHARE:.0%} of the records and more than {guards.REMOVED_FEW}, or more"
        f" than {guards.REMOVED_MOST}, left and their users would be suspended or deleted",
        "shrunk": f"the model has lost more than {guards.SHRUNK_SHARE:.0%} of the rows that it had at the last run",
        "left": f"more than {guards.LEFT_SHARE:.0%} of the records and more than {guards.LEFT_RECORDS:,} would leave",
        "changed": f"more than {guards.CHANGED_SHARE:.0%} of the records and more than {guards.CHANGED_RECORDS:,}"
        " would change",
        "maximum": "a first run would send more records than `settings: max_first_run:`",
    }
    assert set(stops) == set(guards.GUARDS)
    return table(("Guard", "Stops a run when"), [(code(name), stops[name]) for name in stops])


def _options(name: str) -> str:
    rows = []
    for parameter in command().commands[name].params:
        is_option = bool(parameter.opts) and parameter.opts[0].startswith("--")
        metavar = getattr(parameter, "metavar", None) or ""
        said = f"{parameter.opts[0]} {metavar}".strip() if is_option else metavar
        rows.append((code(said), str(getattr(parameter, "help", ""))))
    return table(("Argument or option", "Meaning"), rows)
