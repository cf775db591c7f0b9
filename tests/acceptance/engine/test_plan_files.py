"""A plan made earlier is executed as that very object, and only while what it rests on is as it was."""

from collections.abc import Callable

import pytest

from tests.acceptance.engine.shop import Shop
from tests.emulator import Emulator, running


def made(shop: Shop) -> str:
    path = str(shop.folder / "plan.penstock")
    ended = shop.penstock("plan", "everybody", "--out", path)
    assert ended.exit_code == 0, ended.errors
    return path


def test_the_plan_is_executed_as_it_is(shop: Shop, emulator: Emulator) -> None:
    plan = made(shop)
    assert emulator.writes() == []
    shop.sql("UPDATE customers SET plan = 'pro'")
    assert shop.run("--plan", plan)["outcomes"]["delivered"] == 2500
    assert {fields["plan"] for fields in emulator.users().values()} == {"free"}
    again = shop.penstock("run", "everybody", "--json", "--plan", plan)
    assert (again.exit_code, again.json["error"]["code"]) == (2, "plan_outdated")
    assert shop.run("--allow", "changed")["changes"] == {"plan": 2500}


def key_type(shop: Shop) -> None:
    shop.sql("ALTER TABLE customers ALTER id TYPE VARCHAR")


def time_zone(shop: Shop) -> None:
    path = shop.folder / "penstock.yaml"
    path.write_text(path.read_text().replace("Europe/Paris", "Asia/Tokyo"))


def mapping(shop: Shop) -> None:
    shop.map(name="name", city="plan", plan="city")


@pytest.mark.parametrize("change", [key_type, time_zone, mapping])
def test_a_plan_is_outdated_when_its_basis_changes(
    shop: Shop, emulator: Emulator, change: Callable[[Shop], None]
) -> None:
    plan = made(shop)
    change(shop)
    refused = shop.penstock("run", "everybody", "--json", "--plan", plan)
    assert (refused.exit_code, refused.json["error"]["code"]) == (2, "plan_outdated")
    assert emulator.writes() == []
    assert shop.run()["outcomes"]["delivered"] == 2500


def test_a_plan_for_another_account_is_refused(shop: Shop, emulator: Emulator) -> None:
    plan = made(shop)
    with running("--set", "iterable.rate_limits=off") as other:
        moved = Shop(folder=shop.folder, url=other.url)
        moved.map(name="name", city="city", plan="plan")
        refused = moved.penstock("run", "everybody", "--json", "--plan", plan)
        assert (refused.exit_code, refused.json["error"]["code"]) == (2, "plan_outdated")
        assert "another account" in refused.json["error"]["message"]
        assert other.writes() == []
