"""A project whose activations send computed fields, on each kind of source."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.cli.project import Project
from tests.acceptance.computed.shops import CUSTOM, SHOP, YAML, Shop, in_duckdb, in_postgres
from tests.emulator import Emulator, Zendesk, running_both


@pytest.fixture(scope="module")
def services() -> Iterator[tuple[Zendesk, Emulator]]:
    with running_both("--speed", "20", "--set", "iterable.visibility_seconds=0") as both:
        yield both


@pytest.fixture(params=["duckdb", "postgres"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Shop:
    """The shop, filled."""
    made = in_duckdb(tmp_path) if request.param == "duckdb" else in_postgres(request.getfixturevalue("database"))
    made.run(*SHOP)
    return made


@pytest.fixture
def project(services: tuple[Zendesk, Emulator], shop: Shop, tmp_path: Path) -> Project:
    zendesk, iterable = services
    zendesk.reset()
    iterable.reset()
    made = Project(folder=tmp_path, url=iterable.url, env={**shop.env, "ZENDESK_TOKEN": "token"})
    custom = f"[{', '.join(CUSTOM)}]"
    made.yaml(YAML.format(source=shop.source, iterable=iterable.url, zendesk=zendesk.url, custom=custom))
    return made
