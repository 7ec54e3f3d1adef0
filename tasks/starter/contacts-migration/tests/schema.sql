CREATE TABLE contacts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  email TEXT,
  phones TEXT,                    -- numbers separated by ;
  company TEXT,
  created_at TEXT NOT NULL        -- ISO 8601 in UTC, all of one form
);

CREATE INDEX contacts_email ON contacts (email);

CREATE TABLE notes (
  id INTEGER PRIMARY KEY,
  contact_id INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
  text TEXT NOT NULL
);

CREATE TABLE deals (
  id INTEGER PRIMARY KEY,
  contact_id INTEGER REFERENCES contacts (id) ON DELETE SET NULL,
  title TEXT NOT NULL,
  cents INTEGER NOT NULL
);

CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  contact_id INTEGER NOT NULL,    -- also of contacts that are gone
  old_name TEXT,
  old_email TEXT
);

CREATE TRIGGER contacts_audit AFTER UPDATE OF name, email ON contacts
BEGIN
  INSERT INTO audit (contact_id, old_name, old_email) VALUES (old.id, old.name, old.email);
END;

CREATE VIEW v_deals AS
SELECT deals.id AS deal_id, deals.title, deals.cents, contacts.name AS contact_name, contacts.company
FROM deals
LEFT JOIN contacts ON contacts.id = deals.contact_id;
