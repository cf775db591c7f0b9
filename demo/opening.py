"""The shop, the segments, and what colleagues have typed already: the chapters before the first run."""

from __future__ import annotations

from demo import truth
from demo.dirt import INVALID_ADDRESSES
from demo.people import CUSTOMERS
from demo.sandbox_process import SPEED
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
AGENTS_NOTE = "Likes to be written to in Breton."


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


def tell_of_the_segments(scene: Scene) -> None:
    """Show the segments in words and their sizes."""
    tell = scene.telling
    tell.chapter("Two segments, built without SQL")
    tell.say(
        "A segment is the rows of a model that satisfy a tree of conditions. This one is for marketing. It nests",
        "`all`, `any` and `not`; the number of orders comes from a model that joins customers with their orders.",
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
    tell.gap()
    tell.say("The other one is for the support team:")
    scene.penstock.show("segment", "team_customers", "--explain", exit_code=0)


def tell_of_the_sandbox(scene: Scene) -> None:
    """Say where the data will go, and who is there already."""
    tell = scene.telling
    scene.iterable.update_user(
        ZOES_ADDRESS, {**_KNOWN_TO_MARKETING, "favouriteShop": FAVOURITE_SHOP}, new_fields=True
    )
    scene.zendesk.create_user(name="Zoe (newsletter)", email=ZOES_ADDRESS, notes=AGENTS_NOTE)
    scene.iterable.new_requests()
    scene.zendesk.new_requests()
    tell.chapter("Two destinations, as the sandbox plays them")
    tell.say(
        "The sandbox answers as the real APIs do: the same requests, answers, refusals and limits, only",
        f"{SPEED} times as fast. It knows nothing of Penstock, and keeps a log of every request; the figures below",
        "are taken from there.",
    )
    tell.table(
        ("destination", "its address here", "users travel in"),
        (
            ("Iterable", scene.iterable.url, "requests with up to 1,000 of them"),
            ("Zendesk", scene.zendesk.url, "jobs with up to 100 of them"),
        ),
    )
    tell.say(
        f"One user is at both already: Zoë ({ZOES_ADDRESS}), the customer whom we follow. Marketing has old values",
        f"of her, and keeps an attribute of its own: favouriteShop = “{FAVOURITE_SHOP}”. In Zendesk an agent has",
        f"typed a note: “{AGENTS_NOTE}”",
    )


def _dirt(scene: Scene, what: str, condition: str, column: str) -> tuple[str, int, str]:
    rows = scene.shop.ask(
        f"SELECT {column} FROM customers WHERE {column} IS NOT NULL QUALIFY {condition} ORDER BY customer_id"
        if "OVER" in condition
        else f"SELECT {column} FROM customers WHERE {condition} ORDER BY customer_id"
    )
    return what, len(rows), repr(next((value for (value,) in rows if value is not None), None))
