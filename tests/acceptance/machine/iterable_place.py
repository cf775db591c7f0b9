"""Iterable for the machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import quote, unquote

from tests.acceptance.machine.mapping import Target
from tests.acceptance.machine.people import Person, Value
from tests.acceptance.machine.place import Fault, Place, User, as_json, by_name
from tests.emulator import Emulator

_WRITE = "POST /api/users/bulkUpdate"
_READ = "GET /api/*"
_DELETE = "DELETE /api/users/*"
_BY_HAND = "by.hand@example.org"
_BUCKETS = ("invalidData", "conflict", "forgotten", "invalid", "notFound")
_NOBODY = ("invalid", "notFound")
"""In an e-mail-based project they say that nobody has a user id."""


class IterablePlace(Place):
    """A project of any of the three types."""

    emulator: Emulator
    kind = "iterable"
    secret = "ITERABLE_API_KEY"
    targets: ClassVar[Mapping[str, Target]] = by_name(
        Target(name="name", columns=("name",)),
        Target(name="city", columns=("city", "plan")),
        Target(name="tier", columns=("plan", "city")),
        Target(name="town", columns=("city", "plan")),
        Target(name="points", columns=("points",), custom=True),
        Target(name="level", columns=("points",)),
        Target(name="score", columns=("score",)),
        Target(name="vip", columns=("vip",), custom=True),
        Target(name="born", columns=("born",)),
    )
    start: ClassVar[Mapping[str, str]] = {"name": "name", "city": "city", "points": "points", "score": "score"}
    match_keys: ClassVar[Sequence[str]] = ("email", "user_id")
    switches: ClassVar[Mapping[str, Sequence[str]]] = {
        "project_type": ("email", "user_id", "hybrid"),
        "type_errors": ("request", "record"),
        "unknown_user": ("invalid", "not_found"),
        "no_op": ("applied", "listed"),
        "failed_emails": ("sent", "lower"),
    }
    ways: ClassVar[Sequence[tuple[str, str]]] = (
        ("upsert", "delete"),
        ("update", "clear"),
        ("upsert", "keep"),
        ("insert", "delete"),
        ("upsert", "clear"),
        ("update", "delete"),
        ("insert", "keep"),
        ("update", "keep"),
    )
    writes: ClassVar[Sequence[str]] = (_WRITE,)
    refusals = frozenset({400, 401, 429, 503})
    refusing_faults = frozenset({"reject-record"})
    write_faults: ClassVar[Sequence[Fault]] = tuple(
        {"on": _WRITE, **fault}
        for fault in (
            {"do": "429", "nth": 1, "times": 2},
            {"do": "503", "nth": 1},
            {"do": "503", "nth": 2, "times": 9},
            {"do": "500", "nth": 2},
            {"do": "401", "nth": 2, "times": 99},
            {"do": "drop-before", "nth": 1},
            {"do": "drop-before", "nth": 2, "times": 99},
            {"do": "drop-after", "nth": 1},
            {"do": "drop-after", "rate": 0.5, "seed": 4},
            {"do": "delay", "seconds": 0.05},
            {"do": "reject-record", "nth": 1},
            {"do": "nonsense", "nth": 1},
            {"do": "truncate", "nth": 2},
            {"do": "wrong-counts", "nth": 1},
            {"on": _DELETE, "do": "429", "nth": 1},
            {"on": _DELETE, "do": "500", "nth": 1},
            {"on": _DELETE, "do": "drop-before", "nth": 1},
            {"on": _DELETE, "do": "drop-after", "nth": 1, "times": 2},
            {"on": _DELETE, "do": "nonsense", "nth": 1},
        )
    )
    read_faults: ClassVar[Sequence[Fault]] = tuple(
        {"on": _READ, **fault}
        for fault in (
            {"do": "429", "nth": 1},
            {"do": "503", "nth": 2},
            {"do": "drop-before", "nth": 1},
            {"do": "401", "nth": 2},
            {"do": "nonsense", "nth": 1},
            {"do": "500", "nth": 1, "times": 9},
        )
    )
    required: ClassVar[frozenset[str]] = frozenset()
    empties_alike = False
    droppable: ClassVar[Sequence[str]] = ("tier", "town", "level")

    def prepare(self) -> None:
        """Some fields have a type for good, the others come to be when they are first sent."""
        fields = {"name": "By hand", "city": "Bern", "points": 1, "score": 1.5, "vip": True, "born": "2020-01-01"}
        who = {"userId": _BY_HAND} if self._type == "user_id" else {"email": _BY_HAND}
        assert self.emulator.update(**who, dataFields=fields, createNewFields=True).status == 200

    def match(self, match_key: str) -> str:
        """Addresses do not name one user in a userID-based project."""
        return "user_id" if self._type == "user_id" else match_key

    @property
    def _type(self) -> str:
        return self.position["project_type"]

    def destination(self) -> str:
        """At a pace that keeps nobody waiting, and looking everybody up before an update."""
        return (
            f'{{name: there, type: iterable, api_key: "${{ITERABLE_API_KEY}}", base_url: "{self.emulator.url}",'
            f" project_type: {self._type}, requests_per_second: 1000, reads_per_second: 1000,"
            " known_for_minutes: 0}"  # whoever is deleted is noticed at once
        )

    def users(self) -> list[User]:
        """Everybody but the one made by hand at the beginning."""
        found = []
        for user in self.emulator.lines("users"):
            names = frozenset(str(user[name]).lower() for name in ("email", "userId") if user.get(name))
            if _BY_HAND not in names:
                user_id = f"userId {user['userId']}" if "userId" in user else f"email {user['email']}"
                found.append(User(id=user_id, names=names, attributes=user["dataFields"]))
        return found

    def name(self, record: Mapping[str, Any]) -> str:
        """Its address, or its id where there is none."""
        return str(record.get("email") or record["userId"]).lower()

    def fields(self, record: Mapping[str, Any]) -> frozenset[str]:
        """Its data fields."""
        return frozenset(record.get("dataFields", {}))

    def removed(self, line: Mapping[str, Any]) -> list[str]:
        """One by one, by address or by id."""
        return [unquote(line["path"].rpartition("/")[2]).lower()] if line["method"] == "DELETE" else []

    def delete(self, user: User) -> None:
        """As somebody at Iterable would."""
        kind, _, name = user.id.partition(" ")
        path = f"/api/users/{quote(name)}" if kind == "email" else f"/api/users/byUserId/{quote(name)}"
        assert self.emulator.call("DELETE", path).status == 200

    def edit(self, user: User, target: str, value: Value) -> None:
        """Through the endpoint for one user."""
        kind, _, name = user.id.partition(" ")
        answer = self.emulator.update(**{kind: name}, dataFields={target: as_json(value)}, createNewFields=True)
        assert answer.status == 200, answer.text

    def meet(self, person: Person, match_key: str) -> None:
        """Under the identifier by which the person will be sent."""
        who = {"email": person.email} if match_key == "email" else {"userId": person.external}
        if match_key != "email" and self._type == "email":
            who["email"] = person.email
        assert self.emulator.update(**who, dataFields={"name": "By hand"}).status == 200

    def refusal(self, person: Person, user: User | None) -> list[Fault]:
        """In one of the buckets."""
        buckets = [each for each in _BUCKETS if each not in _NOBODY or self._type != "email"]
        bucket = buckets[person.key % len(buckets)]
        names = (person.email, person.external)
        return [{"on": _WRITE, "do": "reject-record", "record": name, "bucket": bucket} for name in names]

    def dropping(self, targets: frozenset[str]) -> list[Fault]:
        """The project's schema is closed to new fields, or open."""
        self.emulator.settings(new_fields="drop" if targets else "allow")
        return []
