"""What is wrong with some of the customers: the mistakes that every real table has."""

from __future__ import annotations

import random
from itertools import islice

from demo.people import ZOE, Row

DUPLICATE_PAIRS, WITHOUT_ADDRESS, NOT_A_NUMBER = 12, 30, 8

INVALID_ADDRESSES = (
    *("anna@", "jan.example.com", "two@@example.com", "max mustermann@example.com", "@example.org", "eva@example"),
    *("paul@example..com", "rosa@exam_ple.com", "ida@-example.net", "tom@example.invalidtld"),
)
"""None of these is an e-mail address to a mail server; `INVALID_ADDRESSES[0]` is corrected in the story."""


def soil(customers: list[Row]) -> int:
    """Spoil some customers in place; return the one whose address is `anna@`.

    All of them want the newsletter, so that each mistake reaches the activation.
    """
    chance = random.Random("dirt")
    chosen = iter(chance.sample([row for row in customers if row["customer_id"] != ZOE], 500))
    duplicates = [(_reader(next(chosen)), _reader(next(chosen))) for _ in range(DUPLICATE_PAIRS)]
    for one, other in duplicates:
        other["email"] = str(one["email"]).swapcase()
    for position, row in enumerate(islice(chosen, WITHOUT_ADDRESS)):
        _reader(row)["email"] = (None, "", "   ")[position % 3]
    invalid = [_reader(row) for row in islice(chosen, len(INVALID_ADDRESSES))]
    for row, address in zip(invalid, INVALID_ADDRESSES, strict=True):
        row["email"] = address
    for row in islice(chosen, NOT_A_NUMBER):
        _reader(row)["score"] = float("nan")
    invalid[0].update(first_name="Anna", last_name="Lefèvre")
    anna = invalid[0]["customer_id"]
    assert isinstance(anna, int)
    return anna


def _reader(row: Row) -> Row:
    row.update(newsletter=True, status="active", plan="pro", vip=False)
    return row
