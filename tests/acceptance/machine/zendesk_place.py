"""Zendesk for the machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import parse_qs

from tests.acceptance.machine.mapping import Target
from tests.acceptance.machine.people import Person, Value
from tests.acceptance.machine.place import Fault, Place, User, as_json, by_name
from tests.emulator import Zendesk

SPEED = 200
_CREATE = "POST /api/v2/users/create_or_update_many"
_CREATE_ONE = "POST /api/v2/users/create_or_update"
_UPDATE = "PUT /api/v2/users/update_many"
_DELETE = "DELETE /api/v2/users/destroy_many"
_ANY = "* /api/v2/users/*_many"
_ADDRESSING = frozenset({"id", "email", "external_id", "skip_verify_email", "suspended", "user_fields"})
_PREFIX = "user_fields."


class ZendeskPlace(Place):
    """An account in which bulk import may be on or off."""

    emulator: Zendesk
    kind = "zendesk"
    secret = "ZENDESK_TOKEN"
    targets: ClassVar[Mapping[str, Target]] = by_name(
        Target(name="name", columns=("name",)),
        Target(name="notes", columns=("city", "plan")),
        Target(name="phone", columns=("phone",), set_once=True),
        Target(name="user_fields.tier", columns=("plan", "city")),
        Target(name="user_fields.town", columns=("city", "plan")),
        Target(name="user_fields.score", columns=("score",)),
        Target(name="city", columns=("city",), custom=True),
        Target(name="plan", columns=("plan",), custom=True),
        Target(name="points", columns=("points",), custom=True),
        Target(name="vip", columns=("vip",), custom=True),
        Target(name="born", columns=("born",), custom=True),
    )
    start: ClassVar[Mapping[str, str]] = {
        "name": "name",
        "notes": "city",
        "points": "points",
        "user_fields.score": "score",
    }
    match_keys: ClassVar[Sequence[str]] = ("email", "external_id")
    switches: ClassVar[Mapping[str, Sequence[str]]] = {
        "bulk_import": ("on", "on", "on", "off"),
        "unknown_user": ("action", "index", "omitted"),
        "unknown_user_fields": ("warn", "silent"),
        "headers": ("2021", "2023", "2024", "none"),
        "too_many_jobs_retry_after": ("on", "off"),
        "search_same_keyword": ("or", "and"),
        "search_email": ("primary", "searched"),
    }
    ways: ClassVar[Sequence[tuple[str, str]]] = (
        ("upsert", "delete"),
        ("update", "suspend"),
        ("upsert", "clear"),
        ("insert", "keep"),
        ("upsert", "suspend"),
        ("update", "delete"),
        ("upsert", "keep"),
        ("update", "clear"),
        ("insert", "delete"),
        ("update", "keep"),
    )
    speed = SPEED
    writes: ClassVar[Sequence[str]] = (_CREATE, _CREATE_ONE, _UPDATE)
    refusals = frozenset({400, 401, 403, 409, 429, 503})
    refusing_faults = frozenset({"reject-record", "fail-job", "kill-job"})
    write_faults: ClassVar[Sequence[Fault]] = (
        {"on": _ANY, "do": "429", "nth": 1},
        {"on": _ANY, "do": "503", "nth": 1},
        {"on": _UPDATE, "do": "503", "nth": 1, "times": 9},
        {"on": _ANY, "do": "500", "nth": 2},
        {"on": _ANY, "do": "401", "nth": 2, "times": 99},
        {"on": _ANY, "do": "drop-before", "nth": 1},
        {"on": _CREATE, "do": "drop-after", "nth": 1},
        {"on": _UPDATE, "do": "drop-after", "nth": 1},
        {"on": _ANY, "do": "drop-after", "nth": 2, "times": 99},
        {"on": _CREATE_ONE, "do": "drop-after", "nth": 2},
        {"on": _CREATE_ONE, "do": "drop-before", "nth": 1, "times": 9},
        {"on": _ANY, "do": "delay", "seconds": 10},
        {"on": _ANY, "do": "reject-record", "nth": 1},
        {"on": _ANY, "do": "reject-record", "nth": 1, "bucket": "DatabaseConflict"},
        {"on": _ANY, "do": "nonsense", "nth": 1},
        {"on": _ANY, "do": "truncate", "nth": 1},
        {"on": _ANY, "do": "409", "nth": 1},
        {"on": _ANY, "do": "fail-job", "nth": 1},
        {"on": _ANY, "do": "kill-job", "nth": 2},
        {"on": _ANY, "do": "slow-job", "nth": 1, "seconds": 60},
        {"on": _CREATE, "do": "lose-job", "nth": 1},
        {"on": _UPDATE, "do": "lose-job", "nth": 1},
        {"on": _ANY, "do": "results-null", "nth": 1},
        {"on": _ANY, "do": "results-object", "nth": 1},
        {"on": _ANY, "do": "shuffle-results", "nth": 1},
        {"on": _DELETE, "do": "drop-after", "nth": 1},
        {"on": _DELETE, "do": "lose-job", "nth": 1},
        {"on": _DELETE, "do": "fail-job", "nth": 1},
        {"on": "POST /api/v2/user_fields", "do": "drop-after", "nth": 1},
    )
    read_faults: ClassVar[Sequence[Fault]] = (
        {"on": "GET /api/v2/*", "do": "429", "nth": 2},
        {"on": "GET /api/v2/*", "do": "503", "nth": 3},
        {"on": "GET /api/v2/users/me", "do": "401"},
        {"on": "GET /api/v2/user_fields", "do": "nonsense"},
        {"on": "GET /api/v2/job_statuses*", "do": "drop-before", "nth": 1},
        {"on": "GET /api/v2/job_statuses*", "do": "500", "nth": 1, "times": 9},
        {"on": "GET /api/v2/users/*", "do": "500", "nth": 2, "times": 9},
        {"on": "GET /api/v2/users/search", "do": "nonsense"},
    )
    required: ClassVar[frozenset[str]] = frozenset({"name"})
    empties_alike = True
    droppable: ClassVar[Sequence[str]] = ("notes", "user_fields.tier", "user_fields.town", "points", "plan")

    def prepare(self) -> None:
        """Three user fields; those of custom attributes are the run's to create."""
        self.emulator.field("tier")
        self.emulator.field("town")
        self.emulator.field("score", "decimal")

    def destination(self) -> str:
        """As fast as the sandbox."""
        return (
            f'{{name: there, type: zendesk, base_url: "{self.emulator.url}", speed: {SPEED},'
            ' auth: {type: oauth, token: "${ZENDESK_TOKEN}"}}'
        )

    def users(self) -> list[User]:
        """Everybody who is not deleted."""
        found = []
        for user in self.emulator.users():
            if not user["active"]:
                continue
            emails = [each["value"] for each in user["identities"] if each["type"] == "email"]
            names = frozenset(name.lower() for name in (*emails, user["external_id"]) if name)
            fields = {_target(key): value for key, value in user["user_fields"].items()}
            found.append(User(id=str(user["id"]), names=names, attributes={**user, **fields}))
        return found

    def name(self, record: Mapping[str, Any]) -> str:
        """Its id, its address, or its external id."""
        return str(record.get("id") or record.get("email") or record["external_id"]).lower()

    def fields(self, record: Mapping[str, Any]) -> frozenset[str]:
        """Its attributes and its user fields."""
        return frozenset({*record} - _ADDRESSING) | {_target(key) for key in record.get("user_fields", {})}

    def removed(self, line: Mapping[str, Any]) -> list[str]:
        """Many at once, by their ids."""
        if line["method"] != "DELETE":
            return []
        return parse_qs(line["query"])["ids"][0].split(",") if "query" in line else [line["path"].rpartition("/")[2]]

    def delete(self, user: User) -> None:
        """As an agent would."""
        assert self.emulator.call("DELETE", f"/users/{user.id}").status == 200

    def edit(self, user: User, target: str, value: Value) -> None:
        """As an agent would."""
        shown = as_json(value)
        if target in ("name", "notes"):
            change: dict[str, Any] = {target: shown}
        else:
            change = {"user_fields": {target.removeprefix(_PREFIX): shown}}
        answer = self.emulator.call("PUT", f"/users/{user.id}", {"user": change})
        while answer.status == 429:
            answer = self.emulator.call("PUT", f"/users/{user.id}", {"user": change})
        assert answer.status == 200, answer.text

    def meet(self, person: Person, match_key: str) -> None:
        """Under the identifier by which the person will be sent."""
        who = {"email": person.email} if match_key == "email" else {"external_id": person.external}
        self.emulator.create(name="By hand", skip_verify_email=True, **who)

    def refusal(self, person: Person, user: User | None) -> list[Fault]:
        """By whatever the record may be addressed."""
        names = [person.email, person.external] + ([user.id] if user else [])
        return [{"on": on, "do": "reject-record", "record": name} for name in names for on in (_CREATE, _UPDATE)]

    def dropping(self, targets: frozenset[str]) -> list[Fault]:
        """The sandbox's fault that drops a field."""
        fields = [target if target == "notes" else f"{_PREFIX}{target.removeprefix(_PREFIX)}" for target in targets]
        return [{"on": on, "do": "ignore-field", "field": field} for field in fields for on in self.writes]


def _target(key: str) -> str:
    return key if key in ZendeskPlace.targets else _PREFIX + key
