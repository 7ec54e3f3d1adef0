WITH ranked AS (
  SELECT
    o.*,
    ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY placed_at DESC, id DESC) AS rn,
    COUNT(*) OVER (PARTITION BY customer_id) AS paid_count
  FROM orders o
  WHERE status = 'paid'
)
SELECT
  c.id AS customer_id,
  c.name AS name,
  COALESCE(NULLIF(TRIM(c.region), ''), 'unknown') AS region,
  r.id AS order_id,
  r.placed_at AS placed_at,
  COALESCE(r.total_cents, 0) AS total_cents,
  COALESCE(r.paid_count, 0) AS paid_count
FROM customers c
LEFT JOIN ranked r ON r.customer_id = c.id AND r.rn = 1
ORDER BY paid_count DESC, LOWER(c.name), c.id;
