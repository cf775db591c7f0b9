"""A plan survives being written down."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from penstock.errors import ConfigurationError, StorageError
from penstock.fields import FieldType, Kind
from penstock.mapping.slots import assign
from penstock.plan.documents import PlanFile, plan_from_json, plan_to_json, read_plan_file, write_plan_file
from penstock.plan.plan import Plan
from tests.unit.ledger.bench import START, Attribute, Bench, answered, mapped_field


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    opened = Bench(tmp_path, [Attribute("plan", "text", clear=True), Attribute("Plan", "other")])
    yield opened
    opened.close()


@pytest.fixture
def plan(bench: Bench) -> Plan:
    """A plan of the second run, with a withheld field and a record set aside."""
    bench.rows = [{"id": n, "email": f"u{n}@x.fr", "text": "x", "other": "y"} for n in range(30)]
    first, _ = bench.plan()
    bench.fold(first, answered(first, ignored=["Plan"]))
    bench.rows = [{**row, "text": "new"} for row in bench.rows[1:]] + [{"id": None, "email": "z@x.fr"}]
    made, _ = bench.plan()
    assert made.withheld
    assert made.set_aside
    return made


def test_as_json(plan: Plan) -> None:
    assert plan_from_json(plan_to_json(plan)) == plan


def test_what_the_destination_allows_of_its_fields(bench: Bench) -> None:
    bench.attributes = (
        Attribute("mail", "text", create_only=True),
        Attribute("name", "other", required=True, options=("it's", "y")),
    )
    bench.addresses_known = True
    bench.rows = [{"id": n, "email": f"u{n}@x.fr", "text": "x", "other": "y"} for n in range(3)]
    bench.run()
    bench.rows = [{**bench.rows[0], "text": "new"}, {**bench.rows[1], "other": "z"}, bench.rows[2]]
    made, _ = bench.plan()
    assert made.fixed
    assert made.unsendable
    assert plan_from_json(plan_to_json(made)) == made


def test_types_within_types(plan: Plan) -> None:
    text = FieldType(kind=Kind.TEXT, sql="VARCHAR")
    struct = FieldType(kind=Kind.STRUCT, sql='STRUCT("a" VARCHAR)', members=(("a", text),))
    listed = FieldType(kind=Kind.LIST, sql=struct.sql + "[]", members=(("element", struct),))
    nested = replace(plan, slots=assign([mapped_field('na"me 👋', "x", listed)], (), 7))
    assert plan_from_json(plan_to_json(nested)) == nested


def test_in_one_file_with_its_records(plan: Plan, bench: Bench, tmp_path: Path) -> None:
    records = bench.file(plan)
    assert records is not None
    content = PlanFile(plan=plan, basis={"project": "shop"}, records=records)
    write_plan_file(tmp_path / "my plan", content)
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    read = read_plan_file(tmp_path / "my plan", folder)
    assert read == replace(content, records=folder / "plan.parquet")
    assert (folder / "plan.parquet").read_bytes() == records.read_bytes()
    assert not list(tmp_path.glob("*.partial"))


def test_in_one_file_without_records(plan: Plan, tmp_path: Path) -> None:
    content = PlanFile(plan=plan, basis={}, records=None)
    (tmp_path / "link").symlink_to(tmp_path / "p")
    write_plan_file(tmp_path / "link", content)
    assert (tmp_path / "link").is_symlink()
    assert read_plan_file(tmp_path / "p", tmp_path) == content


@pytest.mark.parametrize("content", [b"", b"nonsense", None])
def test_what_is_no_plan_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "p"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError) as caught:
        read_plan_file(path, tmp_path)
    assert caught.value.code == "plan_file"


def test_a_damaged_plan_is_refused_wherever_it_is_damaged(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "p"
    write_plan_file(path, PlanFile(plan=plan, basis={}, records=None))
    whole, refused = path.read_bytes(), 0
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xA5]) + whole[place + 1 :])
        try:
            read_plan_file(path, tmp_path)
        except ConfigurationError as error:
            refused += error.code == "plan_file"
    assert refused > len(whole) / 2  # times and the like within the archive mean nothing


@pytest.mark.parametrize("document", ["{}", "[]", "not json"])
def test_a_plan_of_another_version_is_refused(tmp_path: Path, document: str) -> None:
    with zipfile.ZipFile(tmp_path / "p", "w") as archive:
        archive.writestr("plan.json", document)
    with pytest.raises(ConfigurationError):
        read_plan_file(tmp_path / "p", tmp_path)


def test_a_place_that_cannot_be_written_is_a_storage_error(plan: Plan, tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        write_plan_file(tmp_path / "no such folder" / "p", PlanFile(plan=plan, basis={}, records=None))


def test_the_time_keeps_its_zone(plan: Plan) -> None:
    assert plan_from_json(plan_to_json(plan)).made_at == START
