"""Which attributes have a value in a project, read over HTTP: in the cheapest way, and never by taking nonsense."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from penstock.catalog.entities import FieldMapping, When
from penstock.destinations.contract import MappedField, Service, UserRef
from penstock.destinations.iterable import filled_fields
from penstock.errors import CredentialsError, DestinationError
from penstock.fields import Field, FieldType, Kind
from tests.contract.destinations.test_iterable_look_up import EXPORT, READ, SLOW, crowd, requests
from tests.contract.destinations.test_iterable_users import HERE, using
from tests.emulator import Emulator

SOURCES = {
    "plan": FieldType(kind=Kind.TEXT, sql="VARCHAR"),
    "vip": FieldType(kind=Kind.BOOLEAN, sql="BOOLEAN"),
    "a/b~c d'e": FieldType(kind=Kind.TEXT, sql="VARCHAR"),
    "home": FieldType(
        kind=Kind.STRUCT, sql="STRUCT(city VARCHAR)", members=(("city", FieldType(kind=Kind.TEXT, sql="VARCHAR")),)
    ),
    "tags": FieldType(
        kind=Kind.LIST, sql="VARCHAR[]", members=(("element", FieldType(kind=Kind.TEXT, sql="VARCHAR")),)
    ),
}
EMPTY: tuple[dict[str, Any], ...] = ({}, {"plan": ""}, {"tags": []}, {"home": {}})
GIVEN: tuple[dict[str, Any], ...] = (
    {"plan": "pro"},
    {"plan": " "},
    {"vip": False},
    {"a/b~c d'e": "x"},
    {"home": {"city": "Lyon"}},
    {"tags": ["a"]},
)


@dataclass
class Asked:
    """Users by match value, and what was read of them."""

    names: Sequence[str]
    scratch: Path
    fields: tuple[str, ...] = tuple(SOURCES)
    read: dict[str, set[str]] = field(default_factory=dict)

    def count(self) -> int:
        return len(self._left())

    def users(self) -> Iterator[Sequence[UserRef]]:
        left = [UserRef(match=name, remote_id=None) for name in self._left()]
        yield left[:3]
        yield left[3:]

    def note(self, matches: Sequence[str] | pa.Array, filled: Mapping[str, Sequence[bool] | pa.Array]) -> None:
        columns = {name: pa.array(each).to_pylist() for name, each in filled.items()}
        for i, match in enumerate(pa.array(matches).to_pylist()):
            self.read.setdefault(match, set()).update(name for name, values in columns.items() if values[i])

    def found(self) -> dict[str, set[str]]:
        """Who of those who were asked for has a value, and for which fields."""
        return {name: self.read[name] for name in self.names if self.read.get(name)}

    def _left(self) -> list[str]:
        return [name for name in self.names if self.read.get(name, set()) < set(self.fields)]


def read(
    emulator: Emulator, asked: Asked, *, fields: Sequence[str] = tuple(SOURCES), **how: Any
) -> tuple[dict[str, set[str]], list[str]]:
    """Return what was found, and how."""
    asked.fields = tuple(fields)

    async def use(service: Service) -> list[str]:
        mappings = [FieldMapping(target=name, source=name, location=HERE, when=When.ONLY_IF_EMPTY) for name in fields]
        sources = {name: Field(name=name, type=type_) for name, type_ in SOURCES.items()}
        usable: Sequence[MappedField] = (await service.inspect(mappings, sources)).fields
        assert [each.name for each in usable if each.name in fields] == list(fields)
        await service.read_filled(usable, asked)
        return service.notices

    notices = using(emulator, use, **{"reads_per_second": 5000, **how})
    assert not list(asked.scratch.iterdir())
    return asked.found(), notices


def people(*profiles: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"email": name, "dataFields": data} for name, data in zip(crowd(len(profiles)), profiles, strict=True)]


@pytest.mark.parametrize("speed", [5000, SLOW], ids=["one by one", "in an export"])
def test_what_says_nothing_is_no_value(
    emulator: Emulator, tmp_path: Path, speed: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filled_fields, "ASK_AGAIN", 0)
    emulator.bulk(*people(*GIVEN, *EMPTY))
    names = [*crowd(len(GIVEN) + len(EMPTY)), "nobody@example.com", "000"]
    found, notices = read(emulator, Asked(names, tmp_path), reads_per_second=speed)
    assert found == {name: set(data) for name, data in zip(crowd(len(GIVEN)), GIVEN, strict=True)}
    assert bool(requests(emulator, "data.json")) == (speed == SLOW)
    assert any("one by one" in notice for notice in notices) == (speed != SLOW)


@pytest.mark.parametrize("answer", ["400", "404", "500", "text", "empty"])
def test_whoever_does_not_exist_has_no_value(emulator: Emulator, tmp_path: Path, answer: str) -> None:
    emulator.settings(project_type="hybrid", unknown_user_id_read=answer)
    emulator.bulk({"userId": "Ana", "dataFields": {"plan": "pro"}})
    asked = Asked(["Ana", "ANA", "ben"], tmp_path)
    found, notices = read(emulator, asked, project_type="hybrid", match_key="user_id", fields=["plan"])
    assert found == {"Ana": {"plan"}}
    assert notices == ["3 users were read one by one, with 3 requests, to see who has a value already."]


@pytest.mark.parametrize("fault", ["nonsense", "truncate", "500", "429", "drop-before"])
def test_what_cannot_be_read_is_not_taken_for_empty(emulator: Emulator, tmp_path: Path, fault: str) -> None:
    emulator.bulk(*people({"plan": "pro"}))
    emulator.faults({"on": READ, "nth": 2, "times": 1000, "do": fault})
    with pytest.raises(DestinationError) as raised:
        read(emulator, Asked(crowd(3), tmp_path), fields=["plan"])
    assert raised.value.exit_code == 3
    assert not emulator.lines("requests")[-1]["path"].endswith("bulkUpdate")


def test_a_refused_key_stops_reading(emulator: Emulator, tmp_path: Path) -> None:
    emulator.faults({"on": READ, "do": "401"})
    with pytest.raises(CredentialsError):
        read(emulator, Asked(crowd(3), tmp_path), fields=["plan"])


def test_reads_that_are_lost_or_throttled_are_repeated(emulator: Emulator, tmp_path: Path) -> None:
    emulator.bulk(*people(*({"plan": "pro"} for _ in range(4))))
    emulator.faults(
        {"on": READ, "nth": 1, "do": "drop-before"},
        {"on": READ, "nth": 3, "do": "429"},
        {"on": READ, "nth": 5, "do": "503"},
    )
    assert set(read(emulator, Asked(crowd(4), tmp_path), fields=["plan"])[0]) == set(crowd(4))


def test_whom_an_export_shows_without_a_value_is_read_again_where_these_are_few(
    emulator: Emulator, tmp_path: Path
) -> None:
    emulator.bulk(*people(*({"plan": "pro"} for _ in range(18)), {}))
    emulator.settings(export_lag_seconds=600)
    emulator.bulk({"email": "u19@example.com", "dataFields": {"plan": "just now"}})
    found, notices = read(emulator, Asked(crowd(20), tmp_path), fields=["plan"], reads_per_second=SLOW)
    assert set(found) == {*crowd(18), "u19@example.com"}
    assert "a listing of all 19 users" in notices[0]
    assert notices[1].startswith("2 users were read one by one, with 2 requests")


@pytest.mark.parametrize("trouble", ["500", "broken"])
def test_an_export_that_may_leave_out_a_value_is_not_used(
    emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    monkeypatch.setattr(filled_fields, "SHARE", 0.01)  # reading counts as slow, so that a listing is tried first
    emulator.settings(export_rows="broken" if trouble == "broken" else "sound")
    emulator.bulk(*people(*({"plan": "pro"} for _ in range(20))))
    if trouble != "broken":
        emulator.faults({"on": EXPORT, "nth": 1, "times": 100, "do": trouble})
    found, notices = read(emulator, Asked(crowd(20), tmp_path), fields=["plan"], reads_per_second=100)
    assert set(found) == set(crowd(20))
    assert notices[0].startswith("A listing of all users could not be had: ")
    assert notices[1].startswith("20 users were read one by one, with 20 requests")
