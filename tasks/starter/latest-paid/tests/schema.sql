CREATE TABLE customers (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  region TEXT
);

CREATE TABLE orders (
  id INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  status TEXT NOT NULL,           -- open, paid, refunded, ...
  placed_at TEXT,                 -- ISO 8601 in UTC; NULL for orders taken over from the old shop
  total_cents INTEGER             -- NULL when the old shop did not keep it
);
