WITH ranked AS (
  SELECT
    o.*,
    ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY placed_at DESC, id) AS rn,
    COUNT(*) OVER (PARTITION BY customer_id) AS paid_count
  FROM orders o
  WHERE status = 'paid'
)
SELECT
  c.id AS customer_id,
  c.name AS name,
  CASE WHEN c.region IS NULL OR TRIM(c.region) = '' THEN 'unknown' ELSE c.region END AS region,
  r.id AS order_id,
  r.placed_at AS placed_at,
  CASE WHEN r.id IS NULL THEN NULL ELSE COALESCE(r.total_cents, 0) END AS total_cents,
  COALESCE(r.paid_count, 0) AS paid_count
FROM customers c
LEFT JOIN ranked r ON r.customer_id = c.id AND r.rn = 1
ORDER BY paid_count DESC, c.name, c.id;
