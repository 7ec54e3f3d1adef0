-- Companies and phones get tables of their own; contacts with the same e-mail address become one.
-- The table contacts is changed in place: dropping it would delete the notes that refer to it.

DROP TRIGGER contacts_audit;
DROP VIEW v_deals;
DROP INDEX contacts_email;

UPDATE contacts SET email = nullif(lower(trim(email)), '');

CREATE TEMP TABLE keeper AS
SELECT id, CASE WHEN email IS NULL THEN id ELSE min(id) OVER (PARTITION BY email) END AS keeper_id
FROM contacts;

CREATE TABLE companies (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE
);

INSERT INTO companies (id, name)
SELECT row_number() OVER (ORDER BY first_id), name
FROM (
  SELECT min(id) AS first_id, trim(company) AS name
  FROM contacts
  WHERE trim(company) <> ''
  GROUP BY lower(trim(company))
);

CREATE TABLE phones (
  id INTEGER PRIMARY KEY,
  contact_id INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,      -- 1 for the first of the contact
  number TEXT NOT NULL,
  UNIQUE (contact_id, position)
);

WITH RECURSIVE
pieces AS (
  SELECT id, 0 AS place, '' AS piece, phones || ';' AS rest FROM contacts WHERE phones IS NOT NULL
  UNION ALL
  SELECT id, place + 1, trim(substr(rest, 1, instr(rest, ';') - 1)), substr(rest, instr(rest, ';') + 1) FROM pieces WHERE rest <> ''
),
ordered AS (
  SELECT keeper_id, piece, row_number() OVER (PARTITION BY keeper_id ORDER BY pieces.id, place) AS place
  FROM pieces
  JOIN temp.keeper ON keeper.id = pieces.id
  WHERE piece <> ''
)
INSERT INTO phones (contact_id, position, number)
SELECT keeper_id, min(place), piece
FROM ordered
GROUP BY keeper_id, piece
ORDER BY keeper_id, min(place);

ALTER TABLE contacts ADD COLUMN company_id INTEGER REFERENCES companies (id) ON DELETE SET NULL;

UPDATE contacts
SET
  created_at = (
    SELECT min(merged.created_at)
    FROM temp.keeper
    JOIN contacts AS merged ON merged.id = keeper.id
    WHERE keeper.keeper_id = contacts.id
  ),
  company_id = (
    SELECT companies.id
    FROM temp.keeper
    JOIN contacts AS merged ON merged.id = keeper.id
    JOIN companies ON companies.name = trim(merged.company)
    WHERE keeper.keeper_id = contacts.id
    ORDER BY merged.id
    LIMIT 1
  )
WHERE id IN (SELECT keeper_id FROM temp.keeper);

UPDATE notes SET contact_id = (SELECT keeper_id FROM temp.keeper WHERE id = notes.contact_id);
UPDATE deals SET contact_id = (SELECT keeper_id FROM temp.keeper WHERE id = deals.contact_id) WHERE contact_id IS NOT NULL;
DELETE FROM contacts WHERE id NOT IN (SELECT keeper_id FROM temp.keeper);
DROP TABLE temp.keeper;

ALTER TABLE contacts DROP COLUMN phones;
ALTER TABLE contacts DROP COLUMN company;

CREATE UNIQUE INDEX contacts_email ON contacts (email);

CREATE TRIGGER contacts_audit AFTER UPDATE OF name, email ON contacts
BEGIN
  INSERT INTO audit (contact_id, old_name, old_email) VALUES (old.id, old.name, old.email);
END;

CREATE VIEW v_deals AS
SELECT deals.id AS deal_id, deals.title, deals.cents, contacts.name AS contact_name, companies.name AS company
FROM deals
LEFT JOIN contacts ON contacts.id = deals.contact_id
LEFT JOIN companies ON companies.id = contacts.company_id;
