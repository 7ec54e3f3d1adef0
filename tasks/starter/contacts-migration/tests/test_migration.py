import os
import re
import sqlite3
import subprocess
from functools import cache

import pytest

MIGRATION = "migrations/0007_companies_and_phones.sql"


@cache
def read(path):
    """A file of the workspace, which only the solution's user can open."""
    return subprocess.run([os.environ["SOLUTION"], "cat", f"/workspace/{path}"], capture_output=True, check=True, encoding="utf-8").stdout


def guarded(action, *_):
    """Keeps a statement to the tables: it could write files otherwise."""
    return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_ATTACH else sqlite3.SQLITE_OK


def migrate(*contacts, notes=(), deals=(), audit=(), deleted=()):
    """Runs the migration as the tool does; contacts are (id, name, email, phones, company, created_at)."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.executescript(read("schema.sql"))
    db.execute("PRAGMA foreign_keys = ON")
    db.executemany("INSERT INTO contacts VALUES (?, ?, ?, ?, ?, ?)", contacts)
    db.executemany("INSERT INTO notes VALUES (?, ?, ?)", notes)
    db.executemany("INSERT INTO deals VALUES (?, ?, ?, ?)", deals)
    db.executemany("INSERT INTO audit VALUES (?, ?, ?, ?)", audit)
    for contact_id in deleted:
        db.execute("DELETE FROM contacts WHERE id = ?", (contact_id,))
    db.set_authorizer(guarded)
    db.executescript("BEGIN;\n" + read(MIGRATION))
    db.set_authorizer(None)
    assert db.in_transaction, "the migration ended the transaction"
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    db.execute("COMMIT")
    return db


def contact(contact_id, email=None, phones=None, company=None, name=None, created_at="2026-01-01T00:00:00Z"):
    return (contact_id, name or f"name {contact_id}", email, phones, company, created_at)


def rows(db, sql):
    return db.execute(sql).fetchall()


def phones(db):
    return rows(db, "SELECT contact_id, position, number FROM phones ORDER BY contact_id, position")


def companies(db):
    return rows(db, "SELECT id, name FROM companies ORDER BY id")


def company_of(db):
    return dict(rows(db, "SELECT contacts.id, companies.name FROM contacts LEFT JOIN companies ON companies.id = company_id"))


def test_the_file_holds_no_forbidden_statement():
    text = re.sub(r"--[^\n]*|/\*.*?\*/|'[^']*'", " ", read(MIGRATION), flags=re.S).upper()
    for word in ["PRAGMA", "ATTACH", "COMMIT", "ROLLBACK", "SAVEPOINT"]:
        assert not re.search(rf"\b{word}\b", text), word
    assert "CREATE" in text


def test_an_empty_database_is_migrated():
    db = migrate()
    for table in ["contacts", "companies", "phones", "notes", "deals", "audit"]:
        assert rows(db, f"SELECT count(*) FROM {table}") == [(0,)]
    assert rows(db, "SELECT * FROM v_deals") == []


def test_tables_have_their_columns():
    db = migrate()
    columns = {table: {row[1]: row[2] for row in rows(db, f"PRAGMA table_info({table})")} for table in ["contacts", "companies", "phones"]}
    assert columns["contacts"] == {"id": "INTEGER", "name": "TEXT", "email": "TEXT", "company_id": "INTEGER", "created_at": "TEXT"}
    assert columns["companies"] == {"id": "INTEGER", "name": "TEXT"}
    assert columns["phones"] == {"id": "INTEGER", "contact_id": "INTEGER", "position": "INTEGER", "number": "TEXT"}


def test_nothing_else_is_left_behind():
    db = migrate(contact(1, "a@x", "1", "A"))
    objects = rows(db, "SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2")
    tables = [("table", name) for name in ["audit", "companies", "contacts", "deals", "notes", "phones"]]
    assert objects == [("index", "contacts_email"), *tables, ("trigger", "contacts_audit"), ("view", "v_deals")]
    assert rows(db, "SELECT name FROM sqlite_temp_schema") == []


def test_plain_contacts_are_kept():
    db = migrate(contact(3, "a@x", created_at="2025-05-05T00:00:00Z"), contact(8, None, name="No Mail"))
    assert rows(db, "SELECT id, name, email, company_id, created_at FROM contacts ORDER BY id") == [
        (3, "name 3", "a@x", None, "2025-05-05T00:00:00Z"),
        (8, "No Mail", None, None, "2026-01-01T00:00:00Z"),
    ]


def test_addresses_are_trimmed_and_in_lower_case():
    db = migrate(contact(1, "  Ada@Example.ORG "), contact(2, ""), contact(3, "   "), contact(4, None))
    assert rows(db, "SELECT email FROM contacts ORDER BY id") == [("ada@example.org",), (None,), (None,), (None,)]


def test_contacts_without_address_are_not_merged():
    db = migrate(contact(1, ""), contact(2, " "), contact(3, None), contact(4, None, name="name 3"))
    assert rows(db, "SELECT count(*) FROM contacts") == [(4,)]
    assert rows(db, "SELECT count(*) FROM contacts") != [(1,)]


def test_equal_addresses_become_one_contact():
    db = migrate(contact(5, "A@x", name="Second"), contact(2, " a@X ", name="First"), contact(9, "a@x"), contact(4, "b@x"))
    assert rows(db, "SELECT id, name, email FROM contacts ORDER BY id") == [(2, "First", "a@x"), (4, "name 4", "b@x")]


def test_a_merged_contact_has_the_earliest_date():
    db = migrate(
        contact(1, "a@x", created_at="2026-03-01T00:00:00Z"),
        contact(2, "a@x", created_at="2024-12-31T23:59:59Z"),
        contact(3, "a@x", created_at="2025-01-01T00:00:00Z"),
        contact(4, "b@x", created_at="2020-01-01T00:00:00Z"),
    )
    assert rows(db, "SELECT id, created_at FROM contacts ORDER BY id") == [(1, "2024-12-31T23:59:59Z"), (4, "2020-01-01T00:00:00Z")]


def test_a_merged_contact_has_the_first_company_named():
    db = migrate(contact(1, "a@x", company=" "), contact(2, "a@x", company="Beta"), contact(3, "a@x", company="Acme"), contact(4, "b@x"))
    assert company_of(db) == {1: "Beta", 4: None}


def test_notes_and_deals_move_to_the_merged_contact():
    db = migrate(
        contact(1, "a@x"),
        contact(2, "A@x"),
        contact(3),
        notes=[(10, 1, "one"), (11, 2, "two"), (12, 3, "three"), (13, 2, "four")],
        deals=[(20, 2, "d1", 100), (21, None, "d2", 200), (22, 3, "d3", 300)],
    )
    assert rows(db, "SELECT * FROM notes ORDER BY id") == [(10, 1, "one"), (11, 1, "two"), (12, 3, "three"), (13, 1, "four")]
    assert rows(db, "SELECT * FROM deals ORDER BY id") == [(20, 1, "d1", 100), (21, None, "d2", 200), (22, 3, "d3", 300)]


def test_notes_and_deals_of_plain_contacts_are_kept():
    db = migrate(contact(1, "a@x"), contact(2), notes=[(1, 1, "x"), (2, 2, "y")], deals=[(1, 2, "d", 5)])
    assert rows(db, "SELECT * FROM notes ORDER BY id") == [(1, 1, "x"), (2, 2, "y")]
    assert rows(db, "SELECT contact_id FROM deals") == [(2,)]


def test_companies_are_listed_once():
    db = migrate(
        contact(9, company="zeta"), contact(2, company=" Acme Ltd "), contact(3, company="ACME LTD"), contact(4, company="Zeta"), contact(5, company="Acme")
    )
    assert companies(db) == [(1, "Acme Ltd"), (2, "Zeta"), (3, "Acme")]
    assert company_of(db) == {2: "Acme Ltd", 3: "Acme Ltd", 4: "Zeta", 5: "Acme", 9: "Zeta"}


def test_a_company_of_a_merged_contact_gets_its_row():
    db = migrate(contact(1, "a@x", company="Kept"), contact(2, "a@x", company="Orphan"))
    assert companies(db) == [(1, "Kept"), (2, "Orphan")]
    assert company_of(db) == {1: "Kept"}


def test_no_company_from_empty_names():
    db = migrate(contact(1, company=""), contact(2, company="  "), contact(3, company=None))
    assert companies(db) == []
    assert company_of(db) == {1: None, 2: None, 3: None}


def test_phones_are_split():
    db = migrate(contact(1, phones="+43 1 234; 0664/77 ;;  ; 5"), contact(2, phones="7"), contact(3, phones=None), contact(4, phones=""), contact(5, phones=" ; "))
    assert phones(db) == [(1, 1, "+43 1 234"), (1, 2, "0664/77"), (1, 3, "5"), (2, 1, "7")]


def test_equal_phones_of_one_contact_are_kept_once():
    db = migrate(contact(1, phones="1;2; 1;3;2"), contact(2, phones="1"))
    assert phones(db) == [(1, 1, "1"), (1, 2, "2"), (1, 3, "3"), (2, 1, "1")]
    assert (1, 4, "3") not in phones(db)


def test_phones_of_merged_contacts_are_joined_in_order():
    db = migrate(contact(3, "a@x", phones="5;1"), contact(1, "a@x", phones="9;2"), contact(2, "a@x", phones="2;7;9"))
    assert phones(db) == [(1, 1, "9"), (1, 2, "2"), (1, 3, "7"), (1, 4, "5"), (1, 5, "1")]


def test_phones_stay_text():
    db = migrate(contact(1, phones="007;1e3"))
    assert phones(db) == [(1, 1, "007"), (1, 2, "1e3")]
    assert all(type(number) is str and type(position) is int for _, position, number in phones(db))


def test_the_migration_leaves_no_trace_in_the_audit():
    db = migrate(contact(1, "A@x"), contact(2, "a@x"), audit=[(1, 2, "old", "mail"), (2, 77, None, None)])
    assert rows(db, "SELECT * FROM audit ORDER BY id") == [(1, 2, "old", "mail"), (2, 77, None, None)]


def test_the_audit_goes_on():
    db = migrate(contact(1, "A@x", name="Ada"))
    db.execute("UPDATE contacts SET created_at = 'x'")
    assert rows(db, "SELECT count(*) FROM audit") == [(0,)]
    db.execute("UPDATE contacts SET name = 'Eve'")
    assert rows(db, "SELECT contact_id, old_name, old_email FROM audit") == [(1, "Ada", "a@x")]


def test_the_view_works_as_before():
    db = migrate(contact(1, "a@x", company="Acme", name="Ada"), contact(2, name="Bob"), deals=[(1, 1, "d1", 10), (2, 2, "d2", 20), (3, None, "d3", 30)])
    cursor = db.execute("SELECT * FROM v_deals ORDER BY deal_id")
    assert [column[0] for column in cursor.description] == ["deal_id", "title", "cents", "contact_name", "company"]
    assert cursor.fetchall() == [(1, "d1", 10, "Ada", "Acme"), (2, "d2", 20, "Bob", None), (3, "d3", 30, None, None)]


def test_foreign_keys_point_where_they_should():
    db = migrate(contact(1, "a@x", "1", "Acme"), notes=[(1, 1, "n")], deals=[(1, 1, "d", 1)])
    for table, target, action in [("notes", "contacts", "CASCADE"), ("deals", "contacts", "SET NULL"), ("phones", "contacts", "CASCADE"), ("contacts", "companies", "SET NULL")]:
        assert [(row[2], row[4], row[6]) for row in rows(db, f"PRAGMA foreign_key_list({table})")] == [(target, "id", action)], table
    db.execute("DELETE FROM companies")
    assert rows(db, "SELECT company_id FROM contacts") == [(None,)]
    db.execute("DELETE FROM contacts")
    assert rows(db, "SELECT count(*) FROM notes") == rows(db, "SELECT count(*) FROM phones") == [(0,)]
    assert rows(db, "SELECT contact_id FROM deals") == [(None,)]


def test_constraints_hold_afterwards():
    db = migrate(contact(1, "a@x", "1", "Acme"), contact(2, "b@x"))
    bad = [
        "UPDATE contacts SET email = 'a@x' WHERE id = 2",
        "INSERT INTO companies (name) VALUES ('ACME')",
        "INSERT INTO companies (name) VALUES (NULL)",
        "INSERT INTO phones (contact_id, position, number) VALUES (1, 1, '2')",
        "INSERT INTO phones (contact_id, position, number) VALUES (9, 1, '2')",
        "INSERT INTO contacts (name, created_at) VALUES (NULL, 'x')",
        "UPDATE contacts SET company_id = 55",
    ]
    for statement in bad:
        with pytest.raises(sqlite3.IntegrityError):
            db.execute(statement)
    db.execute("UPDATE contacts SET email = NULL")


def test_ids_are_not_given_again():
    db = migrate(contact(1, "a@x"), contact(6, "a@x"), contact(9), deleted=[9])
    db.execute("INSERT INTO contacts (name, created_at) VALUES ('new', 'x')")
    assert rows(db, "SELECT max(id) FROM contacts") == [(10,)]
