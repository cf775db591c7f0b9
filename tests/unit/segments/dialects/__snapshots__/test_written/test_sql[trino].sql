-- {field: country, is: France}
SELECT * FROM "customers" WHERE NOT "country" IS NULL AND LOWER("country") = LOWER('France');

-- {field: country, is_not: France}
SELECT * FROM "customers" WHERE "country" IS NULL OR LOWER("country") <> LOWER('France');

-- {field: country, is_any_of: [France, Italy]}
SELECT * FROM "customers" WHERE NOT "country" IS NULL AND LOWER("country") IN (LOWER('France'), LOWER('Italy'));

-- {field: country, is_none_of: [France, Italy]}
SELECT * FROM "customers" WHERE "country" IS NULL OR NOT LOWER("country") IN (LOWER('France'), LOWER('Italy'));

-- {field: country, contains: land}
SELECT * FROM "customers" WHERE NOT "country" IS NULL AND STRPOS(LOWER("country"), LOWER('land')) > 0;

-- {field: country, does_not_contain: land}
SELECT * FROM "customers" WHERE "country" IS NULL OR NOT STRPOS(LOWER("country"), LOWER('land')) > 0;

-- {field: country, starts_with: Fr}
SELECT * FROM "customers" WHERE NOT "country" IS NULL AND SUBSTR(LOWER("country"), 1, LENGTH(LOWER('Fr'))) = LOWER('Fr');

-- {field: country, ends_with: land}
SELECT * FROM "customers" WHERE NOT "country" IS NULL AND CASE WHEN LENGTH(LOWER("country")) <= LENGTH(LOWER('land')) THEN LOWER("country") ELSE SUBSTR(LOWER("country"), LENGTH(LOWER("country")) - (LENGTH(LOWER('land')) - 1)) END = LOWER('land');

-- {field: country, matches: "?r*e"}
SELECT * FROM "customers" WHERE NOT "country" IS NULL AND LOWER("country") LIKE LOWER('_r%e');

-- {field: country, is_empty: true}
SELECT * FROM "customers" WHERE "country" IS NULL OR "country" = '';

-- {field: country, is_not_empty: true}
SELECT * FROM "customers" WHERE NOT ("country" IS NULL OR "country" = '');

-- {field: country, is_known: true}
SELECT * FROM "customers" WHERE NOT "country" IS NULL;

-- {field: country, is_unknown: true}
SELECT * FROM "customers" WHERE "country" IS NULL;

-- {field: orders, is: 3}
SELECT * FROM "customers" WHERE NOT "orders" IS NULL AND "orders" = 3;

-- {field: orders, is_not: 3}
SELECT * FROM "customers" WHERE "orders" IS NULL OR "orders" <> 3;

-- {field: orders, is_any_of: [1, 2]}
SELECT * FROM "customers" WHERE NOT "orders" IS NULL AND "orders" IN (1, 2);

-- {field: orders, is_none_of: [1, 2]}
SELECT * FROM "customers" WHERE "orders" IS NULL OR NOT "orders" IN (1, 2);

-- {field: orders, less_than: 50}
SELECT * FROM "customers" WHERE NOT "orders" IS NULL AND "orders" < 50;

-- {field: orders, at_most: 50}
SELECT * FROM "customers" WHERE NOT "orders" IS NULL AND "orders" <= 50;

-- {field: orders, greater_than: 50}
SELECT * FROM "customers" WHERE NOT "orders" IS NULL AND "orders" > 50;

-- {field: orders, at_least: 50}
SELECT * FROM "customers" WHERE NOT "orders" IS NULL AND "orders" >= 50;

-- {field: orders, between: [2, 5]}
SELECT * FROM "customers" WHERE NOT "orders" IS NULL AND ("orders" >= 2 AND "orders" <= 5);

-- {field: orders, is_known: true}
SELECT * FROM "customers" WHERE NOT "orders" IS NULL;

-- {field: orders, is_unknown: true}
SELECT * FROM "customers" WHERE "orders" IS NULL;

-- {field: newsletter, is: true}
SELECT * FROM "customers" WHERE NOT "newsletter" IS NULL AND "newsletter";

-- {field: newsletter, is_not: true}
SELECT * FROM "customers" WHERE "newsletter" IS NULL OR NOT "newsletter";

-- {field: newsletter, is_known: true}
SELECT * FROM "customers" WHERE NOT "newsletter" IS NULL;

-- {field: newsletter, is_unknown: true}
SELECT * FROM "customers" WHERE "newsletter" IS NULL;

-- {field: signed_up_on, between: [2026-01-01, 2026-03-31]}
SELECT * FROM "customers" WHERE NOT "signed_up_on" IS NULL AND ("signed_up_on" >= CAST('2026-01-01' AS DATE) AND "signed_up_on" <= CAST('2026-03-31' AS DATE));

-- {field: signed_up_on, is_known: true}
SELECT * FROM "customers" WHERE NOT "signed_up_on" IS NULL;

-- {field: signed_up_on, is_unknown: true}
SELECT * FROM "customers" WHERE "signed_up_on" IS NULL;

-- {field: signed_up_on, on: 2026-01-31}
SELECT * FROM "customers" WHERE NOT "signed_up_on" IS NULL AND "signed_up_on" = CAST('2026-01-31' AS DATE);

-- {field: signed_up_on, before: 2026-01-31}
SELECT * FROM "customers" WHERE NOT "signed_up_on" IS NULL AND "signed_up_on" < CAST('2026-01-31' AS DATE);

-- {field: signed_up_on, after: 2026-01-31}
SELECT * FROM "customers" WHERE NOT "signed_up_on" IS NULL AND "signed_up_on" > CAST('2026-01-31' AS DATE);

-- {field: signed_up_on, last: 30 days}
SELECT * FROM "customers" WHERE NOT "signed_up_on" IS NULL AND ("signed_up_on" >= CAST('2026-06-01' AS DATE) AND "signed_up_on" <= CAST('2026-07-01' AS DATE));

-- {field: signed_up_on, next: 30 days}
SELECT * FROM "customers" WHERE NOT "signed_up_on" IS NULL AND ("signed_up_on" >= CAST('2026-07-01' AS DATE) AND "signed_up_on" <= CAST('2026-07-31' AS DATE));

-- {field: signed_up_on, more_than_ago: 30 days}
SELECT * FROM "customers" WHERE NOT "signed_up_on" IS NULL AND "signed_up_on" < CAST('2026-06-01' AS DATE);

-- {field: signed_up_on, anniversary: true}
SELECT * FROM "customers" WHERE NOT "signed_up_on" IS NULL AND (EXTRACT(MONTH FROM "signed_up_on") = 7 AND EXTRACT(DAY FROM "signed_up_on") = 1);

-- {field: last_seen_at, between: [2026-01-01, 2026-03-31]}
SELECT * FROM "customers" WHERE NOT "last_seen_at" IS NULL AND ("last_seen_at" >= CAST('2026-01-01 00:00:00' AS TIMESTAMP(6)) AND "last_seen_at" < CAST('2026-04-01 00:00:00' AS TIMESTAMP(6)));

-- {field: last_seen_at, is_known: true}
SELECT * FROM "customers" WHERE NOT "last_seen_at" IS NULL;

-- {field: last_seen_at, is_unknown: true}
SELECT * FROM "customers" WHERE "last_seen_at" IS NULL;

-- {field: last_seen_at, on: 2026-01-31}
SELECT * FROM "customers" WHERE NOT "last_seen_at" IS NULL AND ("last_seen_at" >= CAST('2026-01-31 00:00:00' AS TIMESTAMP(6)) AND "last_seen_at" < CAST('2026-02-01 00:00:00' AS TIMESTAMP(6)));

-- {field: last_seen_at, before: 2026-01-31}
SELECT * FROM "customers" WHERE NOT "last_seen_at" IS NULL AND "last_seen_at" < CAST('2026-01-31 00:00:00' AS TIMESTAMP(6));

-- {field: last_seen_at, after: 2026-01-31}
SELECT * FROM "customers" WHERE NOT "last_seen_at" IS NULL AND "last_seen_at" >= CAST('2026-02-01 00:00:00' AS TIMESTAMP(6));

-- {field: last_seen_at, last: 12 hours}
SELECT * FROM "customers" WHERE NOT "last_seen_at" IS NULL AND ("last_seen_at" >= CAST('2026-06-30 23:30:00' AS TIMESTAMP(6)) AND "last_seen_at" <= CAST('2026-07-01 11:30:00' AS TIMESTAMP(6)));

-- {field: last_seen_at, next: 30 days}
SELECT * FROM "customers" WHERE NOT "last_seen_at" IS NULL AND ("last_seen_at" >= CAST('2026-07-01 11:30:00' AS TIMESTAMP(6)) AND "last_seen_at" <= CAST('2026-07-31 11:30:00' AS TIMESTAMP(6)));

-- {field: last_seen_at, more_than_ago: 30 days}
SELECT * FROM "customers" WHERE NOT "last_seen_at" IS NULL AND "last_seen_at" < CAST('2026-06-01 11:30:00' AS TIMESTAMP(6));

-- {field: last_seen_at, anniversary: true}
SELECT * FROM "customers" WHERE NOT "last_seen_at" IS NULL AND (EXTRACT(MONTH FROM "last_seen_at") = 7 AND EXTRACT(DAY FROM "last_seen_at") = 1);

-- {field: paid_at, between: ["2026-01-01 08:00", "2026-01-01 18:00"]}
SELECT * FROM "customers" WHERE NOT "paid_at" IS NULL AND ("paid_at" >= CAST('2026-01-01 07:00:00+00:00' AS TIMESTAMP(6) WITH TIME ZONE) AND "paid_at" <= CAST('2026-01-01 17:00:00+00:00' AS TIMESTAMP(6) WITH TIME ZONE));

-- {field: paid_at, is_known: true}
SELECT * FROM "customers" WHERE NOT "paid_at" IS NULL;

-- {field: paid_at, is_unknown: true}
SELECT * FROM "customers" WHERE "paid_at" IS NULL;

-- {field: paid_at, on: 2026-01-31}
SELECT * FROM "customers" WHERE NOT "paid_at" IS NULL AND ("paid_at" >= CAST('2026-01-30 23:00:00+00:00' AS TIMESTAMP(6) WITH TIME ZONE) AND "paid_at" < CAST('2026-01-31 23:00:00+00:00' AS TIMESTAMP(6) WITH TIME ZONE));

-- {field: paid_at, before: 2026-01-31}
SELECT * FROM "customers" WHERE NOT "paid_at" IS NULL AND "paid_at" < CAST('2026-01-30 23:00:00+00:00' AS TIMESTAMP(6) WITH TIME ZONE);

-- {field: paid_at, after: 2026-01-31}
SELECT * FROM "customers" WHERE NOT "paid_at" IS NULL AND "paid_at" >= CAST('2026-01-31 23:00:00+00:00' AS TIMESTAMP(6) WITH TIME ZONE);

-- {field: paid_at, last: 30 days}
SELECT * FROM "customers" WHERE NOT "paid_at" IS NULL AND ("paid_at" >= CAST('2026-06-01 09:30:00+00:00' AS TIMESTAMP(6) WITH TIME ZONE) AND "paid_at" <= CAST('2026-07-01 09:30:00+00:00' AS TIMESTAMP(6) WITH TIME ZONE));

-- {field: paid_at, next: 30 days}
SELECT * FROM "customers" WHERE NOT "paid_at" IS NULL AND ("paid_at" >= CAST('2026-07-01 09:30:00+00:00' AS TIMESTAMP(6) WITH TIME ZONE) AND "paid_at" <= CAST('2026-07-31 09:30:00+00:00' AS TIMESTAMP(6) WITH TIME ZONE));

-- {field: paid_at, more_than_ago: 30 days}
SELECT * FROM "customers" WHERE NOT "paid_at" IS NULL AND "paid_at" < CAST('2026-06-01 09:30:00+00:00' AS TIMESTAMP(6) WITH TIME ZONE);

-- {field: paid_at, anniversary: true}
SELECT * FROM "customers" WHERE NOT "paid_at" IS NULL AND (EXTRACT(MONTH FROM AT_TIMEZONE("paid_at", 'Europe/Paris')) = 7 AND EXTRACT(DAY FROM AT_TIMEZONE("paid_at", 'Europe/Paris')) = 1);

-- {field: tags, contains: vip}
SELECT * FROM "customers" WHERE COALESCE(ANY_MATCH("tags", penstock_element -> COALESCE(LOWER(penstock_element) IN (LOWER('vip')), FALSE)), FALSE);

-- {field: tags, does_not_contain: vip}
SELECT * FROM "customers" WHERE NOT COALESCE(ANY_MATCH("tags", penstock_element -> COALESCE(LOWER(penstock_element) IN (LOWER('vip')), FALSE)), FALSE);

-- {field: tags, is_empty: true}
SELECT * FROM "customers" WHERE "tags" IS NULL OR COALESCE(CARDINALITY("tags"), 0) = 0;

-- {field: tags, is_not_empty: true}
SELECT * FROM "customers" WHERE NOT ("tags" IS NULL OR COALESCE(CARDINALITY("tags"), 0) = 0);

-- {field: tags, is_known: true}
SELECT * FROM "customers" WHERE NOT "tags" IS NULL;

-- {field: tags, is_unknown: true}
SELECT * FROM "customers" WHERE "tags" IS NULL;

-- {field: tags, contains_any: [garden, cook]}
SELECT * FROM "customers" WHERE COALESCE(ANY_MATCH("tags", penstock_element -> COALESCE(LOWER(penstock_element) IN (LOWER('garden'), LOWER('cook')), FALSE)), FALSE);

-- {field: tags, contains_all: [garden, cook]}
SELECT * FROM "customers" WHERE COALESCE(ANY_MATCH("tags", penstock_element -> COALESCE(LOWER(penstock_element) IN (LOWER('garden')), FALSE)), FALSE) AND COALESCE(ANY_MATCH("tags", penstock_element -> COALESCE(LOWER(penstock_element) IN (LOWER('cook')), FALSE)), FALSE);

-- {field: tags, contains_none: [garden, cook]}
SELECT * FROM "customers" WHERE NOT COALESCE(ANY_MATCH("tags", penstock_element -> COALESCE(LOWER(penstock_element) IN (LOWER('garden'), LOWER('cook')), FALSE)), FALSE);

-- {field: address, is_known: true}
SELECT * FROM "customers" WHERE NOT "address" IS NULL;

-- {field: address, is_unknown: true}
SELECT * FROM "customers" WHERE "address" IS NULL;

-- {field: country, is: "O'Brien\\ "}
SELECT * FROM "customers" WHERE NOT "country" IS NULL AND LOWER("country") = LOWER('O''Brien\ ');

-- {field: country, is_any_of: ["'; DROP TABLE customers; --", É]}
SELECT * FROM "customers" WHERE NOT "country" IS NULL AND LOWER("country") IN (LOWER('''; DROP TABLE customers; --'), LOWER('É'));

-- {field: country, contains: "50%", match_case: true}
SELECT * FROM "customers" WHERE NOT "country" IS NULL AND STRPOS("country", '50%') > 0;

-- {field: country, matches: "5%_[a]\\?*", match_case: true}
SELECT * FROM "customers" WHERE NOT "country" IS NULL AND "country" LIKE '5\%\_[a]\\_%' ESCAPE '\';

-- {field: country, matches: 'a*[b]?'}
SELECT * FROM "customers" WHERE NOT "country" IS NULL AND LOWER("country") LIKE LOWER('a%[b]_');

-- {field: country, starts_with: 'é '}
SELECT * FROM "customers" WHERE NOT "country" IS NULL AND SUBSTR(LOWER("country"), 1, LENGTH(LOWER('é '))) = LOWER('é ');

-- {not: {field: country, is: France}}
SELECT * FROM "customers" WHERE "country" IS NULL OR LOWER("country") <> LOWER('France');

-- {field: orders, is: 1.5}
SELECT * FROM "customers" WHERE NOT "orders" IS NULL AND FALSE;

-- {field: spent, is_any_of: [1.1, 2]}
SELECT * FROM "customers" WHERE NOT "spent" IS NULL AND "spent" IN (1.1, 2);

-- {field: spent, less_than: 1.101}
SELECT * FROM "customers" WHERE NOT "spent" IS NULL AND "spent" <= 1.10;

-- {field: score, is: 0.1}
SELECT * FROM "customers" WHERE NOT "score" IS NULL AND "score" = CAST('0.1' AS DOUBLE);

-- {field: score, is_none_of: [0.1, 1.5]}
SELECT * FROM "customers" WHERE "score" IS NULL OR NOT "score" IN (CAST('0.1' AS DOUBLE), CAST('1.5' AS DOUBLE));

-- {field: score, between: [0.1, 1e300]}
SELECT * FROM "customers" WHERE NOT "score" IS NULL AND (("score" >= CAST('0.1' AS DOUBLE) AND "score" <= INFINITY()) AND "score" <= CAST('1e+300' AS DOUBLE));

-- {field: score, at_most: 1}
SELECT * FROM "customers" WHERE NOT "score" IS NULL AND "score" <= 1;

-- {field: ratio, is: 0.1}
SELECT * FROM "customers" WHERE NOT "ratio" IS NULL AND "ratio" = CAST('0.1' AS REAL);

-- {field: visits_of, contains_any: [1, 2]}
SELECT * FROM "customers" WHERE COALESCE(ANY_MATCH("visits_of", penstock_element -> COALESCE(penstock_element IN (1, 2), FALSE)), FALSE);

-- {field: visits_of, contains_all: [1, 2]}
SELECT * FROM "customers" WHERE COALESCE(ANY_MATCH("visits_of", penstock_element -> COALESCE(penstock_element = 1, FALSE)), FALSE) AND COALESCE(ANY_MATCH("visits_of", penstock_element -> COALESCE(penstock_element = 2, FALSE)), FALSE);

-- {field: last_seen_at, before: '2026-01-31 10:00:00.5'}
SELECT * FROM "customers" WHERE NOT "last_seen_at" IS NULL AND "last_seen_at" < CAST('2026-01-31 10:00:00.500000' AS TIMESTAMP(6));

-- {any: [{field: newsletter, is: true}, {not: {field: newsletter, is: true}}, {field: orders, is: 1}]}
SELECT * FROM "customers" WHERE (NOT "newsletter" IS NULL AND "newsletter") OR ("newsletter" IS NULL OR NOT "newsletter") OR (NOT "orders" IS NULL AND "orders" = 1);

-- {related: orders}
SELECT
  "customers".*
FROM "customers" AS "customers"
WHERE
  EXISTS(
    SELECT
      1
    FROM (
      SELECT
        "orders"."customer_id" AS "k0"
      FROM "orders" AS "orders"
    ) AS "with_orders"
    WHERE
      "customers"."customer_id" = "with_orders"."k0"
  );

-- {related: orders, have: none, where: {field: status, is: paid}}
SELECT
  "customers".*
FROM "customers" AS "customers"
WHERE
  NOT EXISTS(
    SELECT
      1
    FROM (
      SELECT
        "orders"."customer_id" AS "k0"
      FROM "orders" AS "orders"
      WHERE
        NOT "orders"."status" IS NULL AND LOWER("orders"."status") = LOWER('paid')
    ) AS "with_orders"
    WHERE
      "customers"."customer_id" = "with_orders"."k0"
  );

-- {related: orders, have: all, where: {field: total, at_least: 9.5}, within: {field: ordered_at, last: 30 days}}
SELECT
  "customers".*
FROM "customers" AS "customers"
WHERE
  EXISTS(
    SELECT
      1
    FROM (
      SELECT
        "orders"."customer_id" AS "k0"
      FROM "orders" AS "orders"
      WHERE
        NOT "orders"."ordered_at" IS NULL
        AND (
          "orders"."ordered_at" >= CAST('2026-06-01 11:30:00' AS TIMESTAMP(6))
          AND "orders"."ordered_at" <= CAST('2026-07-01 11:30:00' AS TIMESTAMP(6))
        )
      GROUP BY
        "orders"."customer_id"
      HAVING
        MAX(
          CASE WHEN NOT "orders"."total" IS NULL AND "orders"."total" >= 9.5 THEN 0 ELSE 1 END
        ) = 0
    ) AS "with_orders"
    WHERE
      "customers"."customer_id" = "with_orders"."k0"
  );

-- {related: orders, count: {at_least: 2}}
SELECT
  "customers".*
FROM "customers" AS "customers"
WHERE
  EXISTS(
    SELECT
      1
    FROM (
      SELECT
        "orders"."customer_id" AS "k0"
      FROM "orders" AS "orders"
      GROUP BY
        "orders"."customer_id"
      HAVING
        NOT COUNT(*) IS NULL AND COUNT(*) >= 2
    ) AS "with_orders"
    WHERE
      "customers"."customer_id" = "with_orders"."k0"
  );

-- {related: orders, count: {at_most: 2}}
SELECT
  "customers".*
FROM "customers" AS "customers"
WHERE
  NOT EXISTS(
    SELECT
      1
    FROM (
      SELECT
        "orders"."customer_id" AS "k0"
      FROM "orders" AS "orders"
      GROUP BY
        "orders"."customer_id"
      HAVING
        COUNT(*) IS NULL OR NOT COUNT(*) <= 2
    ) AS "with_orders"
    WHERE
      "customers"."customer_id" = "with_orders"."k0"
  );

-- {related: orders, sum: {of: total, at_least: 100}}
SELECT
  "customers".*
FROM "customers" AS "customers"
WHERE
  EXISTS(
    SELECT
      1
    FROM (
      SELECT
        "orders"."customer_id" AS "k0"
      FROM "orders" AS "orders"
      GROUP BY
        "orders"."customer_id"
      HAVING
        NOT COALESCE(SUM("orders"."total"), 0) IS NULL
        AND COALESCE(SUM("orders"."total"), 0) >= 100
    ) AS "with_orders"
    WHERE
      "customers"."customer_id" = "with_orders"."k0"
  );

-- {related: orders, average: {of: total, less_than: 10.5}}
SELECT
  "customers".*
FROM "customers" AS "customers"
WHERE
  EXISTS(
    SELECT
      1
    FROM (
      SELECT
        "orders"."customer_id" AS "k0"
      FROM "orders" AS "orders"
      GROUP BY
        "orders"."customer_id"
      HAVING
        NOT SUM("orders"."total") IS NULL
        AND SUM("orders"."total") < 10.5 * COUNT("orders"."total")
    ) AS "with_orders"
    WHERE
      "customers"."customer_id" = "with_orders"."k0"
  );

-- {related: orders, minimum: {of: total, between: [1, 2]}}
SELECT
  "customers".*
FROM "customers" AS "customers"
WHERE
  EXISTS(
    SELECT
      1
    FROM (
      SELECT
        "orders"."customer_id" AS "k0"
      FROM "orders" AS "orders"
      GROUP BY
        "orders"."customer_id"
      HAVING
        NOT MIN("orders"."total") IS NULL
        AND (
          MIN("orders"."total") >= 1 AND MIN("orders"."total") <= 2
        )
    ) AS "with_orders"
    WHERE
      "customers"."customer_id" = "with_orders"."k0"
  );

-- {related: orders, maximum: {of: ordered_at, more_than_ago: 6 months}}
SELECT
  "customers".*
FROM "customers" AS "customers"
WHERE
  EXISTS(
    SELECT
      1
    FROM (
      SELECT
        "orders"."customer_id" AS "k0"
      FROM "orders" AS "orders"
      GROUP BY
        "orders"."customer_id"
      HAVING
        NOT MAX("orders"."ordered_at") IS NULL
        AND MAX("orders"."ordered_at") < CAST('2026-01-01 11:30:00' AS TIMESTAMP(6))
    ) AS "with_orders"
    WHERE
      "customers"."customer_id" = "with_orders"."k0"
  );

-- {related: orders.lines.product, where: {field: name, is: Lamp}}
SELECT
  "customers".*
FROM "customers" AS "customers"
WHERE
  EXISTS(
    SELECT
      1
    FROM (
      SELECT
        "orders"."customer_id" AS "k0"
      FROM "orders" AS "orders"
      JOIN "lines" AS "lines"
        ON "orders"."order_id" = "lines"."order_id"
      JOIN "products" AS "products"
        ON "lines"."product_id" = "products"."product_id"
      WHERE
        NOT "products"."name" IS NULL AND LOWER("products"."name") = LOWER('Lamp')
    ) AS "with_product"
    WHERE
      "customers"."customer_id" = "with_product"."k0"
  );

-- {related: tags, where: {field: word, is: vip}}
SELECT
  "customers".*
FROM "customers" AS "customers"
WHERE
  EXISTS(
    SELECT
      1
    FROM (
      SELECT
        "links"."customer_id" AS "k0"
      FROM "customer_tags" AS "links"
      JOIN "tags" AS "tags"
        ON "links"."tag_id" = "tags"."tag_id"
      WHERE
        NOT "tags"."word" IS NULL AND LOWER("tags"."word") = LOWER('vip')
    ) AS "with_tags"
    WHERE
      "customers"."customer_id" = "with_tags"."k0"
  );

-- {related: tags, count: {at_least: 2}}
SELECT
  "customers".*
FROM "customers" AS "customers"
WHERE
  EXISTS(
    SELECT
      1
    FROM (
      SELECT
        "each"."k0" AS "k0"
      FROM (
        SELECT DISTINCT
          "links"."customer_id" AS "k0",
          "tags"."tag_id" AS "id"
        FROM "customer_tags" AS "links"
        JOIN "tags" AS "tags"
          ON "links"."tag_id" = "tags"."tag_id"
      ) AS "each"
      GROUP BY
        "each"."k0"
      HAVING
        NOT COUNT(*) IS NULL AND COUNT(*) >= 2
    ) AS "with_tags"
    WHERE
      "customers"."customer_id" = "with_tags"."k0"
  );

-- {did: visits, then: {did: orders}, within: 12 hours}
SELECT
  "customers".*
FROM "customers" AS "customers"
WHERE
  EXISTS(
    SELECT
      1
    FROM (
      SELECT DISTINCT
        "first"."k0" AS "k0"
      FROM (
        SELECT
          "visits"."customer_id" AS "k0",
          "visits"."seen_at" AS "at",
          "visits"."visit_id" AS "id"
        FROM "visits" AS "visits"
      ) AS "first"
      JOIN (
        SELECT
          "orders"."customer_id" AS "k0",
          "orders"."ordered_at" AS "at",
          "orders"."order_id" AS "id"
        FROM "orders" AS "orders"
      ) AS "later"
        ON "first"."k0" = "later"."k0"
        AND "later"."at" > "first"."at"
        AND "later"."at" <= DATE_ADD('HOUR', 12, "first"."at")
    ) AS "followed"
    WHERE
      "customers"."customer_id" = "followed"."k0"
  );

-- {did: visits, then: {did: orders}, within: 7 days}
SELECT
  "customers".*
FROM "customers" AS "customers"
WHERE
  EXISTS(
    SELECT
      1
    FROM (
      SELECT DISTINCT
        "first"."k0" AS "k0"
      FROM (
        SELECT
          "visits"."customer_id" AS "k0",
          "visits"."seen_at" AS "at",
          "visits"."visit_id" AS "id"
        FROM "visits" AS "visits"
      ) AS "first"
      JOIN (
        SELECT
          "orders"."customer_id" AS "k0",
          "orders"."ordered_at" AS "at",
          "orders"."order_id" AS "id"
        FROM "orders" AS "orders"
      ) AS "later"
        ON "first"."k0" = "later"."k0"
        AND "later"."at" > "first"."at"
        AND "later"."at" <= DATE_ADD('DAY', 7, "first"."at")
    ) AS "followed"
    WHERE
      "customers"."customer_id" = "followed"."k0"
  );

-- {did: visits, then: {did: orders}, within: 2 weeks}
SELECT
  "customers".*
FROM "customers" AS "customers"
WHERE
  EXISTS(
    SELECT
      1
    FROM (
      SELECT DISTINCT
        "first"."k0" AS "k0"
      FROM (
        SELECT
          "visits"."customer_id" AS "k0",
          "visits"."seen_at" AS "at",
          "visits"."visit_id" AS "id"
        FROM "visits" AS "visits"
      ) AS "first"
      JOIN (
        SELECT
          "orders"."customer_id" AS "k0",
          "orders"."ordered_at" AS "at",
          "orders"."order_id" AS "id"
        FROM "orders" AS "orders"
      ) AS "later"
        ON "first"."k0" = "later"."k0"
        AND "later"."at" > "first"."at"
        AND "later"."at" <= DATE_ADD('DAY', 14, "first"."at")
    ) AS "followed"
    WHERE
      "customers"."customer_id" = "followed"."k0"
  );

-- {did: visits, then: {did: orders}, within: 2 months}
SELECT
  "customers".*
FROM "customers" AS "customers"
WHERE
  EXISTS(
    SELECT
      1
    FROM (
      SELECT DISTINCT
        "first"."k0" AS "k0"
      FROM (
        SELECT
          "visits"."customer_id" AS "k0",
          "visits"."seen_at" AS "at",
          "visits"."visit_id" AS "id"
        FROM "visits" AS "visits"
      ) AS "first"
      JOIN (
        SELECT
          "orders"."customer_id" AS "k0",
          "orders"."ordered_at" AS "at",
          "orders"."order_id" AS "id"
        FROM "orders" AS "orders"
      ) AS "later"
        ON "first"."k0" = "later"."k0"
        AND "later"."at" > "first"."at"
        AND "later"."at" <= DATE_ADD('MONTH', 2, "first"."at")
    ) AS "followed"
    WHERE
      "customers"."customer_id" = "followed"."k0"
  );

-- {any: [{segment: newsletter_readers}, {related: orders, where: {related: lines}}]}
SELECT
  "customers".*
FROM "customers" AS "customers"
LEFT JOIN (
  SELECT DISTINCT
    "orders"."customer_id" AS "k0"
  FROM "orders" AS "orders"
  WHERE
    EXISTS(
      SELECT
        1
      FROM (
        SELECT
          "lines"."order_id" AS "k0"
        FROM "lines" AS "lines"
      ) AS "with_lines"
      WHERE
        "orders"."order_id" = "with_lines"."k0"
    )
) AS "with_orders"
  ON "customers"."customer_id" = "with_orders"."k0"
WHERE
  (
    NOT "customers"."newsletter" IS NULL AND "customers"."newsletter"
  )
  OR NOT "with_orders"."k0" IS NULL;

-- {sql: "orders > 2 * coalesce(visits, 0)"}
SELECT * FROM "customers" WHERE COALESCE(CAST(("orders" > 2 * COALESCE("visits", 0)) AS BOOLEAN), FALSE);

-- {sql: "country LIKE 'F%' OR newsletter"}
SELECT * FROM "customers" WHERE COALESCE(CAST(("country" LIKE 'F%' OR "newsletter") AS BOOLEAN), FALSE);

-- top
SELECT * FROM "customers" WHERE NOT "orders" IS NULL ORDER BY "orders" DESC, "customer_id" LIMIT 3;

-- split
SELECT * FROM "customers" WHERE SUBSTR(LOWER(TO_HEX(MD5(TO_UTF8(CONCAT('it''s:', CAST("customer_id" AS VARCHAR)))))), 1, 8) >= '33333333' AND SUBSTR(LOWER(TO_HEX(MD5(TO_UTF8(CONCAT('it''s:', CAST("customer_id" AS VARCHAR)))))), 1, 8) < '67ae147a';

-- hold_out
SELECT * FROM "customers" WHERE NOT (SUBSTR(LOWER(TO_HEX(MD5(TO_UTF8(CONCAT('never:', CAST("customer_id" AS VARCHAR)))))), 1, 8) < '0ccccccc');

-- top and split
SELECT
  "customers".*
FROM (
  SELECT
    "customers".*
  FROM "customers" AS "customers"
  WHERE
    NOT "customers"."orders" IS NULL
  ORDER BY
    "customers"."orders" ASC,
    "customers"."customer_id"
  LIMIT 3
) AS "customers"
WHERE
  SUBSTR(
    LOWER(
      TO_HEX(MD5(TO_UTF8(CONCAT('spring:', CAST("customers"."customer_id" AS VARCHAR)))))
    ),
    1,
    8
  ) < '80000000';
