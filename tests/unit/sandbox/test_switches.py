import pytest

from penstock.sandbox.errors import SandboxError
from penstock.sandbox.iterable.switch_list import SWITCHES
from penstock.sandbox.switches import Switch, Switchboard


def board() -> Switchboard:
    return Switchboard("iterable", SWITCHES)


@pytest.mark.parametrize("switch", SWITCHES, ids=lambda switch: switch.name)
def test_every_default_is_allowed_and_explained(switch: Switch) -> None:
    assert switch.accepts(switch.default)
    assert switch.help.endswith(".")
    assert switch.allowed


def test_names_may_carry_the_prefix() -> None:
    switches = board()
    switches.change({"iterable.new_fields": "drop", "visibility_seconds": "0.5"})
    assert switches["new_fields"] == "drop"
    assert switches.number("visibility_seconds") == 0.5


def test_an_unknown_setting_is_refused_with_the_nearest_one_and_its_values() -> None:
    with pytest.raises(SandboxError) as caught:
        board().change({"iterable.new_field": "drop"})
    assert "iterable.new_field" in caught.value.message
    assert "Did you mean iterable.new_fields (allow | drop)?" in caught.value.fix


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("new_fields", "maybe"),
        ("visibility_seconds", "-1"),
        ("visibility_seconds", "nan"),
        ("visibility_seconds", "inf"),
        ("visibility_seconds", ""),
        ("max_fields", "1.5"),
        ("max_users", "0"),
    ],
)
def test_a_bad_value_is_refused_and_nothing_changes(name: str, value: str) -> None:
    switches = board()
    before = switches.positions()
    with pytest.raises(SandboxError, match="Allowed: "):
        switches.change({"rate_limits": "off", name: value})
    assert switches.positions() == before
