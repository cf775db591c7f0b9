"""Made-up customers and orders from a fixed seed, with the variety of real data."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime, timedelta

CUSTOMERS = 20_000
ZOE = 4_711
"""The customer whom the story follows."""

Row = dict[str, object]

_FIRST_NAMES = (
    *("Ana", "José", "Zoë", "Łukasz", "Søren", "Marie-Claire", "Anne", "Chloé", "Björn", "Noël", "Inês", "Çelik"),
    *("Tom", "Emma", "Luca", "Mia", "Jan", "Ella", "Hugo", "Nina", "Oscar", "Ida", "Paul", "Rosa", "Milan", "Vera"),
    *("李雷", "Ольга", "さくら", "Max 😀", 'Ana "Nita"', "Jean\nPierre", "D'Arcy", " Tom ", ""),
)
_LAST_NAMES = (
    *("García", "Müller", "O'Brien", "Dubois", "Nowak", "Jensen", "van den Berg", "Rossi", "Šimić", "Lindqvist"),
    *("Moreau", "Silva", "Peeters", "Schmidt", "Novák", "Hansen", "Ferrari", "Costa", "Lefèvre", "Smith", "Ward"),
)
_PLACES = (
    *(("France", "Lyon", "69001"), ("France", "Paris", "75011"), ("France", "Nantes", "44000")),
    *(("Belgium", "Liège", "4000"), ("Spain", "Málaga", "29001"), ("Germany", "Köln", "50667")),
    *(("Italy", "Bologna", "40121"), ("Poland", "Łódź", "90-001"), ("Norway", "Tromsø", "9008")),
    *(("Portugal", "Évora", "7000-001"), ("Sweden", "Malmö", "211 20"), ("Denmark", "Aarhus", "8000")),
)
_STREETS = ("Rue de l'Église", "High Street", "Calle Mayor", "Hauptstraße", "Via Roma", "Storgata", 'Quai "Nord"')
_TAGS = ("garden", "kitchen", "books", "gift card", "sale", "café", "outdoor")
_PHONES = ("+33 6 {} {} {} {}", "0033{}{}{}{}", "({}) {}-{}-{}", "{}.{}.{}.{}", "+49/{}{}{}{}", "{} {} {} {} (work)")


def customers() -> list[Row]:
    """Twenty thousand people, with nothing wrong but what people type."""
    chance = random.Random("penstock")
    return [_customer(number, chance) for number in range(1, CUSTOMERS + 1)]


def newcomers(first: int, count: int) -> list[Row]:
    """People who sign up later; all of them want the newsletter and have a paid plan."""
    chance = random.Random("newcomers")
    joined = [_customer(number, chance) for number in range(first, first + count)]
    return [row | {"newsletter": True, "status": "active", "plan": "pro", "vip": False} for row in joined]


def orders() -> list[Row]:
    """Tens of thousands of orders; a third of the customers have none."""
    chance = random.Random("orders")
    return [
        {
            "order_id": number,
            "customer_id": customer,
            "ordered_at": _moment(chance, 2022),
            "total": _cents(chance, 5, 180),
        }
        for number, customer in enumerate(_buyers(chance), start=1)
    ]


def _buyers(chance: random.Random) -> Iterator[int]:
    for customer in range(1, CUSTOMERS + 1):
        yield from [customer] * (3 if customer == ZOE else chance.choice((0, 0, 0, 1, 1, 2, 2, 3, 5)))


def _customer(number: int, chance: random.Random) -> Row:
    first, last = chance.choice(_FIRST_NAMES), chance.choice(_LAST_NAMES)
    country, city, postcode = chance.choice(_PLACES)
    return {
        "customer_id": number,
        "email": _address(first, last, number, chance),
        "first_name": _sometimes_none(first, chance),
        "last_name": last,
        "phone": _sometimes_none(_phone(chance), chance),
        "country": country,
        "status": chance.choices(("active", "closed", None), (92, 3, 5))[0],
        "plan": chance.choices(("free", "pro", "team", "Pro", None), (36, 40, 16, 4, 4))[0],
        "newsletter": chance.choices((True, False, None), (93, 5, 2))[0],
        "vip": chance.random() < 0.1,
        "born_on": date(1950, 1, 1) + timedelta(days=chance.randrange(20_000)),
        "last_seen_at": _moment(chance, 2023),
        "score": round(chance.uniform(0, 100), 1),
        "store_credit": _cents(chance, 0, 60),
        "tags": chance.sample(_TAGS, chance.randrange(4)),
        "address": {
            "street": f"{chance.choice(_STREETS)} {chance.randrange(1, 200)}",
            "city": city,
            "postcode": postcode,
        },
    }


def _address(first: str, last: str, number: int, chance: random.Random) -> str:
    """An e-mail address as people type it: capitals here and there, sometimes spaces around it."""
    name = ".".join(part for part in (_ascii(first), _ascii(last)) if part)
    text = f"{name}{number}@example.{chance.choice(('com', 'org', 'net'))}"
    text = chance.choices((text.lower(), text, text.upper()), (60, 34, 6))[0]
    return f"  {text} " if chance.random() < 0.05 else text


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "".join(letter for letter in plain if letter.isalnum())


def _phone(chance: random.Random) -> str:
    return chance.choice(_PHONES).format(*(f"{chance.randrange(100):02}" for _ in range(4)))


def _sometimes_none(text: str, chance: random.Random) -> str | None:
    return chance.choices((text, None, ""), (94, 4, 2))[0]


def _moment(chance: random.Random, since: int) -> datetime:
    """A date and time without a zone, as most shops store it."""
    return datetime(since, 1, 1) + timedelta(seconds=chance.randrange(3 * 365 * 86_400))  # noqa: DTZ001


def _cents(chance: random.Random, least: int, most: int) -> str:
    return f"{chance.randrange(least * 100, most * 100) / 100:.2f}"
