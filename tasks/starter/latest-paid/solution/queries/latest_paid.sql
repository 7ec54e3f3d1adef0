-- One row per customer with the latest paid order.
WITH paid AS (
  SELECT
    id,
    customer_id,
    placed_at,
    coalesce(total_cents, 0) AS total_cents,
    count(*) OVER (PARTITION BY customer_id) AS paid_count,
    row_number() OVER (PARTITION BY customer_id ORDER BY placed_at DESC NULLS LAST, id DESC) AS age_rank
  FROM orders
  WHERE status = 'paid'
)
SELECT
  customers.id AS customer_id,
  customers.name AS name,
  coalesce(nullif(trim(customers.region), ''), 'unknown') AS region,
  paid.id AS order_id,
  paid.placed_at AS placed_at,
  paid.total_cents AS total_cents,
  coalesce(paid.paid_count, 0) AS paid_count
FROM customers
LEFT JOIN paid ON paid.customer_id = customers.id AND paid.age_rank = 1
ORDER BY paid_count DESC, customers.name COLLATE NOCASE, customers.id;
