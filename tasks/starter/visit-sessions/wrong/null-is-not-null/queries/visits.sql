-- One row per visit.
WITH RECURSIVE
timed AS (
  SELECT id, visitor_id, unixepoch(at) AS instant, kind, path
  FROM events
  WHERE visitor_id IS NOT NULL
),
single AS (
  SELECT id, visitor_id, instant, kind, path
  FROM timed
  WHERE NOT EXISTS (
    SELECT 1 FROM timed AS other
    WHERE other.id < timed.id AND other.visitor_id = timed.visitor_id AND other.instant = timed.instant
      AND other.kind = timed.kind AND other.path = timed.path
  )
),
numbered AS (
  SELECT *, row_number() OVER (PARTITION BY visitor_id ORDER BY instant, id) AS place
  FROM single
),
-- Whether a login opens a visit depends on what the visit holds so far, so the events are walked one after the other.
walked AS (
  SELECT id, visitor_id, instant, kind, path, place, 1 AS visit_no, kind = 'view' AS only_views
  FROM numbered
  WHERE place = 1
  UNION ALL
  SELECT
    next.id, next.visitor_id, next.instant, next.kind, next.path, next.place,
    walked.visit_no + (next.instant - walked.instant > 1800 OR (next.kind = 'login' AND NOT walked.only_views)),
    CASE
      WHEN next.instant - walked.instant > 1800 OR (next.kind = 'login' AND NOT walked.only_views) THEN next.kind = 'view'
      ELSE walked.only_views AND next.kind = 'view'
    END
  FROM walked
  JOIN numbered AS next ON next.visitor_id = walked.visitor_id AND next.place = walked.place + 1
),
ends AS (
  SELECT
    *,
    first_value(path) OVER (PARTITION BY visitor_id, visit_no ORDER BY path IS NULL, place) AS entry_path,
    first_value(path) OVER (PARTITION BY visitor_id, visit_no ORDER BY path IS NULL, place DESC) AS exit_path
  FROM walked
)
SELECT
  visitor_id,
  visit_no,
  datetime(min(instant), 'unixepoch') AS started_at,
  datetime(max(instant), 'unixepoch') AS ended_at,
  max(instant) - min(instant) AS seconds,
  count(*) AS events,
  entry_path,
  exit_path,
  count(DISTINCT path) <= 1 AS bounced
FROM ends
GROUP BY visitor_id, visit_no
ORDER BY started_at, visitor_id, visit_no;
