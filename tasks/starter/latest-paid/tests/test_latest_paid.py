import os
import sqlite3
import subprocess
from functools import cache

COLUMNS = ["customer_id", "name", "region", "order_id", "placed_at", "total_cents", "paid_count"]


@cache
def read(path):
    """A file of the workspace, which only the solution's user can open."""
    return subprocess.run([os.environ["SOLUTION"], "cat", f"/workspace/{path}"], capture_output=True, check=True, encoding="utf-8").stdout


def guarded(action, *_):
    """Keeps a statement to the tables: it could write files otherwise."""
    return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_ATTACH else sqlite3.SQLITE_OK


def report(customers=(), orders=()):
    """Runs the query read-only over these rows; customers (id, name, region), orders (id, customer, status, placed_at, total)."""
    query = read("queries/latest_paid.sql")
    db = sqlite3.connect(":memory:")
    db.row_factory = sqlite3.Row
    db.executescript(read("schema.sql"))
    db.executemany("INSERT INTO customers VALUES (?, ?, ?)", customers)
    db.executemany("INSERT INTO orders VALUES (?, ?, ?, ?, ?)", orders)
    db.commit()
    db.execute("PRAGMA query_only = ON")
    db.set_authorizer(guarded)
    cursor = db.execute(query)
    assert cursor.description is not None, "the file holds no SELECT"
    assert [column[0] for column in cursor.description] == COLUMNS
    return [dict(row) for row in cursor]


def only(customers=((1, "Ada", "north"),), orders=()):
    rows = report(customers, orders)
    assert len(rows) == 1
    return rows[0]


def test_empty_tables_give_no_rows():
    assert report() == []


def test_one_paid_order_fills_every_column():
    row = only(orders=[(10, 1, "paid", "2026-03-01T10:00:00Z", 1250)])
    assert row == {
        "customer_id": 1,
        "name": "Ada",
        "region": "north",
        "order_id": 10,
        "placed_at": "2026-03-01T10:00:00Z",
        "total_cents": 1250,
        "paid_count": 1,
    }
    assert type(row["total_cents"]) is int and type(row["paid_count"]) is int and type(row["placed_at"]) is str


def test_latest_is_by_date_not_by_id():
    row = only(orders=[(10, 1, "paid", "2026-03-02", 1), (11, 1, "paid", "2026-03-01", 2)])
    assert row["order_id"] == 10
    assert row["order_id"] != 11
    assert row["paid_count"] == 2


def test_latest_is_not_the_largest_total():
    row = only(orders=[(1, 1, "paid", "2026-01-01", 900), (2, 1, "paid", "2026-01-02", 5), (3, 1, "paid", "2025-01-02", 7000)])
    assert (row["order_id"], row["total_cents"]) == (2, 5)


def test_a_tie_in_date_goes_to_the_greatest_id():
    orders = [(5, 1, "paid", "2026-03-01", 1), (9, 1, "paid", "2026-03-01", 2), (7, 1, "paid", "2026-03-01", 3)]
    row = only(orders=orders)
    assert row["order_id"] == 9
    assert row["total_cents"] == 2


def test_an_order_without_date_is_older_than_all_others():
    row = only(orders=[(1, 1, "paid", "1999-01-01", 1), (2, 1, "paid", None, 2)])
    assert row["order_id"] == 1
    assert row["paid_count"] == 2


def test_only_orders_without_date_still_give_one():
    row = only(orders=[(1, 1, "paid", None, 10), (2, 1, "paid", None, 20)])
    assert row["order_id"] == 2
    assert row["placed_at"] is None
    assert row["total_cents"] == 20


def test_a_missing_total_of_the_latest_order_is_zero():
    row = only(orders=[(1, 1, "paid", "2026-01-01", 500), (2, 1, "paid", "2026-01-02", None)])
    assert row["order_id"] == 2
    assert row["total_cents"] == 0
    assert row["total_cents"] is not None


def test_a_customer_without_orders_has_nulls_and_count_zero():
    row = only()
    assert row["order_id"] is None and row["placed_at"] is None
    assert row["total_cents"] is None
    assert row["paid_count"] == 0 and type(row["paid_count"]) is int


def test_a_customer_with_only_unpaid_orders_has_nulls():
    row = only(orders=[(1, 1, "open", "2026-01-01", 5), (2, 1, "refunded", "2026-01-02", 5)])
    assert row["order_id"] is None and row["total_cents"] is None
    assert row["paid_count"] == 0


def test_status_must_be_exactly_paid():
    orders = [(1, 1, "paid", "2026-01-01", 5), (2, 1, "Paid", "2026-01-02", 6), (3, 1, "paid ", "2026-01-03", 7), (4, 1, "unpaid", "2026-01-04", 8)]
    row = only(orders=orders)
    assert row["order_id"] == 1
    assert row["paid_count"] == 1


def test_a_newer_unpaid_order_is_not_taken():
    row = only(orders=[(1, 1, "paid", "2026-01-01", 5), (2, 1, "open", "2026-02-01", 6)])
    assert row["order_id"] != 2
    assert row["placed_at"] == "2026-01-01"


def test_a_missing_region_is_unknown():
    customers = [(1, "a", None), (2, "b", ""), (3, "c", "   ")]
    assert [row["region"] for row in report(customers)] == ["unknown", "unknown", "unknown"]


def test_a_region_loses_surrounding_spaces_only():
    customers = [(1, "a", "  far north "), (2, "b", "south")]
    assert [row["region"] for row in report(customers)] == ["far north", "south"]


def test_every_customer_appears_once():
    customers = [(n, f"name {n}", None) for n in range(1, 8)]
    orders = [(n, n % 4 + 1, "paid", "2026-01-01", n) for n in range(1, 30)]
    ids = [row["customer_id"] for row in report(customers, orders)]
    assert sorted(ids) == [1, 2, 3, 4, 5, 6, 7]
    assert len(ids) != 29


def test_customers_do_not_share_orders():
    customers = [(1, "a", None), (2, "b", None)]
    orders = [(1, 1, "paid", "2026-01-01", 10), (2, 2, "paid", "2026-01-01", 20), (3, 2, "paid", "2025-01-01", 30)]
    assert {row["customer_id"]: (row["order_id"], row["paid_count"]) for row in report(customers, orders)} == {1: (1, 1), 2: (2, 2)}


def test_sorted_by_count_first():
    customers = [(1, "a", None), (2, "b", None), (3, "c", None)]
    orders = [(1, 2, "paid", "2026-01-01", 1), (2, 3, "paid", "2026-01-01", 1), (3, 3, "paid", "2026-01-01", 1)]
    assert [row["customer_id"] for row in report(customers, orders)] == [3, 2, 1]


def test_equal_counts_are_sorted_by_name_without_case():
    customers = [(1, "bob", None), (2, "Carol", None), (3, "alice", None), (4, "Bea", None)]
    assert [row["name"] for row in report(customers)] == ["alice", "Bea", "bob", "Carol"]


def test_equal_names_are_sorted_by_id():
    customers = [(9, "Sam", None), (4, "sam", None), (7, "SAM", None)]
    assert [row["customer_id"] for row in report(customers)] == [4, 7, 9]
