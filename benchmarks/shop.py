"""Users, five times as many orders, products and brands, made up by hashing; and questions about related rows."""

from __future__ import annotations

from pathlib import Path

from penstock.engine import open_engine
from penstock.quoting import quote_text

ORDERS_OF_A_USER = 5
PRODUCTS = 10_000
BRANDS = 1_000
PROJECT = """
sources:
  - {{name: shop, type: duckdb, path: {path}}}
settings: {{memory: {memory}}}
models:
  - name: users
    source: shop
    table: users
    kind: users
    primary_key: id
    relations:
      - {{name: orders, model: orders, many: true, on: {{id: user_id}}}}
  - name: orders
    source: shop
    table: orders
    kind: events
    primary_key: id
    relations:
      - {{name: product, model: products, on: {{product_id: id}}}}
  - name: products
    source: shop
    table: products
    primary_key: id
    relations:
      - {{name: brand, model: brands, on: {{brand_id: id}}}}
  - {{name: brands, source: shop, table: brands, primary_key: id}}
segments:
  - name: side_by_side
    model: users
    where:
      all:
        - related: orders
          where: {{field: total, greater_than: 50}}
          within: {{field: ordered_at, after: 2024-12-31}}
          count: {{at_least: 3}}
        - {{related: orders.product, where: {{field: category, is: garden}}}}
        - {{related: orders, have: none, where: {{field: status, is: refunded}}}}
  - name: one_in_another
    model: users
    where:
      related: orders
      count: {{at_least: 2}}
      where:
        all:
          - {{field: total, greater_than: 20}}
          - related: product
            where:
              all:
                - {{field: category, is_any_of: [garden, kitchen]}}
                - {{related: brand, where: {{field: country, is: France}}}}
"""
_OFTEN = """SELECT user_id FROM orders WHERE total > 50 AND ordered_at >= TIMESTAMP '2025-01-01'
GROUP BY user_id HAVING count(*) >= 3"""
_GARDEN = "SELECT user_id FROM orders AS o JOIN products AS p ON o.product_id = p.id WHERE lower(category) = 'garden'"
_REFUNDED = "SELECT user_id FROM orders WHERE lower(status) = 'refunded'"
_FRENCH = """SELECT user_id FROM orders AS o {join} (
  SELECT p.id FROM products AS p JOIN brands AS b ON b.id = p.brand_id
  WHERE lower(p.category) IN ('garden', 'kitchen') AND lower(b.country) = 'france') AS f ON o.product_id = f.id
  WHERE o.total > 20 GROUP BY user_id HAVING count(*) >= 2"""
BY_HAND = {
    "side_by_side": {
        "sets of keys": f"""SELECT count(*) FROM users WHERE id IN ({_OFTEN}) AND id IN ({_GARDEN})
AND NOT EXISTS (SELECT 1 FROM ({_REFUNDED}) AS r WHERE r.user_id = users.id)""",
        "semi- and anti-joins": f"""SELECT count(*) FROM users SEMI JOIN ({_OFTEN}) AS a ON users.id = a.user_id
SEMI JOIN ({_GARDEN}) AS b ON users.id = b.user_id ANTI JOIN ({_REFUNDED}) AS c ON users.id = c.user_id""",
        "one pass over the orders": """SELECT count(*) FROM users JOIN (
  SELECT user_id FROM orders AS o LEFT JOIN products AS p ON o.product_id = p.id GROUP BY user_id
  HAVING count(*) FILTER (total > 50 AND ordered_at >= TIMESTAMP '2025-01-01') >= 3
  AND count(*) FILTER (lower(category) = 'garden') > 0 AND count(*) FILTER (lower(status) = 'refunded') = 0
) AS g ON g.user_id = users.id""",
    },
    "one_in_another": {
        "joins": f"SELECT count(*) FROM users WHERE id IN ({_FRENCH.format(join='JOIN')})",
        "semi-joins": f"""SELECT count(*) FROM users SEMI JOIN ({_FRENCH.format(join="SEMI JOIN")}) AS g
ON g.user_id = users.id""",
    },
}
"""The same questions as people who know SQL well would write them; the best of them is the measure."""


def write_shop(path: Path, *, users: int) -> None:
    """Write the tables into a DuckDB file of their own."""
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    connection = open_engine(memory="4GB", scratch=path.parent, ordered=True)
    try:
        connection.execute(f"ATTACH {quote_text(str(partial))} AS made")
        email = "'u' || range || '@example.com'"
        connection.execute(f"CREATE TABLE made.users AS SELECT range AS id, {email} AS email FROM range({users})")
        connection.execute(
            f"CREATE TABLE made.products AS SELECT range AS id, range % {BRANDS} AS brand_id,"
            " (['garden', 'kitchen', 'books', 'toys', 'music'])[(1 + range % 5)::INT] AS category"
            f" FROM range({PRODUCTS})"
        )
        connection.execute(
            "CREATE TABLE made.brands AS SELECT range AS id,"
            " (['France', 'Italy', 'Spain', 'Peru'])[(1 + range // 7 % 4)::INT] AS country"
            f" FROM range({BRANDS})"
        )
        connection.execute(
            f"""CREATE TABLE made.orders AS SELECT range AS id, (hash(range * 7) % {users})::BIGINT AS user_id,
            (hash(range * 11) % {PRODUCTS})::BIGINT AS product_id,
            ((hash(range * 13) % 20000) / 100)::DECIMAL(10, 2) AS total,
            (['paid', 'paid', 'paid', 'paid', 'refunded', 'open'])[(1 + hash(range * 17) % 6)::INT] AS status,
            TIMESTAMP '2024-01-01' + to_seconds((hash(range * 19) % 63072000)::BIGINT) AS ordered_at
            FROM range({users * ORDERS_OF_A_USER})"""
        )
    finally:
        connection.close()
    partial.replace(path)
