import os
import sqlite3
import subprocess
from datetime import datetime, timedelta
from functools import cache

COLUMNS = ["visitor_id", "visit_no", "started_at", "ended_at", "seconds", "events", "entry_path", "exit_path", "bounced"]
START = datetime(2026, 5, 1, 10, 0, 0)


def old(seconds):
    return (START + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S")


def new(seconds):
    return (START + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


@cache
def read(path):
    """A file of the workspace, which only the solution's user can open."""
    return subprocess.run([os.environ["SOLUTION"], "cat", f"/workspace/{path}"], capture_output=True, check=True, encoding="utf-8").stdout


def guarded(action, *_):
    """Keeps a statement to the tables: it could write files otherwise."""
    return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_ATTACH else sqlite3.SQLITE_OK


def visits(*events):
    """Runs the query read-only; an event is (id, visitor, at, kind, path)."""
    db = sqlite3.connect(":memory:")
    db.row_factory = sqlite3.Row
    db.executescript(read("schema.sql"))
    db.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?)", events)
    db.commit()
    db.execute("PRAGMA query_only = ON")
    db.set_authorizer(guarded)
    cursor = db.execute(read("queries/visits.sql"))
    assert cursor.description is not None, "the file holds no SELECT"
    assert [column[0] for column in cursor.description] == COLUMNS
    return [dict(row) for row in cursor]


def stream(*events, visitor="v", time=old):
    """Visits of one visitor whose events are (seconds, kind, path), numbered from 1."""
    return visits(*[(number, visitor, time(seconds), kind, path) for number, (seconds, kind, path) in enumerate(events, start=1)])


def counts(rows):
    return [row["events"] for row in rows]


def test_no_events_give_no_visits():
    assert visits() == []


def test_one_event_is_one_visit():
    rows = stream((0, "view", "/a"))
    assert rows == [
        {
            "visitor_id": "v",
            "visit_no": 1,
            "started_at": "2026-05-01 10:00:00",
            "ended_at": "2026-05-01 10:00:00",
            "seconds": 0,
            "events": 1,
            "entry_path": "/a",
            "exit_path": "/a",
            "bounced": 1,
        }
    ]
    assert [type(rows[0][name]) for name in COLUMNS] == [str, int, str, str, int, int, str, str, int]
    assert type(rows[0]["seconds"]) is int


def test_a_visit_holds_events_close_together():
    (row,) = stream((0, "view", "/a"), (600, "click", "/a"), (1500, "view", "/b"))
    assert (row["events"], row["seconds"], row["ended_at"]) == (3, 1500, "2026-05-01 10:25:00")
    assert (row["entry_path"], row["exit_path"], row["bounced"]) == ("/a", "/b", 0)


def test_exactly_thirty_minutes_is_the_same_visit():
    for first in range(0, 3600, 7):
        assert counts(stream((first, "view", "/a"), (first + 1800, "view", "/b"))) == [2]


def test_one_second_more_is_a_new_visit():
    rows = stream((0, "view", "/a"), (1801, "view", "/b"))
    assert counts(rows) == [1, 1]
    assert [row["visit_no"] for row in rows] == [1, 2]
    assert counts(rows) != [2]


def test_the_gap_counts_from_the_last_event_not_from_the_first():
    (row,) = stream(*[(1800 * n, "view", "/a") for n in range(5)])
    assert row["seconds"] == 7200


def test_seconds_are_exact():
    for length in range(1, 1800, 13):
        assert stream((0, "view", "/a"), (length, "view", "/b"))[0]["seconds"] == length


def test_new_times_are_written_as_old_ones():
    (row,) = stream((0, "view", "/a"), (60, "view", "/b"), time=new)
    assert (row["started_at"], row["ended_at"]) == ("2026-05-01 10:00:00", "2026-05-01 10:01:00")


def test_both_ways_of_writing_time_are_put_in_one_order():
    rows = visits((1, "v", new(0), "view", "/first"), (2, "v", old(60), "view", "/second"), (3, "v", new(120), "view", "/third"))
    assert len(rows) == 1
    assert (rows[0]["entry_path"], rows[0]["exit_path"], rows[0]["seconds"]) == ("/first", "/third", 120)


def test_events_at_one_instant_are_in_order_of_id():
    rows = visits((5, "v", old(0), "view", "/later"), (2, "v", new(0), "view", "/earlier"))
    assert (rows[0]["entry_path"], rows[0]["exit_path"]) == ("/earlier", "/later")


def test_midnight_does_not_end_a_visit():
    (row,) = stream((50000, "view", "/a"), (51000, "view", "/b"))
    assert (row["started_at"][:10], row["ended_at"][:10]) == ("2026-05-01", "2026-05-02")


def test_events_without_visitor_do_not_count():
    rows = visits((1, None, old(0), "view", "/a"), (2, "v", old(0), "view", "/a"), (3, None, old(0), "view", "/a"))
    assert counts(rows) == [1]
    assert rows[0]["visitor_id"] is not None


def test_an_event_sent_twice_counts_once():
    rows = visits((1, "v", old(0), "view", "/a"), (2, "v", new(0), "view", "/a"), (3, "v", old(0), "view", "/a"))
    assert counts(rows) == [1]


def test_an_event_without_path_sent_twice_counts_once():
    assert counts(visits((1, "v", old(0), "ping", None), (2, "v", old(0), "ping", None))) == [1]


def test_events_that_differ_in_one_thing_are_two():
    base = (1, "v", old(0), "view", "/a")
    for other in [(2, "v", old(1), "view", "/a"), (2, "v", old(0), "click", "/a"), (2, "v", old(0), "view", "/b"), (2, "v", old(0), "view", None)]:
        assert counts(visits(base, other)) == [2]


def test_of_a_repeated_event_the_lowest_id_counts():
    rows = visits((3, "v", old(0), "view", "/a"), (2, "v", old(0), "view", "/b"), (1, "v", new(0), "view", "/a"))
    assert (rows[0]["entry_path"], rows[0]["exit_path"]) == ("/a", "/b")
    assert counts(rows) == [2]


def test_paths_are_those_of_events_that_have_one():
    (row,) = stream((0, "ping", None), (10, "view", "/a"), (20, "view", "/b"), (30, "ping", None))
    assert (row["entry_path"], row["exit_path"]) == ("/a", "/b")


def test_a_visit_without_paths_has_null_and_bounces():
    (row,) = stream((0, "ping", None), (10, "ping", None))
    assert row["entry_path"] is None and row["exit_path"] is None
    assert row["bounced"] == 1 and row["events"] == 2


def test_bounced_is_about_distinct_paths():
    assert stream((0, "view", "/a"), (10, "click", "/a"), (20, "ping", None))[0]["bounced"] == 1
    assert stream((0, "view", "/a"), (10, "view", "/b"), (20, "view", "/a"))[0]["bounced"] == 0


def test_a_login_begins_a_visit():
    rows = stream((0, "view", "/a"), (10, "click", "/a"), (20, "login", "/in"), (30, "view", "/b"))
    assert counts(rows) == [2, 2]
    assert rows[1]["entry_path"] == "/in"


def test_a_login_after_views_only_belongs_to_the_visit():
    assert counts(stream((0, "view", "/a"), (10, "view", "/b"), (20, "login", "/in"), (30, "click", "/c"))) == [4]


def test_a_view_just_before_a_login_is_not_enough():
    assert counts(stream((0, "click", "/a"), (10, "view", "/b"), (20, "login", "/in"))) == [2, 1]


def test_a_second_login_begins_a_visit():
    rows = stream((0, "view", "/a"), (10, "login", "/in"), (20, "view", "/b"), (30, "login", "/in"), (40, "login", "/in"))
    assert counts(rows) == [3, 1, 1]
    assert [row["visit_no"] for row in rows] == [1, 2, 3]


def test_views_of_an_earlier_visit_do_not_count_for_a_login():
    rows = stream((0, "click", "/a"), (1900, "view", "/b"), (1910, "login", "/in"), (1920, "login", "/in"))
    assert counts(rows) == [1, 2, 1]


def test_visitors_are_apart_and_numbered_each_from_one():
    rows = visits(
        (1, "b", old(0), "view", "/a"),
        (2, "a", old(0), "view", "/a"),
        (3, "a", old(4000), "view", "/b"),
        (4, "b", old(3000), "view", "/b"),
        (5, "c", old(100), "login", "/c"),
    )
    assert [(row["visitor_id"], row["visit_no"]) for row in rows] == [("a", 1), ("b", 1), ("c", 1), ("b", 2), ("a", 2)]
