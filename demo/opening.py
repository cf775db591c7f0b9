"""The shop, the segment, and what the marketing team has already: the chapters before the first run."""

from __future__ import annotations

from demo import truth
from demo.dirt import INVALID_ADDRESSES
from demo.people import CUSTOMERS
from demo.scene import ZOES_ADDRESS, Scene

_DIRT = (
    ("capitals in the address", "email <> lower(email)", "email"),
    ("spaces around it", "email <> trim(email) AND trim(email) <> ''", "email"),
    (
        "address of somebody else",
        "count(*) OVER (PARTITION BY lower(trim(email))) > 1 AND trim(email) <> ''",
        "email",
    ),
    ("no address", "coalesce(trim(email), '') = ''", "email"),
    ("not an e-mail address", f"email IN {INVALID_ADDRESSES}", "email"),
    ("quotes in the name", "first_name LIKE '%\"%'", "first_name"),
    ("line break in the name", "first_name LIKE '%' || chr(10) || '%'", "first_name"),
    ("empty name, not null", "first_name = ''", "first_name"),
    ("phone number, free style", "phone LIKE '%(work)%'", "phone"),
    ("score is NaN", "isnan(score)", "score"),
)

_KNOWN_TO_MARKETING = {
    "firstName": "Zoe",
    "lastName": "OBrien",
    "phoneNumber": "+33 6 12 34 56 78",
    "customerId": 4711,
    "country": "France",
    "plan": "free",
    "vip": False,
    "bornOn": "1990-05-17",
    "lastSeenAt": "2023-02-01 10:00:00 +00:00",
    "score": 12.5,
    "storeCredit": 5.0,
    "tags": ["garden"],
    "address": {"street": "Rue de l'Église 1", "city": "Lyon", "postcode": "69001"},
    "orders": 1,
    "lastOrderAt": "2023-01-31 09:00:00 +00:00",
}
FAVOURITE_SHOP = "Lyon, by the river"


def tell_of_the_shop(scene: Scene) -> None:
    """Show the data, mistakes and all."""
    tell = scene.telling
    orders = scene.shop.count("SELECT count(*) FROM orders")
    tell.chapter(f"A shop with {CUSTOMERS:,} customers")
    tell.say(
        f"A DuckDB file now holds {CUSTOMERS:,} made-up customers and {orders:,} orders. It stands for your",
        "warehouse, and like every warehouse it is not clean:",
    )
    tell.table(("what is in it", "customers", "for example"), (_dirt(scene, *each) for each in _DIRT), figures="lrl")


def tell_of_the_segment(scene: Scene) -> None:
    """Show the segment in words and its size."""
    tell = scene.telling
    tell.chapter("A segment, built without SQL")
    tell.say(
        "A segment is the rows of a model that satisfy a tree of conditions. This one nests `all`, `any` and `not`;",
        "the number of orders comes from a model that joins customers with their orders.",
    )
    scene.penstock.show("segment", "newsletter_readers", "--explain", exit_code=0)
    found = scene.penstock.ask("segment", "newsletter_readers", "--count")
    tell.gap()
    expected = truth.members(scene.shop)
    tell.check(
        found["members"] == expected,
        f"{found['members']:,} of {found['model_rows']:,} customers are in it; plain SQL, written by hand,"
        f" finds {expected:,}.",
    )


def tell_of_the_sandbox(scene: Scene) -> None:
    """Say where the data will go, and who is there already."""
    tell = scene.telling
    scene.sandbox.update_user(ZOES_ADDRESS, {**_KNOWN_TO_MARKETING, "favouriteShop": FAVOURITE_SHOP}, new_fields=True)
    scene.sandbox.new_requests()
    tell.chapter("A destination: Iterable, as the sandbox plays it")
    tell.say(
        f"The sandbox answers at {scene.sandbox.url} as Iterable's API does: the same requests, answers, refusals",
        "and limits (5 bulk requests a second, 1,000 users in each). It knows nothing of Penstock, and keeps a log",
        "of every request; the figures below are taken from there.",
    )
    tell.gap()
    tell.say(
        f"One user is there already: Zoë ({ZOES_ADDRESS}), with old values, and with an attribute that the",
        f"marketing team keeps by itself: favouriteShop = “{FAVOURITE_SHOP}”. Zoë is the one we follow.",
    )


def _dirt(scene: Scene, what: str, condition: str, column: str) -> tuple[str, int, str]:
    rows = scene.shop.ask(
        f"SELECT {column} FROM customers WHERE {column} IS NOT NULL QUALIFY {condition} ORDER BY customer_id"
        if "OVER" in condition
        else f"SELECT {column} FROM customers WHERE {condition} ORDER BY customer_id"
    )
    return what, len(rows), repr(next((value for (value,) in rows if value is not None), None))
