"""A shop whose people come, go and change by a seeded script, and what its destination must therefore hold."""

import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.contract.destinations.stands.stand import Desk

ATTRIBUTES = ("name", "plan", "city")
REST_SECONDS = 0.3
"""Requests of a dead process are done with when nothing has come for so long."""


@dataclass(slots=True)
class People:
    """The customers of a desk's shop. Each change gives a field a value that it never had, or takes one back."""

    desk: Desk
    chance: random.Random
    number: int
    seen: int = 0
    """Write requests that `sent_since` has told of."""
    ever: set[str] = field(default_factory=set)
    """Addresses of all who were ever members."""

    def open_shop(self) -> None:
        """Begin with so many people."""
        self.desk.sql(
            "CREATE TABLE customers (id BIGINT, email VARCHAR, name VARCHAR, plan VARCHAR, city VARCHAR)",
            "CREATE TABLE gone AS FROM customers",
            "CREATE TABLE earlier AS FROM customers",
            self._newcomers(1, self.number),
        )
        self._remember()

    def change(self, label: str) -> None:
        """New values for a third, cleared ones, people who come, leave and return; `label` was never used before."""
        chance = self.chance
        self.desk.sql(
            "CREATE OR REPLACE TABLE earlier AS FROM customers",
            f"UPDATE customers SET plan = 'plan {label}' WHERE id % 3 = {chance.randrange(3)}",
            f"UPDATE customers SET city = 'city {label}' WHERE id % 7 = {chance.randrange(7)}",
            f"UPDATE customers SET city = NULL WHERE id % 11 = {chance.randrange(11)}",
            f"INSERT INTO customers SELECT id, email, 'back {label}', plan, city FROM gone",
            "DELETE FROM gone",
            f"INSERT INTO gone FROM customers WHERE id % 53 = {chance.randrange(53)}",
            "DELETE FROM customers WHERE id IN (SELECT id FROM gone)",
            self._newcomers(self.number + 1, self.number + 20),
        )
        self.number += 20
        self._remember()

    def revert(self) -> None:
        """Take half of the latest changes back, as if they had never been."""
        half = f"e.id = customers.id AND e.id % 2 = {self.chance.randrange(2)}"
        self.desk.sql(f"UPDATE customers SET plan = e.plan, city = e.city FROM earlier AS e WHERE {half}")

    def wanted(self) -> dict[str, dict[str, Any]]:
        """What every member must have there."""
        rows = self.desk.rows(f"SELECT email, {', '.join(ATTRIBUTES)} FROM customers")
        return {
            email: {name: value for name, value in zip(ATTRIBUTES, values, strict=True) if value is not None}
            for email, *values in rows
        }

    def key_of(self, address: str) -> str:
        """The primary key of a member or of one who left."""
        everybody = "(FROM customers UNION ALL BY NAME FROM gone)"
        return str(self.desk.rows(f"SELECT id FROM {everybody} WHERE email = '{address}'")[0][0])

    def sent_since(self) -> Counter[str]:
        """How often each address was written to since this was asked for the last time."""
        writes = self.desk.stand.writes()
        news, self.seen = writes[self.seen :], len(writes)
        return Counter(record.address for write in news for record in write)

    def rest(self) -> None:
        """Wait for requests whose sender has died."""
        before = -1
        while before != (before := len(self.desk.stand.writes())):
            time.sleep(REST_SECONDS)

    def assert_right(self, *, but_empty_ones: bool = False) -> None:
        """Nobody is missing, nobody differs, nobody is there who never was a member.

        A value that was never confirmed is not cleared by `--full`, which may be what nobody knows any more.
        """
        users, wanted = self.desk.stand.users(), self.wanted()
        assert wanted.keys() <= users.keys(), f"lost: {sorted(wanted.keys() - users.keys())[:5]}"
        assert users.keys() <= self.ever, f"unasked for: {sorted(users.keys() - self.ever)[:5]}"
        if but_empty_ones:
            users = {
                who: {name: value for name, value in users[who].items() if name in wanted[who]} for who in wanted
            }
        wrong = {who: (users[who], wanted[who]) for who in wanted if users[who] != wanted[who]}
        assert not wrong, f"{len(wrong)} are not as in the shop: {list(wrong.items())[:3]}"

    def _remember(self) -> None:
        self.ever |= {email for (email,) in self.desk.rows("SELECT email FROM customers")}

    def _newcomers(self, first: int, last: int) -> str:
        return (
            "INSERT INTO customers SELECT i, 'user' || i || '@example.com', 'Name ' || i, 'plan 0',"
            f" CASE WHEN i % 4 > 0 THEN 'city 0' END FROM range({first}, {last + 1}) AS t(i)"
        )
