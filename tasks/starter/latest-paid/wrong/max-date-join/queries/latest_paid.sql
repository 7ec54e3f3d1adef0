WITH newest AS (
  SELECT customer_id, max(placed_at) AS placed_at, count(*) AS paid_count
  FROM orders
  WHERE status = 'paid'
  GROUP BY customer_id
)
SELECT
  c.id AS customer_id,
  c.name,
  coalesce(nullif(trim(c.region), ''), 'unknown') AS region,
  o.id AS order_id,
  o.placed_at,
  CASE WHEN o.id IS NOT NULL THEN coalesce(o.total_cents, 0) END AS total_cents,
  coalesce(n.paid_count, 0) AS paid_count
FROM customers c
LEFT JOIN newest n ON n.customer_id = c.id
LEFT JOIN orders o ON o.customer_id = c.id AND o.status = 'paid' AND o.placed_at = n.placed_at
ORDER BY paid_count DESC, c.name COLLATE NOCASE, c.id;
