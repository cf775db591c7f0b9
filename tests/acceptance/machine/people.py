"""The source: a few people in a DuckDB file, and the same people as the model knows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

Value = str | int | bool | date | None

VALUES: Mapping[str, tuple[Value, ...]] = {
    "name": ("Ana", "Bo", 'Zoë "Z" O\'Neil', "Di", "Eve", None),
    "city": ("Lyon", "São Paulo", "", None),
    "plan": ("free", "pro", "team", None),
    "points": (0, 1, 7, -3, None),
    "score": (1, 2, 500, None),
    "vip": (True, False, None),
    "born": (date(1990, 1, 2), date(2004, 2, 29), None),
    "phone": ("+33123450001", "+33123450002", None),
}
"""The columns that may be mapped, each with the few values that people have: edits and reverts often meet."""

SCORE_TYPES = ("INTEGER", "DOUBLE", "DECIMAL(9,2)", "BIGINT")
"""What `score` may be in the source; its values are the same whole numbers in all of them."""


@dataclass(slots=True)
class Person:
    """One row: `key` is the primary key; whoever is no member keeps the row and is outside the segment."""

    key: int
    email: str
    member: bool = True
    values: dict[str, Value] = field(default_factory=dict)
    former: dict[str, list[Value]] = field(default_factory=dict)
    """What each column was before, one after the other."""

    @property
    def external(self) -> str:
        """An id of the shop's own, which never changes."""
        return f"U-{self.key}"

    def __str__(self) -> str:
        return f"person {self.key}"


class Shop:
    """The people of the source by key; `write` puts them into the database."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_written = False
        self.people: dict[int, Person] = {}
        self.score_type = SCORE_TYPES[0]

    def join(self, values: Mapping[str, Value]) -> Person:
        """A new person, who is a member."""
        key = len(self.people) + 1
        person = Person(key=key, email=f"person{key}@example.org", values=dict(values))
        self.people[key] = person
        self._is_written = False
        return person

    def edit(self, person: Person, column: str, value: Value) -> None:
        """Another value."""
        person.former.setdefault(column, []).append(person.values[column])
        person.values[column] = value
        self._is_written = False

    def move(self, person: Person, *, member: bool) -> None:
        """Out of the segment, or back into it."""
        person.member = member
        self._is_written = False

    def readdress(self, person: Person, email: str) -> None:
        """Another e-mail address."""
        person.email = email
        self._is_written = False

    def retype_score(self, type_: str) -> None:
        """The column `score` gets another type; its values stay."""
        self.score_type = type_
        self._is_written = False

    @property
    def members(self) -> list[Person]:
        """Whoever is in the segment."""
        return [person for person in self.people.values() if person.member]

    def write(self) -> None:
        """Bring the database up to date; all at once, for to open it takes longer than anything in it."""
        if self._is_written:
            return
        cells: list[object] = []
        for person in self.people.values():
            cells += (person.key, person.email, person.external, person.member, *map(person.values.get, VALUES))
        row = f"({', '.join('?' * (4 + len(VALUES)))})"
        with duckdb.connect(self._path) as connection:
            connection.begin()
            connection.execute(
                "CREATE OR REPLACE TABLE customers (id BIGINT, email VARCHAR, external VARCHAR, member BOOLEAN,"
                f" name VARCHAR, city VARCHAR, plan VARCHAR, points BIGINT, score {self.score_type}, vip BOOLEAN,"
                " born DATE, phone VARCHAR)"
            )
            connection.execute(f"INSERT INTO customers VALUES {', '.join([row] * len(self.people))}", cells)
            connection.commit()
        self._is_written = True
