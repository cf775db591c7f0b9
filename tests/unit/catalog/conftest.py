"""A project folder to write files into, and a destination type with a setting of every kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

import pytest

from penstock.catalog.declaration import (
    DestinationSpec,
    MatchKeySpec,
    ServiceSpec,
    SettingKind,
    SettingSpec,
)
from penstock.catalog.entities import Catalog, Leave, Mode
from penstock.catalog.loading import load_catalog
from penstock.errors import ConfigurationError, Problem

POST = DestinationSpec(
    type="post",
    label="Post office",
    settings=(
        SettingSpec(
            name="token",
            kind=SettingKind.TEXT,
            label="Token",
            help="The token.",
            required=True,
            secret=True,
        ),
        SettingSpec(
            name="region",
            kind=SettingKind.CHOICE,
            label="Region",
            help="Where.",
            default="us",
            choices=("us", "eu"),
        ),
        SettingSpec(name="base_url", kind=SettingKind.URL, label="Base URL", help="The address."),
        SettingSpec(name="rate", kind=SettingKind.NUMBER, label="Rate", help="Requests a second.", default=5.0),
        SettingSpec(name="office", kind=SettingKind.TEXT, label="Office", help="The office's name."),
    ),
    services=(
        ServiceSpec(
            name="users",
            label="Users",
            match_keys=(
                MatchKeySpec(name="email", label="E-mail", fold_case=True),
                MatchKeySpec(name="user_id", label="User ID", fold_case=False),
            ),
            modes=(Mode.UPSERT, Mode.UPDATE),
            leaves=(Leave.KEEP, Leave.CLEAR),
        ),
    ),
)

BASE = """\
sources:
  - {name: shop, type: files, path: data/}
models:
  - {name: customers, source: shop, table: customers, primary_key: id}
segments:
  - {name: french, model: customers, where: {field: country, is: France}}
destinations:
  - {name: letters, type: post, token: "${POST_TOKEN}"}
"""

ACTIVATION = """\
activations:
  - name: send
    segment: french
    destination: letters
    service: users
    match: {email: email}
"""


@dataclass(slots=True)
class Project:
    """A folder of project files; `environment` is what they may name."""

    root: Path
    environment: dict[str, str] = field(default_factory=lambda: {"POST_TOKEN": "sesame-4711"})
    types: Mapping[str, DestinationSpec] = field(default_factory=lambda: {"post": POST})

    def write(self, text: str | bytes, file: str = "penstock.yaml") -> Project:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
        return self

    def load(self) -> tuple[Catalog, tuple[Problem, ...]]:
        return load_catalog(self.root, destination_types=self.types, environment=self.environment)

    def catalog(self) -> Catalog:
        return self.load()[0]

    def refusals(self) -> tuple[Problem, ...]:
        with pytest.raises(ConfigurationError) as caught:
            self.load()
        return caught.value.problems

    def refusal(self) -> Problem:
        problems = self.refusals()
        assert len(problems) == 1, "\n".join(f"{p.location} {p.code} {p.message}" for p in problems)
        return problems[0]

    def where(self, conditions: str) -> Project:
        """Write a project with one segment of these conditions, which start on line 8."""
        text = BASE.split("segments:")[0] + "segments:\n  - name: chosen\n    model: customers\n    where:\n"
        indented = "".join(f"      {line}\n" for line in dedent(conditions).strip().splitlines())
        return self.write((text + indented).encode())

    def activation(self, rest: str) -> Project:
        """Write a project with one activation that has these keys as well; they start on line 15."""
        indented = "".join(f"    {line}\n" for line in dedent(rest).strip().splitlines())
        return self.write((BASE + ACTIVATION + indented).encode())

    def destination(self, entry: str) -> Project:
        """Write a project with one destination, `entry` on line 2."""
        return self.write(f"destinations:\n  - {entry}\n")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(root=tmp_path)


@pytest.fixture
def base() -> str:
    return BASE
