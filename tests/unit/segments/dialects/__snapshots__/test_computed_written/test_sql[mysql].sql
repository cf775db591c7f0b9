-- orders_number
SELECT
  `customers`.`id` AS `id`,
  CAST(COALESCE(`orders_number`.`v`, 0) AS SIGNED) AS `orders_number`
FROM customers AS `customers`
LEFT JOIN (
  SELECT
    `orders`.`shop` AS `k0`,
    `orders`.`customer` AS `k1`,
    COUNT(*) AS `v`
  FROM orders AS `orders`
  GROUP BY
    `orders`.`shop`,
    `orders`.`customer`
) AS `orders_number`
  ON `customers`.`shop` = `orders_number`.`k0`
  AND `customers`.`number` = `orders_number`.`k1`;

-- spent
SELECT
  `customers`.`id` AS `id`,
  CAST(COALESCE(`spent`.`v`, 0) AS DECIMAL(38, 2)) AS `spent`
FROM customers AS `customers`
LEFT JOIN (
  SELECT
    `orders`.`shop` AS `k0`,
    `orders`.`customer` AS `k1`,
    CAST(SUM(`orders`.`total`) AS DECIMAL(38, 2)) AS `v`
  FROM orders AS `orders`
  WHERE
    NOT `orders`.`status` IS NULL
    AND CAST(LOWER(`orders`.`status`) AS CHAR CHARACTER SET utf8mb4) COLLATE utf8mb4_0900_bin = LOWER('a')
  GROUP BY
    `orders`.`shop`,
    `orders`.`customer`
) AS `spent`
  ON `customers`.`shop` = `spent`.`k0` AND `customers`.`number` = `spent`.`k1`;

-- late
SELECT
  `customers`.`id` AS `id`,
  CAST(COALESCE(`late`.`v`, 0) AS DECIMAL(38, 2)) AS `late`
FROM customers AS `customers`
LEFT JOIN (
  SELECT
    `orders`.`shop` AS `k0`,
    `orders`.`customer` AS `k1`,
    CAST(SUM(`orders`.`total`) AS DECIMAL(38, 2)) AS `v`
  FROM orders AS `orders`
  WHERE
    NOT `orders`.`ordered_at` IS NULL
    AND `orders`.`ordered_at` >= CAST('2024-01-04 00:00:00' AS DATETIME(6))
  GROUP BY
    `orders`.`shop`,
    `orders`.`customer`
) AS `late`
  ON `customers`.`shop` = `late`.`k0` AND `customers`.`number` = `late`.`k1`;

-- weight
SELECT
  `customers`.`id` AS `id`,
  CAST(COALESCE(`weight`.`v`, 0) AS DOUBLE) AS `weight`
FROM customers AS `customers`
LEFT JOIN (
  SELECT
    `orders`.`shop` AS `k0`,
    `orders`.`customer` AS `k1`,
    CAST(SUM(`orders`.`weight`) AS DOUBLE) AS `v`
  FROM orders AS `orders`
  GROUP BY
    `orders`.`shop`,
    `orders`.`customer`
) AS `weight`
  ON `customers`.`shop` = `weight`.`k0` AND `customers`.`number` = `weight`.`k1`;

-- average
SELECT
  `customers`.`id` AS `id`,
  CAST(`average`.`v` AS DOUBLE) AS `average`
FROM customers AS `customers`
LEFT JOIN (
  SELECT
    `orders`.`shop` AS `k0`,
    `orders`.`customer` AS `k1`,
    CAST(SUM(`orders`.`total`) AS DOUBLE) / COUNT(`orders`.`total`) AS `v`
  FROM orders AS `orders`
  GROUP BY
    `orders`.`shop`,
    `orders`.`customer`
) AS `average`
  ON `customers`.`shop` = `average`.`k0` AND `customers`.`number` = `average`.`k1`;

-- first_at
SELECT
  `customers`.`id` AS `id`,
  CAST(`first_at`.`v` AS DATETIME) AS `first_at`
FROM customers AS `customers`
LEFT JOIN (
  SELECT
    `orders`.`shop` AS `k0`,
    `orders`.`customer` AS `k1`,
    MIN(`orders`.`ordered_at`) AS `v`
  FROM orders AS `orders`
  GROUP BY
    `orders`.`shop`,
    `orders`.`customer`
) AS `first_at`
  ON `customers`.`shop` = `first_at`.`k0` AND `customers`.`number` = `first_at`.`k1`;

-- highest
SELECT
  `customers`.`id` AS `id`,
  CAST(`highest`.`v` AS DECIMAL(10, 2)) AS `highest`
FROM customers AS `customers`
LEFT JOIN (
  SELECT
    `orders`.`shop` AS `k0`,
    `orders`.`customer` AS `k1`,
    MAX(`orders`.`total`) AS `v`
  FROM orders AS `orders`
  GROUP BY
    `orders`.`shop`,
    `orders`.`customer`
) AS `highest`
  ON `customers`.`shop` = `highest`.`k0` AND `customers`.`number` = `highest`.`k1`;

-- latest
SELECT
  `customers`.`id` AS `id`,
  CAST(`latest`.`v` AS CHAR) AS `latest`
FROM customers AS `customers`
LEFT JOIN (
  SELECT
    `ranked`.`k0` AS `k0`,
    `ranked`.`k1` AS `k1`,
    `ranked`.`v`
  FROM (
    SELECT
      `orders`.`shop` AS `k0`,
      `orders`.`customer` AS `k1`,
      `orders`.`status` AS `v`,
      ROW_NUMBER() OVER (
        PARTITION BY `orders`.`shop`, `orders`.`customer`
        ORDER BY `orders`.`ordered_at` DESC, `orders`.`id` DESC
      ) AS `n`
    FROM orders AS `orders`
    WHERE
      NOT `orders`.`total` IS NULL AND NOT `orders`.`ordered_at` IS NULL
  ) AS `ranked`
  WHERE
    `ranked`.`n` = 1
) AS `latest`
  ON `customers`.`shop` = `latest`.`k0` AND `customers`.`number` = `latest`.`k1`;

-- tags_number
SELECT
  `customers`.`id` AS `id`,
  CAST(COALESCE(`tags_number`.`v`, 0) AS SIGNED) AS `tags_number`
FROM customers AS `customers`
LEFT JOIN (
  SELECT
    `each`.`k0` AS `k0`,
    COUNT(*) AS `v`
  FROM (
    SELECT DISTINCT
      `links`.`customer_id` AS `k0`,
      `tags`.`id` AS `id`
    FROM customer_tags AS `links`
    JOIN tags AS `tags`
      ON `links`.`tag_id` = `tags`.`id`
  ) AS `each`
  GROUP BY
    `each`.`k0`
) AS `tags_number`
  ON `customers`.`id` = `tags_number`.`k0`;

-- sold
SELECT
  `customers`.`id` AS `id`,
  CAST(COALESCE(`sold`.`v`, 0) AS DECIMAL(38, 0)) AS `sold`
FROM customers AS `customers`
LEFT JOIN (
  SELECT
    `orders`.`shop` AS `k0`,
    `orders`.`customer` AS `k1`,
    CAST(SUM(`lines`.`quantity`) AS DECIMAL(38, 0)) AS `v`
  FROM orders AS `orders`
  JOIN `lines` AS `lines`
    ON `orders`.`id` = `lines`.`order_id`
  GROUP BY
    `orders`.`shop`,
    `orders`.`customer`
) AS `sold`
  ON `customers`.`shop` = `sold`.`k0` AND `customers`.`number` = `sold`.`k1`;

-- products_number
SELECT
  `customers`.`id` AS `id`,
  CAST(COALESCE(`products_number`.`v`, 0) AS SIGNED) AS `products_number`
FROM customers AS `customers`
LEFT JOIN (
  SELECT
    `each`.`k0` AS `k0`,
    `each`.`k1` AS `k1`,
    COUNT(*) AS `v`
  FROM (
    SELECT DISTINCT
      `orders`.`shop` AS `k0`,
      `orders`.`customer` AS `k1`,
      `products`.`id` AS `id`
    FROM orders AS `orders`
    JOIN `lines` AS `lines`
      ON `orders`.`id` = `lines`.`order_id`
    JOIN products AS `products`
      ON `lines`.`product_id` = `products`.`id`
  ) AS `each`
  GROUP BY
    `each`.`k0`,
    `each`.`k1`
) AS `products_number`
  ON `customers`.`shop` = `products_number`.`k0`
  AND `customers`.`number` = `products_number`.`k1`;

-- last_launch
SELECT
  `customers`.`id` AS `id`,
  CAST(`last_launch`.`v` AS CHAR) AS `last_launch`
FROM customers AS `customers`
LEFT JOIN (
  SELECT
    `ranked`.`k0` AS `k0`,
    `ranked`.`k1` AS `k1`,
    `ranked`.`v`
  FROM (
    SELECT
      `orders`.`shop` AS `k0`,
      `orders`.`customer` AS `k1`,
      `products`.`name` AS `v`,
      ROW_NUMBER() OVER (
        PARTITION BY `orders`.`shop`, `orders`.`customer`
        ORDER BY `products`.`launched` DESC, `products`.`id` DESC
      ) AS `n`
    FROM orders AS `orders`
    JOIN `lines` AS `lines`
      ON `orders`.`id` = `lines`.`order_id`
    JOIN products AS `products`
      ON `lines`.`product_id` = `products`.`id`
    WHERE
      NOT `products`.`launched` IS NULL
  ) AS `ranked`
  WHERE
    `ranked`.`n` = 1
) AS `last_launch`
  ON `customers`.`shop` = `last_launch`.`k0`
  AND `customers`.`number` = `last_launch`.`k1`;

-- line_orders
SELECT
  `customers`.`id` AS `id`,
  CAST(`line_orders`.`v` AS DECIMAL(10, 2)) AS `line_orders`
FROM customers AS `customers`
LEFT JOIN (
  SELECT
    `orders`.`shop` AS `k0`,
    `orders`.`customer` AS `k1`,
    MAX(`of_order`.`v`) AS `v`
  FROM orders AS `orders`
  JOIN `lines` AS `lines`
    ON `orders`.`id` = `lines`.`order_id`
  LEFT JOIN (
    SELECT
      `ranked`.`k0` AS `k0`,
      `ranked`.`v`
    FROM (
      SELECT
        `orders_2`.`id` AS `k0`,
        `orders_2`.`total` AS `v`,
        ROW_NUMBER() OVER (PARTITION BY `orders_2`.`id` ORDER BY `orders_2`.`id`) AS `n`
      FROM orders AS `orders_2`
    ) AS `ranked`
    WHERE
      `ranked`.`n` = 1
  ) AS `of_order`
    ON `lines`.`order_id` = `of_order`.`k0`
  GROUP BY
    `orders`.`shop`,
    `orders`.`customer`
) AS `line_orders`
  ON `customers`.`shop` = `line_orders`.`k0`
  AND `customers`.`number` = `line_orders`.`k1`;

-- referrer_name
SELECT
  `customers`.`id` AS `id`,
  CAST(`referrer_name`.`v` AS CHAR) AS `referrer_name`
FROM customers AS `customers`
LEFT JOIN (
  SELECT
    `ranked`.`k0` AS `k0`,
    `ranked`.`v`
  FROM (
    SELECT
      `customers_2`.`id` AS `k0`,
      `customers_2`.`name` AS `v`,
      ROW_NUMBER() OVER (PARTITION BY `customers_2`.`id` ORDER BY `customers_2`.`id`) AS `n`
    FROM customers AS `customers_2`
  ) AS `ranked`
  WHERE
    `ranked`.`n` = 1
) AS `referrer_name`
  ON `customers`.`referred_by` = `referrer_name`.`k0`;

-- referrer_spent
SELECT
  `customers`.`id` AS `id`,
  CAST(`referrer_spent`.`v` AS DECIMAL(38, 2)) AS `referrer_spent`
FROM customers AS `customers`
LEFT JOIN (
  SELECT
    `ranked`.`k0` AS `k0`,
    `ranked`.`v`
  FROM (
    SELECT
      `customers_2`.`id` AS `k0`,
      COALESCE(`spent`.`v`, 0) AS `v`,
      ROW_NUMBER() OVER (PARTITION BY `customers_2`.`id` ORDER BY `customers_3`.`id`) AS `n`
    FROM customers AS `customers_2`
    JOIN customers AS `customers_3`
      ON `customers_2`.`referred_by` = `customers_3`.`id`
    LEFT JOIN (
      SELECT
        `orders`.`shop` AS `k0`,
        `orders`.`customer` AS `k1`,
        CAST(SUM(`orders`.`total`) AS DECIMAL(38, 2)) AS `v`
      FROM orders AS `orders`
      WHERE
        NOT `orders`.`status` IS NULL
        AND CAST(LOWER(`orders`.`status`) AS CHAR CHARACTER SET utf8mb4) COLLATE utf8mb4_0900_bin = LOWER('a')
      GROUP BY
        `orders`.`shop`,
        `orders`.`customer`
    ) AS `spent`
      ON `customers_3`.`shop` = `spent`.`k0` AND `customers_3`.`number` = `spent`.`k1`
  ) AS `ranked`
  WHERE
    `ranked`.`n` = 1
) AS `referrer_spent`
  ON `customers`.`referred_by` = `referrer_spent`.`k0`;

-- referrer_tier
SELECT
  `customers`.`id` AS `id`,
  CAST(`referrer_tier`.`v` AS CHAR) AS `referrer_tier`
FROM customers AS `customers`
LEFT JOIN (
  SELECT
    `ranked`.`k0` AS `k0`,
    `ranked`.`v`
  FROM (
    SELECT
      `customers_2`.`id` AS `k0`,
      CASE
        WHEN NOT COALESCE(`spent`.`v`, 0) IS NULL AND COALESCE(`spent`.`v`, 0) >= 2
        THEN 'gold'
        WHEN (
          NOT COALESCE(`orders_number`.`v`, 0) IS NULL
          AND COALESCE(`orders_number`.`v`, 0) >= 2
        )
        OR NOT `with_tags`.`k0` IS NULL
        THEN 'silver'
        ELSE 'bronze'
      END AS `v`,
      ROW_NUMBER() OVER (PARTITION BY `customers_2`.`id` ORDER BY `customers_2`.`id`) AS `n`
    FROM customers AS `customers_2`
    LEFT JOIN (
      SELECT
        `orders`.`shop` AS `k0`,
        `orders`.`customer` AS `k1`,
        CAST(SUM(`orders`.`total`) AS DECIMAL(38, 2)) AS `v`
      FROM orders AS `orders`
      WHERE
        NOT `orders`.`status` IS NULL
        AND CAST(LOWER(`orders`.`status`) AS CHAR CHARACTER SET utf8mb4) COLLATE utf8mb4_0900_bin = LOWER('a')
      GROUP BY
        `orders`.`shop`,
        `orders`.`customer`
    ) AS `spent`
      ON `customers_2`.`shop` = `spent`.`k0` AND `customers_2`.`number` = `spent`.`k1`
    LEFT JOIN (
      SELECT
        `orders_2`.`shop` AS `k0`,
        `orders_2`.`customer` AS `k1`,
        COUNT(*) AS `v`
      FROM orders AS `orders_2`
      GROUP BY
        `orders_2`.`shop`,
        `orders_2`.`customer`
    ) AS `orders_number`
      ON `customers_2`.`shop` = `orders_number`.`k0`
      AND `customers_2`.`number` = `orders_number`.`k1`
    LEFT JOIN (
      SELECT DISTINCT
        `links`.`customer_id` AS `k0`
      FROM customer_tags AS `links`
      JOIN tags AS `tags`
        ON `links`.`tag_id` = `tags`.`id`
      WHERE
        NOT `tags`.`word` IS NULL
        AND CAST(LOWER(`tags`.`word`) AS CHAR CHARACTER SET utf8mb4) COLLATE utf8mb4_0900_bin = LOWER('a')
    ) AS `with_tags`
      ON `customers_2`.`id` = `with_tags`.`k0`
  ) AS `ranked`
  WHERE
    `ranked`.`n` = 1
) AS `referrer_tier`
  ON `customers`.`referred_by` = `referrer_tier`.`k0`;

-- tier
SELECT
  `customers`.`id` AS `id`,
  CAST(CASE
    WHEN NOT COALESCE(`spent`.`v`, 0) IS NULL AND COALESCE(`spent`.`v`, 0) >= 2
    THEN 'gold'
    WHEN (
      NOT COALESCE(`orders_number`.`v`, 0) IS NULL
      AND COALESCE(`orders_number`.`v`, 0) >= 2
    )
    OR NOT `with_tags`.`k0` IS NULL
    THEN 'silver'
    ELSE 'bronze'
  END AS CHAR) AS `tier`
FROM customers AS `customers`
LEFT JOIN (
  SELECT
    `orders`.`shop` AS `k0`,
    `orders`.`customer` AS `k1`,
    CAST(SUM(`orders`.`total`) AS DECIMAL(38, 2)) AS `v`
  FROM orders AS `orders`
  WHERE
    NOT `orders`.`status` IS NULL
    AND CAST(LOWER(`orders`.`status`) AS CHAR CHARACTER SET utf8mb4) COLLATE utf8mb4_0900_bin = LOWER('a')
  GROUP BY
    `orders`.`shop`,
    `orders`.`customer`
) AS `spent`
  ON `customers`.`shop` = `spent`.`k0` AND `customers`.`number` = `spent`.`k1`
LEFT JOIN (
  SELECT
    `orders_2`.`shop` AS `k0`,
    `orders_2`.`customer` AS `k1`,
    COUNT(*) AS `v`
  FROM orders AS `orders_2`
  GROUP BY
    `orders_2`.`shop`,
    `orders_2`.`customer`
) AS `orders_number`
  ON `customers`.`shop` = `orders_number`.`k0`
  AND `customers`.`number` = `orders_number`.`k1`
LEFT JOIN (
  SELECT DISTINCT
    `links`.`customer_id` AS `k0`
  FROM customer_tags AS `links`
  JOIN tags AS `tags`
    ON `links`.`tag_id` = `tags`.`id`
  WHERE
    NOT `tags`.`word` IS NULL
    AND CAST(LOWER(`tags`.`word`) AS CHAR CHARACTER SET utf8mb4) COLLATE utf8mb4_0900_bin = LOWER('a')
) AS `with_tags`
  ON `customers`.`id` = `with_tags`.`k0`;

-- known
SELECT
  `customers`.`id` AS `id`,
  CAST(CASE WHEN NOT `latest`.`v` IS NULL THEN 'yes' ELSE NULL END AS CHAR) AS `known`
FROM customers AS `customers`
LEFT JOIN (
  SELECT
    `ranked`.`k0` AS `k0`,
    `ranked`.`k1` AS `k1`,
    `ranked`.`v`
  FROM (
    SELECT
      `orders`.`shop` AS `k0`,
      `orders`.`customer` AS `k1`,
      `orders`.`status` AS `v`,
      ROW_NUMBER() OVER (
        PARTITION BY `orders`.`shop`, `orders`.`customer`
        ORDER BY `orders`.`ordered_at` DESC, `orders`.`id` DESC
      ) AS `n`
    FROM orders AS `orders`
    WHERE
      NOT `orders`.`total` IS NULL AND NOT `orders`.`ordered_at` IS NULL
  ) AS `ranked`
  WHERE
    `ranked`.`n` = 1
) AS `latest`
  ON `customers`.`shop` = `latest`.`k0` AND `customers`.`number` = `latest`.`k1`;

-- per_order
SELECT
  `customers`.`id` AS `id`,
  CAST((
    CAST(COALESCE(`spent`.`v`, 0) AS DOUBLE) / NULLIF(CAST(COALESCE(`orders_number`.`v`, 0) AS DOUBLE), 0)
  ) AS DOUBLE) AS `per_order`
FROM customers AS `customers`
LEFT JOIN (
  SELECT
    `orders`.`shop` AS `k0`,
    `orders`.`customer` AS `k1`,
    CAST(SUM(`orders`.`total`) AS DECIMAL(38, 2)) AS `v`
  FROM orders AS `orders`
  WHERE
    NOT `orders`.`status` IS NULL
    AND CAST(LOWER(`orders`.`status`) AS CHAR CHARACTER SET utf8mb4) COLLATE utf8mb4_0900_bin = LOWER('a')
  GROUP BY
    `orders`.`shop`,
    `orders`.`customer`
) AS `spent`
  ON `customers`.`shop` = `spent`.`k0` AND `customers`.`number` = `spent`.`k1`
LEFT JOIN (
  SELECT
    `orders_2`.`shop` AS `k0`,
    `orders_2`.`customer` AS `k1`,
    COUNT(*) AS `v`
  FROM orders AS `orders_2`
  GROUP BY
    `orders_2`.`shop`,
    `orders_2`.`customer`
) AS `orders_number`
  ON `customers`.`shop` = `orders_number`.`k0`
  AND `customers`.`number` = `orders_number`.`k1`;

-- rounded
SELECT
  `customers`.`id` AS `id`,
  CAST(ROUND(
    CAST((
      CAST(COALESCE(`spent`.`v`, 0) AS DECIMAL(38, 2)) * CAST(1.15 AS DECIMAL(38, 2))
    ) AS DECIMAL(38, 4)),
    1
  ) AS DECIMAL(38, 1)) AS `rounded`
FROM customers AS `customers`
LEFT JOIN (
  SELECT
    `orders`.`shop` AS `k0`,
    `orders`.`customer` AS `k1`,
    CAST(SUM(`orders`.`total`) AS DECIMAL(38, 2)) AS `v`
  FROM orders AS `orders`
  WHERE
    NOT `orders`.`status` IS NULL
    AND CAST(LOWER(`orders`.`status`) AS CHAR CHARACTER SET utf8mb4) COLLATE utf8mb4_0900_bin = LOWER('a')
  GROUP BY
    `orders`.`shop`,
    `orders`.`customer`
) AS `spent`
  ON `customers`.`shop` = `spent`.`k0` AND `customers`.`number` = `spent`.`k1`;

-- balance
SELECT
  `customers`.`id` AS `id`,
  CAST((
    CAST((
      CAST((
        -CAST((
          CAST(COALESCE(`spent`.`v`, 0) AS DECIMAL(38, 2)) - CAST(COALESCE(`late`.`v`, 0) AS DECIMAL(38, 2))
        ) AS DECIMAL(38, 2))
      ) AS DECIMAL(38, 2)) * CAST(2 AS DECIMAL(38, 0))
    ) AS DECIMAL(38, 2)) + CAST(COALESCE(`tags_number`.`v`, 0) AS DECIMAL(38, 2))
  ) AS DECIMAL(38, 2)) AS `balance`
FROM customers AS `customers`
LEFT JOIN (
  SELECT
    `orders`.`shop` AS `k0`,
    `orders`.`customer` AS `k1`,
    CAST(SUM(`orders`.`total`) AS DECIMAL(38, 2)) AS `v`
  FROM orders AS `orders`
  WHERE
    NOT `orders`.`status` IS NULL
    AND CAST(LOWER(`orders`.`status`) AS CHAR CHARACTER SET utf8mb4) COLLATE utf8mb4_0900_bin = LOWER('a')
  GROUP BY
    `orders`.`shop`,
    `orders`.`customer`
) AS `spent`
  ON `customers`.`shop` = `spent`.`k0` AND `customers`.`number` = `spent`.`k1`
LEFT JOIN (
  SELECT
    `orders_2`.`shop` AS `k0`,
    `orders_2`.`customer` AS `k1`,
    CAST(SUM(`orders_2`.`total`) AS DECIMAL(38, 2)) AS `v`
  FROM orders AS `orders_2`
  WHERE
    NOT `orders_2`.`ordered_at` IS NULL
    AND `orders_2`.`ordered_at` >= CAST('2024-01-04 00:00:00' AS DATETIME(6))
  GROUP BY
    `orders_2`.`shop`,
    `orders_2`.`customer`
) AS `late`
  ON `customers`.`shop` = `late`.`k0` AND `customers`.`number` = `late`.`k1`
LEFT JOIN (
  SELECT
    `each`.`k0` AS `k0`,
    COUNT(*) AS `v`
  FROM (
    SELECT DISTINCT
      `links`.`customer_id` AS `k0`,
      `tags`.`id` AS `id`
    FROM customer_tags AS `links`
    JOIN tags AS `tags`
      ON `links`.`tag_id` = `tags`.`id`
  ) AS `each`
  GROUP BY
    `each`.`k0`
) AS `tags_number`
  ON `customers`.`id` = `tags_number`.`k0`;

-- half
SELECT
  `customers`.`id` AS `id`,
  CAST((
    CAST((
      CAST((
        CAST(FLOOR(CAST(COALESCE(`weight`.`v`, 0) AS DOUBLE)) AS DOUBLE) - CAST(CEIL(CAST(`customers`.`score` AS DOUBLE)) AS DOUBLE)
      ) AS DOUBLE) + CAST(ABS(CAST(COALESCE(`weight`.`v`, 0) AS DOUBLE)) AS DOUBLE)
    ) AS DOUBLE) - CAST(ROUND(CAST(`customers`.`score` AS DOUBLE), 0) AS DOUBLE)
  ) AS DOUBLE) AS `half`
FROM customers AS `customers`
LEFT JOIN (
  SELECT
    `orders`.`shop` AS `k0`,
    `orders`.`customer` AS `k1`,
    CAST(SUM(`orders`.`weight`) AS DOUBLE) AS `v`
  FROM orders AS `orders`
  GROUP BY
    `orders`.`shop`,
    `orders`.`customer`
) AS `weight`
  ON `customers`.`shop` = `weight`.`k0` AND `customers`.`number` = `weight`.`k1`;

-- code
SELECT `id` AS `id`, CAST((CONCAT((CONCAT(UPPER(`shop`), '-')), CAST(`number` AS CHAR))) AS CHAR) AS `code` FROM customers;

-- both
SELECT
  `customers`.`id` AS `id`,
  CAST(NULLIF(
    SUBSTRING(
      (
        CONCAT(
          CONCAT(
            COALESCE(CONCAT(', ', NULLIF(`customers`.`name`, '')), ''),
            COALESCE(CONCAT(', ', NULLIF(`customers`.`shop`, '')), '')
          ),
          COALESCE(CONCAT(', ', NULLIF(`latest`.`v`, '')), '')
        )
      ),
      3
    ),
    ''
  ) AS CHAR) AS `both`
FROM customers AS `customers`
LEFT JOIN (
  SELECT
    `ranked`.`k0` AS `k0`,
    `ranked`.`k1` AS `k1`,
    `ranked`.`v`
  FROM (
    SELECT
      `orders`.`shop` AS `k0`,
      `orders`.`customer` AS `k1`,
      `orders`.`status` AS `v`,
      ROW_NUMBER() OVER (
        PARTITION BY `orders`.`shop`, `orders`.`customer`
        ORDER BY `orders`.`ordered_at` DESC, `orders`.`id` DESC
      ) AS `n`
    FROM orders AS `orders`
    WHERE
      NOT `orders`.`total` IS NULL AND NOT `orders`.`ordered_at` IS NULL
  ) AS `ranked`
  WHERE
    `ranked`.`n` = 1
) AS `latest`
  ON `customers`.`shop` = `latest`.`k0` AND `customers`.`number` = `latest`.`k1`;

-- best_name
SELECT
  `customers`.`id` AS `id`,
  CAST(COALESCE(`latest`.`v`, `customers`.`name`, 'nobody') AS CHAR) AS `best_name`
FROM customers AS `customers`
LEFT JOIN (
  SELECT
    `ranked`.`k0` AS `k0`,
    `ranked`.`k1` AS `k1`,
    `ranked`.`v`
  FROM (
    SELECT
      `orders`.`shop` AS `k0`,
      `orders`.`customer` AS `k1`,
      `orders`.`status` AS `v`,
      ROW_NUMBER() OVER (
        PARTITION BY `orders`.`shop`, `orders`.`customer`
        ORDER BY `orders`.`ordered_at` DESC, `orders`.`id` DESC
      ) AS `n`
    FROM orders AS `orders`
    WHERE
      NOT `orders`.`total` IS NULL AND NOT `orders`.`ordered_at` IS NULL
  ) AS `ranked`
  WHERE
    `ranked`.`n` = 1
) AS `latest`
  ON `customers`.`shop` = `latest`.`k0` AND `customers`.`number` = `latest`.`k1`;

-- cut
SELECT `id` AS `id`, CAST((CONCAT((CONCAT((CONCAT(LEFT((CONCAT((CONCAT(UPPER(`shop`), '-')), CAST(`number` AS CHAR))), 1), RIGHT((CONCAT((CONCAT(UPPER(`shop`), '-')), CAST(`number` AS CHAR))), 1))), CAST(CHAR_LENGTH((CONCAT((CONCAT(UPPER(`shop`), '-')), CAST(`number` AS CHAR)))) AS CHAR))), REPLACE((CONCAT((CONCAT(UPPER(`shop`), '-')), CAST(`number` AS CHAR))), '-', ''''))) AS CHAR) AS `cut` FROM customers;

-- days
SELECT
  `customers`.`id` AS `id`,
  CAST(DATEDIFF(CAST('2024-01-01' AS DATE), CAST(`first_at`.`v` AS DATE)) AS SIGNED) AS `days`
FROM customers AS `customers`
LEFT JOIN (
  SELECT
    `orders`.`shop` AS `k0`,
    `orders`.`customer` AS `k1`,
    MIN(`orders`.`ordered_at`) AS `v`
  FROM orders AS `orders`
  GROUP BY
    `orders`.`shop`,
    `orders`.`customer`
) AS `first_at`
  ON `customers`.`shop` = `first_at`.`k0` AND `customers`.`number` = `first_at`.`k1`;

-- months
SELECT
  `customers`.`id` AS `id`,
  CAST((
    (
      CAST(EXTRACT(YEAR FROM CAST(CONVERT_TZ(CAST('2024-01-01 00:00:00' AS DATETIME(6)), '+00:00', 'Europe/Paris') AS DATE)) AS SIGNED) * 12 + CAST(EXTRACT(MONTH FROM CAST(CONVERT_TZ(CAST('2024-01-01 00:00:00' AS DATETIME(6)), '+00:00', 'Europe/Paris') AS DATE)) AS SIGNED)
    ) - (
      CAST(EXTRACT(YEAR FROM CAST(`first_at`.`v` AS DATE)) AS SIGNED) * 12 + CAST(EXTRACT(MONTH FROM CAST(`first_at`.`v` AS DATE)) AS SIGNED)
    ) + CASE
      WHEN CAST(`first_at`.`v` AS DATE) < CAST(CONVERT_TZ(CAST('2024-01-01 00:00:00' AS DATETIME(6)), '+00:00', 'Europe/Paris') AS DATE)
      AND CAST(EXTRACT(DAY FROM CAST(`first_at`.`v` AS DATE)) AS SIGNED) > CAST(EXTRACT(DAY FROM CAST(CONVERT_TZ(CAST('2024-01-01 00:00:00' AS DATETIME(6)), '+00:00', 'Europe/Paris') AS DATE)) AS SIGNED)
      THEN -1
      WHEN CAST(`first_at`.`v` AS DATE) > CAST(CONVERT_TZ(CAST('2024-01-01 00:00:00' AS DATETIME(6)), '+00:00', 'Europe/Paris') AS DATE)
      AND CAST(EXTRACT(DAY FROM CAST(`first_at`.`v` AS DATE)) AS SIGNED) < CAST(EXTRACT(DAY FROM CAST(CONVERT_TZ(CAST('2024-01-01 00:00:00' AS DATETIME(6)), '+00:00', 'Europe/Paris') AS DATE)) AS SIGNED)
      THEN 1
      ELSE 0
    END
  ) AS SIGNED) AS `months`
FROM customers AS `customers`
LEFT JOIN (
  SELECT
    `orders`.`shop` AS `k0`,
    `orders`.`customer` AS `k1`,
    MIN(`orders`.`ordered_at`) AS `v`
  FROM orders AS `orders`
  GROUP BY
    `orders`.`shop`,
    `orders`.`customer`
) AS `first_at`
  ON `customers`.`shop` = `first_at`.`k0` AND `customers`.`number` = `first_at`.`k1`;

-- back
SELECT
  `customers`.`id` AS `id`,
  CAST((
    (
      CAST(EXTRACT(YEAR FROM CAST(`first_at`.`v` AS DATE)) AS SIGNED) * 12 + CAST(EXTRACT(MONTH FROM CAST(`first_at`.`v` AS DATE)) AS SIGNED)
    ) - (
      CAST(EXTRACT(YEAR FROM CAST('2024-01-01' AS DATE)) AS SIGNED) * 12 + CAST(EXTRACT(MONTH FROM CAST('2024-01-01' AS DATE)) AS SIGNED)
    ) + CASE
      WHEN CAST('2024-01-01' AS DATE) < CAST(`first_at`.`v` AS DATE)
      AND CAST(EXTRACT(DAY FROM CAST('2024-01-01' AS DATE)) AS SIGNED) > CAST(EXTRACT(DAY FROM CAST(`first_at`.`v` AS DATE)) AS SIGNED)
      THEN -1
      WHEN CAST('2024-01-01' AS DATE) > CAST(`first_at`.`v` AS DATE)
      AND CAST(EXTRACT(DAY FROM CAST('2024-01-01' AS DATE)) AS SIGNED) < CAST(EXTRACT(DAY FROM CAST(`first_at`.`v` AS DATE)) AS SIGNED)
      THEN 1
      ELSE 0
    END
  ) AS SIGNED) AS `back`
FROM customers AS `customers`
LEFT JOIN (
  SELECT
    `orders`.`shop` AS `k0`,
    `orders`.`customer` AS `k1`,
    MIN(`orders`.`ordered_at`) AS `v`
  FROM orders AS `orders`
  GROUP BY
    `orders`.`shop`,
    `orders`.`customer`
) AS `first_at`
  ON `customers`.`shop` = `first_at`.`k0` AND `customers`.`number` = `first_at`.`k1`;

-- born
SELECT
  `customers`.`id` AS `id`,
  CAST((
    CAST((
      CAST((
        CAST(CAST(EXTRACT(YEAR FROM CAST(`first_at`.`v` AS DATE)) AS SIGNED) AS DECIMAL(38, 0)) * CAST(100 AS DECIMAL(38, 0))
      ) AS DECIMAL(38, 0)) + CAST(CAST(EXTRACT(MONTH FROM CAST(`first_at`.`v` AS DATE)) AS SIGNED) AS DECIMAL(38, 0))
    ) AS DECIMAL(38, 0)) + CAST(CAST(EXTRACT(DAY FROM CAST(`first_at`.`v` AS DATE)) AS SIGNED) AS DECIMAL(38, 0))
  ) AS DECIMAL(38, 0)) AS `born`
FROM customers AS `customers`
LEFT JOIN (
  SELECT
    `orders`.`shop` AS `k0`,
    `orders`.`customer` AS `k1`,
    MIN(`orders`.`ordered_at`) AS `v`
  FROM orders AS `orders`
  GROUP BY
    `orders`.`shop`,
    `orders`.`customer`
) AS `first_at`
  ON `customers`.`shop` = `first_at`.`k0` AND `customers`.`number` = `first_at`.`k1`;

-- net + tax
SELECT `id` AS `id`, CAST((CAST(`net` AS DECIMAL(38, 2)) + CAST(`tax` AS DECIMAL(38, 2))) AS DECIMAL(38, 2)) AS `+` FROM people;

-- total - tax
SELECT `id` AS `id`, CAST((CAST(`total` AS DECIMAL(38, 2)) - CAST(`tax` AS DECIMAL(38, 2))) AS DECIMAL(38, 2)) AS `-` FROM people;

-- price * 1.2
SELECT `id` AS `id`, CAST((CAST(`price` AS DECIMAL(38, 2)) * CAST(1.2 AS DECIMAL(38, 1))) AS DECIMAL(38, 3)) AS `*` FROM people;

-- spent / orders
SELECT `id` AS `id`, CAST((CAST(`spent` AS DOUBLE) / NULLIF(CAST(`orders` AS DOUBLE), 0)) AS DOUBLE) AS `/` FROM people;

-- city & ', ' & country
SELECT `id` AS `id`, CAST((CONCAT((CONCAT(`city`, ', ')), `country`)) AS CHAR) AS `&` FROM people;

-- round(spent / 3, 2)
SELECT `id` AS `id`, CAST(ROUND(CAST((CAST(`spent` AS DOUBLE) / NULLIF(CAST(CAST(3 AS DECIMAL(38, 0)) AS DOUBLE), 0)) AS DOUBLE), 2) AS DOUBLE) AS `round` FROM people;

-- floor(score)
SELECT `id` AS `id`, CAST(FLOOR(CAST(`score` AS DOUBLE)) AS DOUBLE) AS `floor` FROM people;

-- ceiling(score)
SELECT `id` AS `id`, CAST(CEIL(CAST(`score` AS DOUBLE)) AS DOUBLE) AS `ceiling` FROM people;

-- abs(balance)
SELECT `id` AS `id`, CAST(ABS(CAST(`balance` AS DECIMAL(38, 2))) AS DECIMAL(38, 2)) AS `abs` FROM people;

-- first_known(mobile, phone)
SELECT `id` AS `id`, CAST(COALESCE(`mobile`, `phone`) AS CHAR) AS `first_known` FROM people;

-- join(' ', first_name, last_name)
SELECT `id` AS `id`, CAST(NULLIF(SUBSTRING((CONCAT(COALESCE(CONCAT(' ', NULLIF(`first_name`, '')), ''), COALESCE(CONCAT(' ', NULLIF(`last_name`, '')), ''))), 2), '') AS CHAR) AS `join` FROM people;

-- upper(country)
SELECT `id` AS `id`, CAST(UPPER(`country`) AS CHAR) AS `upper` FROM people;

-- lower(email)
SELECT `id` AS `id`, CAST(LOWER(`email`) AS CHAR) AS `lower` FROM people;

-- trim(city)
SELECT `id` AS `id`, CAST(TRIM(`city`) AS CHAR) AS `trim` FROM people;

-- left(zip, 2)
SELECT `id` AS `id`, CAST(LEFT(`zip`, 2) AS CHAR) AS `left` FROM people;

-- right(iban, 4)
SELECT `id` AS `id`, CAST(RIGHT(`iban`, 4) AS CHAR) AS `right` FROM people;

-- length(name)
SELECT `id` AS `id`, CAST(CHAR_LENGTH(`name`) AS SIGNED) AS `length` FROM people;

-- replace(phone, ' ', '')
SELECT `id` AS `id`, CAST(REPLACE(`phone`, ' ', '') AS CHAR) AS `replace` FROM people;

-- days_between(last_order_at, today())
SELECT `id` AS `id`, CAST(DATEDIFF(CAST('2024-01-01' AS DATE), CAST(`last_order_at` AS DATE)) AS SIGNED) AS `days_between` FROM people;

-- months_between(signed_up, today())
SELECT `id` AS `id`, CAST(((CAST(EXTRACT(YEAR FROM CAST('2024-01-01' AS DATE)) AS SIGNED) * 12 + CAST(EXTRACT(MONTH FROM CAST('2024-01-01' AS DATE)) AS SIGNED)) - (CAST(EXTRACT(YEAR FROM CAST(CONVERT_TZ(`signed_up`, '+00:00', 'Europe/Paris') AS DATE)) AS SIGNED) * 12 + CAST(EXTRACT(MONTH FROM CAST(CONVERT_TZ(`signed_up`, '+00:00', 'Europe/Paris') AS DATE)) AS SIGNED)) + CASE WHEN CAST(CONVERT_TZ(`signed_up`, '+00:00', 'Europe/Paris') AS DATE) < CAST('2024-01-01' AS DATE) AND CAST(EXTRACT(DAY FROM CAST(CONVERT_TZ(`signed_up`, '+00:00', 'Europe/Paris') AS DATE)) AS SIGNED) > CAST(EXTRACT(DAY FROM CAST('2024-01-01' AS DATE)) AS SIGNED) THEN -1 WHEN CAST(CONVERT_TZ(`signed_up`, '+00:00', 'Europe/Paris') AS DATE) > CAST('2024-01-01' AS DATE) AND CAST(EXTRACT(DAY FROM CAST(CONVERT_TZ(`signed_up`, '+00:00', 'Europe/Paris') AS DATE)) AS SIGNED) < CAST(EXTRACT(DAY FROM CAST('2024-01-01' AS DATE)) AS SIGNED) THEN 1 ELSE 0 END) AS SIGNED) AS `months_between` FROM people;

-- years_between(born, today())
SELECT `id` AS `id`, CAST(CAST((((CAST(EXTRACT(YEAR FROM CAST('2024-01-01' AS DATE)) AS SIGNED) * 12 + CAST(EXTRACT(MONTH FROM CAST('2024-01-01' AS DATE)) AS SIGNED)) - (CAST(EXTRACT(YEAR FROM `born`) AS SIGNED) * 12 + CAST(EXTRACT(MONTH FROM `born`) AS SIGNED)) + CASE WHEN `born` < CAST('2024-01-01' AS DATE) AND CAST(EXTRACT(DAY FROM `born`) AS SIGNED) > CAST(EXTRACT(DAY FROM CAST('2024-01-01' AS DATE)) AS SIGNED) THEN -1 WHEN `born` > CAST('2024-01-01' AS DATE) AND CAST(EXTRACT(DAY FROM `born`) AS SIGNED) < CAST(EXTRACT(DAY FROM CAST('2024-01-01' AS DATE)) AS SIGNED) THEN 1 ELSE 0 END) - ((CAST(EXTRACT(YEAR FROM CAST('2024-01-01' AS DATE)) AS SIGNED) * 12 + CAST(EXTRACT(MONTH FROM CAST('2024-01-01' AS DATE)) AS SIGNED)) - (CAST(EXTRACT(YEAR FROM `born`) AS SIGNED) * 12 + CAST(EXTRACT(MONTH FROM `born`) AS SIGNED)) + CASE WHEN `born` < CAST('2024-01-01' AS DATE) AND CAST(EXTRACT(DAY FROM `born`) AS SIGNED) > CAST(EXTRACT(DAY FROM CAST('2024-01-01' AS DATE)) AS SIGNED) THEN -1 WHEN `born` > CAST('2024-01-01' AS DATE) AND CAST(EXTRACT(DAY FROM `born`) AS SIGNED) < CAST(EXTRACT(DAY FROM CAST('2024-01-01' AS DATE)) AS SIGNED) THEN 1 ELSE 0 END) % 12) AS DOUBLE) / 12 AS SIGNED) AS `years_between` FROM people;

-- year(signed_up)
SELECT `id` AS `id`, CAST(EXTRACT(YEAR FROM CAST(CONVERT_TZ(`signed_up`, '+00:00', 'Europe/Paris') AS DATE)) AS SIGNED) AS `year` FROM people;

-- month(born)
SELECT `id` AS `id`, CAST(EXTRACT(MONTH FROM `born`) AS SIGNED) AS `month` FROM people;

-- day(born)
SELECT `id` AS `id`, CAST(EXTRACT(DAY FROM `born`) AS SIGNED) AS `day` FROM people;

-- today()
SELECT `id` AS `id`, CAST('2024-01-01' AS DATE) AS `today` FROM people;

-- now()
SELECT `id` AS `id`, CAST('2024-01-01 00:00:00' AS DATETIME(6)) AS `now` FROM people;
