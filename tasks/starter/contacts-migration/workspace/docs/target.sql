-- What migration 0007 makes of the database. Tables that are not mentioned stay as they are.

CREATE TABLE companies (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE
);

-- contacts has these columns, in any order:
--   id INTEGER PRIMARY KEY AUTOINCREMENT
--   name TEXT NOT NULL
--   email TEXT
--   company_id INTEGER REFERENCES companies (id) ON DELETE SET NULL
--   created_at TEXT NOT NULL

CREATE UNIQUE INDEX contacts_email ON contacts (email);

CREATE TABLE phones (
  id INTEGER PRIMARY KEY,
  contact_id INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,      -- 1 for the first of the contact
  number TEXT NOT NULL,
  UNIQUE (contact_id, position)
);

-- The trigger contacts_audit does what it did.
-- The view v_deals has the columns it had: deal_id, title, cents, contact_name, company (the company's name).
