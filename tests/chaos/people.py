"""A shop whose people come, go and change by a seeded script, and what its destination must therefore hold."""

import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.stages import EVERYBODY
from tests.chaos.ways import NOTES, PLAIN, Way
from tests.contract.destinations.stands.stand import Desk

LOOK_SECONDS = 0.05
QUIET_LOOKS = 3
"""So often a destination is found at rest before that is believed."""
DELETION = "deletion"
Sending = tuple[str, str]
"""By what somebody was sent, the name of an activation or `deletion`, and whose address it was."""


@dataclass(slots=True)
class People:
    """The customers of a desk's shop. Each change gives a field a value that it never had, or takes one back."""

    desk: Desk
    chance: random.Random
    number: int
    way: Way = PLAIN
    seen: Counter[Sending] = field(default_factory=Counter)
    """What `sent_since` has told of."""
    ever: set[str] = field(default_factory=set)
    """Addresses of all whom the destination may hold: who were ever members, or exist there without Penstock."""

    def open_shop(self) -> None:
        """Begin with so many people."""
        self.desk.sql(
            "CREATE TABLE customers"
            " (id BIGINT, email VARCHAR, name VARCHAR, plan VARCHAR, city VARCHAR, note VARCHAR)",
            "CREATE TABLE gone AS FROM customers",
            "CREATE TABLE earlier AS FROM customers",
        )
        number, self.number = self.number, 0
        self._come(number)

    def change(self, label: str) -> None:
        """New values for a third, cleared ones, people who come, leave and return; `label` was never used before."""
        chance = self.chance
        self.desk.sql(
            "CREATE OR REPLACE TABLE earlier AS FROM customers",
            f"UPDATE customers SET plan = 'plan {label}' WHERE id % 3 = {chance.randrange(3)}",
            f"UPDATE customers SET note = 'note {label}' WHERE id % 5 = {chance.randrange(5)}",
            f"UPDATE customers SET city = 'city {label}' WHERE id % 7 = {chance.randrange(7)}",
            f"UPDATE customers SET city = NULL WHERE id % 11 = {chance.randrange(11)}",
            f"INSERT INTO customers SELECT id, email, 'back {label}', plan, city, 'note {label}' FROM gone",
            "DELETE FROM gone",
            *_leave(f"id % 53 = {chance.randrange(53)}"),
        )
        self._come(self.way.newcomers)

    def revert(self) -> None:
        """Take half of the latest changes back, as if they had never been: values, leavings, and most arrivals."""
        chance = self.chance
        half = f"e.id = customers.id AND e.id % 2 = {chance.randrange(2)}"
        new = f"id % 3 <> {chance.randrange(3)} AND id NOT IN (SELECT id FROM earlier)"
        if self.way.leave == "clear":  # whoever may not exist is not cleared where that could create them
            new = "false"
        back = f"id % 2 = {chance.randrange(2)} AND id IN (SELECT id FROM earlier)"
        self.desk.sql(
            f"UPDATE customers SET plan = e.plan, city = e.city FROM earlier AS e WHERE {half}",
            f"INSERT INTO customers FROM gone WHERE {back}",
            f"DELETE FROM gone WHERE {back}",
            *_leave(new),
        )

    def wanted(self) -> dict[str, dict[str, Any]]:
        """What every member must have there."""
        names = self.way.attributes
        rows = self.desk.rows(f"SELECT email, {', '.join(names)} FROM customers")
        return {
            email: {name: value for name, value in zip(names, values, strict=True) if value is not None}
            for email, *values in rows
            if self.way.creates or email in self.ever
        }

    def absent(self) -> int:
        """How many members are not there, and are not to be created."""
        return len(self.desk.rows("SELECT id FROM customers")) - len(self.wanted())

    def key_of(self, address: str) -> str:
        """The primary key of a member or of one who left."""
        everybody = "(FROM customers UNION ALL BY NAME FROM gone)"
        return str(self.desk.rows(f"SELECT id FROM {everybody} WHERE email = '{address}'")[0][0])

    def sent_since(self) -> Counter[Sending]:
        """How often each address was written to, or deleted, since this was asked for the last time."""
        stand = self.desk.stand
        sent = Counter(
            (NOTES if "note" in record.attributes else EVERYBODY, record.address)
            for write in stand.writes()
            for record in write
        )
        sent.update((DELETION, address) for address in stand.deletions())
        news, self.seen = sent - self.seen, sent
        return news

    def rest(self) -> None:
        """Wait for requests whose sender has died, and see who is there now."""
        quiet, before = 0, -1
        while quiet < QUIET_LOOKS:
            arrived = len(self.desk.stand.writes())
            quiet = quiet + 1 if arrived == before and not self.desk.stand.under_way() else 0
            before = arrived
            time.sleep(LOOK_SECONDS)

    def assert_right(self, *, but_empty_ones: bool = False) -> None:
        """Nobody is missing, nobody differs, nobody is there who is not to be, and leavers are as the way says.

        A value that was never confirmed is not cleared by `--full`, which may be what nobody knows any more.
        """
        users, wanted = self.desk.stand.users(), self.wanted()
        assert wanted.keys() <= users.keys(), f"lost: {sorted(wanted.keys() - users.keys())[:5]}"
        assert users.keys() <= self.ever, f"unasked for: {sorted(users.keys() - self.ever)[:5]}"
        self._assert_leavers(users)
        if but_empty_ones:
            users = {
                who: {name: value for name, value in users[who].items() if name in wanted[who]} for who in wanted
            }
        wrong = {who: (users[who], wanted[who]) for who in wanted if users[who] != wanted[who]}
        assert not wrong, f"{len(wrong)} are not as in the shop: {list(wrong.items())[:3]}"

    def _assert_leavers(self, users: dict[str, dict[str, Any]]) -> None:
        left = {email for (email,) in self.desk.rows("SELECT email FROM gone")} & users.keys()
        suspended = self.desk.stand.suspended()
        match self.way.leave:
            case "delete":
                assert not left, f"left behind: {sorted(left)[:5]}"
            case "suspend":
                assert left <= suspended, f"left behind: {sorted(left - suspended)[:5]}"
            case "clear":
                full = {who: users[who] for who in left if users[who].keys() & {"plan", "city", "note"}}
                assert not full, f"left behind: {list(full.items())[:5]}"
        assert suspended <= (left if self.way.leave == "suspend" else set()), "suspended although wanted"

    def _come(self, count: int) -> None:
        """Let people come; where nobody is created, three of four exist at the destination already."""
        first, self.number = self.number + 1, self.number + count
        self.desk.sql(
            "INSERT INTO customers SELECT i, 'user' || i || '@example.com', 'Name ' || i, 'plan 0',"
            f" CASE WHEN i % 4 > 0 THEN 'city 0' END, 'note 0' FROM range({first}, {self.number + 1}) AS t(i)"
        )
        new = {number: f"user{number}@example.com" for number in range(first, self.number + 1)}
        if not self.way.creates:
            new = {number: email for number, email in new.items() if number % 4 > 0}
            self.desk.stand.seed(new)
        self.ever |= set(new.values())


def _leave(which: str) -> tuple[str, ...]:
    """SQL by which some customers leave."""
    return (
        f"INSERT INTO gone FROM customers WHERE {which}",
        "DELETE FROM customers WHERE id IN (SELECT id FROM gone)",
    )
