"""The example project of `penstock init` loads, fits its schema, and overwrites nothing."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from penstock.catalog.example import write_example
from penstock.catalog.loading import load_catalog
from penstock.catalog.schema import json_schema
from penstock.destinations.iterable.declaration import ITERABLE
from penstock.destinations.zendesk.declaration import ZENDESK
from penstock.errors import ConfigurationError, StorageError

if TYPE_CHECKING:
    from penstock.catalog.declaration import DestinationSpec

TYPES: dict[str, DestinationSpec] = {"iterable": ITERABLE, "zendesk": ZENDESK}
SECRETS = {"ITERABLE_API_KEY": "try-it-out", "ZENDESK_TOKEN": "any"}


def test_it_loads_without_a_word(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "project"
    written = write_example(folder, destination_types=TYPES)
    assert sorted(path.relative_to(folder).as_posix() for path in written) == [
        ".gitignore",
        "data/customers.csv",
        "penstock.schema.json",
        "penstock.yaml",
    ]
    catalog, warnings = load_catalog(folder, destination_types=TYPES, environment=SECRETS)
    assert warnings == ()
    assert catalog.sources["shop"].path == folder / "data"
    assert list(catalog.activations) == ["newsletter_to_zendesk", "newsletter_to_iterable"]
    assert catalog.destinations["support"].settings["base_url"] == "http://127.0.0.1:8091"
    assert catalog.destinations["marketing"].settings["base_url"] == "http://127.0.0.1:8092"
    first = (folder / "penstock.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=penstock.schema.json"
    schema = json.loads((folder / "penstock.schema.json").read_text(encoding="utf-8"))
    assert schema == json_schema(TYPES)


def test_it_demands_only_the_token_and_the_key(tmp_path: Path) -> None:
    write_example(tmp_path, destination_types=TYPES)
    with pytest.raises(ConfigurationError) as caught:
        load_catalog(tmp_path, destination_types=TYPES, environment={})
    assert [name for problem in caught.value.problems for name in SECRETS if name in problem.fix] == [
        "ZENDESK_TOKEN",
        "ITERABLE_API_KEY",
    ]


def test_its_people_have_the_fields_it_names(tmp_path: Path) -> None:
    write_example(tmp_path, destination_types=TYPES)
    with (tmp_path / "data/customers.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 12
    assert len({row["customer_id"] for row in rows}) == 12
    domains = {row["email"].partition("@")[2] for row in rows if row["email"]}
    assert domains == {"example.com", "example.org"}
    catalog, _ = load_catalog(tmp_path, destination_types=TYPES, environment=SECRETS)
    for activation in catalog.activations.values():
        assert {mapping.source for mapping in activation.fields} <= rows[0].keys()


def test_its_destination_becomes_the_account_itself_as_the_comment_says(tmp_path: Path) -> None:
    write_example(tmp_path, destination_types=TYPES)
    lines = (tmp_path / "penstock.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line.replace("# subdomain:", "subdomain:") for line in lines if "base_url:" not in line]
    (tmp_path / "penstock.yaml").write_text("".join(kept), encoding="utf-8")
    catalog, warnings = load_catalog(tmp_path, destination_types=TYPES, environment=SECRETS)
    assert warnings == ()
    assert catalog.destinations["support"].settings["subdomain"] == "acme"


@pytest.mark.parametrize("name", ["penstock.yaml", "penstock.yml"])
def test_a_project_is_not_overwritten(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("# mine\n")
    with pytest.raises(ConfigurationError) as caught:
        write_example(tmp_path, destination_types=TYPES)
    assert caught.value.code == "project_exists"
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_no_file_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/customers.csv").write_text("mine")
    (tmp_path / "penstock.schema.json").write_text("mine")
    written = write_example(tmp_path, destination_types=TYPES)
    assert {path.name for path in written} == {".gitignore", "penstock.yaml"}
    assert (tmp_path / "data/customers.csv").read_text() == "mine"
    assert (tmp_path / "penstock.schema.json").read_text() == "mine"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b".penstock/\n"),
        (b"*.pyc", b"*.pyc\n.penstock/\n"),
        (b"*.pyc\n", b"*.pyc\n.penstock/\n"),
        (b"/.penstock\n*.pyc", b"/.penstock\n*.pyc"),
        (b"# \xff\r\n.penstock/\r\n", b"# \xff\r\n.penstock/\r\n"),
    ],
)
def test_the_state_is_ignored_by_git(tmp_path: Path, before: bytes, after: bytes) -> None:
    (tmp_path / ".gitignore").write_bytes(before)
    written = write_example(tmp_path, destination_types=TYPES)
    assert (tmp_path / ".gitignore").read_bytes() == after
    assert (tmp_path / ".gitignore" in written) is (before != after)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError):
        write_example(tmp_path / "file", destination_types=TYPES)


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(StorageError) as caught:
        write_example(tmp_path, destination_types=TYPES)
    assert "data" in caught.value.message
