CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  visitor_id TEXT,                -- NULL when the visitor declined to be counted
  at TEXT NOT NULL,               -- UTC, '2026-05-01 10:00:00' from old pages, '2026-05-01T10:00:00Z' from new ones
  kind TEXT NOT NULL,             -- view, click, ...
  path TEXT                       -- NULL where an event belongs to no page
);
