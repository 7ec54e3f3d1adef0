WITH single AS (
  SELECT min(id) AS id, visitor_id, strftime('%s', at) + 0 AS instant, kind, path
  FROM events
  WHERE visitor_id IS NOT NULL
  GROUP BY visitor_id, strftime('%s', at), kind, path
),
previous AS (
  SELECT *, lag(instant) OVER w AS before, lag(kind) OVER w AS before_kind
  FROM single
  WINDOW w AS (PARTITION BY visitor_id ORDER BY instant, id)
),
cut AS (
  SELECT *, sum(CASE WHEN before IS NULL OR instant - before > 1800 OR (kind = 'login' AND before_kind <> 'view') THEN 1 ELSE 0 END)
    OVER (PARTITION BY visitor_id ORDER BY instant, id) AS visit_no
  FROM previous
),
ends AS (
  SELECT *,
    first_value(path) OVER (PARTITION BY visitor_id, visit_no ORDER BY path IS NULL, instant, id) AS entry_path,
    first_value(path) OVER (PARTITION BY visitor_id, visit_no ORDER BY path IS NULL, instant DESC, id DESC) AS exit_path
  FROM cut
)
SELECT visitor_id, visit_no, datetime(min(instant), 'unixepoch') AS started_at, datetime(max(instant), 'unixepoch') AS ended_at,
  max(instant) - min(instant) AS seconds, count(*) AS events, entry_path, exit_path, count(DISTINCT path) <= 1 AS bounced
FROM ends
GROUP BY visitor_id, visit_no
ORDER BY started_at, visitor_id, visit_no;
