import pytest

from cache.ttl import TtlCache


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def make(capacity=3, ttl=10, **options):
    """A cache, its clock, and the list of (key, value, reason) that left."""
    clock, left = Clock(), []
    cache = TtlCache(capacity, ttl, clock=clock, on_leave=lambda *entry: left.append(entry), **options)
    return cache, clock, left


def test_returns_what_was_put():
    cache, _, left = make()
    cache.put("a", 1)
    assert cache.get("a") == 1
    assert cache.get("a") != 2
    assert cache.get("b") is None
    assert cache.get("b", "other") == "other"
    assert left == []


def test_full_cache_evicts_the_least_recently_used():
    cache, _, left = make(2)
    cache.put("a", 1)
    cache.put("b", 2)
    cache.put("c", 3)
    assert cache.keys() == ["b", "c"]
    assert "a" not in cache
    assert left == [("a", 1, "evicted")]


def test_get_makes_a_key_the_most_recently_used():
    cache, _, left = make(2)
    cache.put("a", 1)
    cache.put("b", 2)
    cache.get("a")
    cache.put("c", 3)
    assert cache.keys() == ["a", "c"]
    assert left == [("b", 2, "evicted")]


def test_reading_without_get_does_not_change_the_order():
    cache, _, left = make(2)
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.peek("a") == 1 and "a" in cache and len(cache) == 2 and cache.keys() == ["a", "b"]
    cache.put("c", 3)
    assert cache.keys() == ["b", "c"]


def test_put_of_a_live_key_replaces_it():
    cache, _, left = make(2)
    cache.put("a", 1)
    cache.put("b", 2)
    cache.put("a", 3)
    assert cache.get("a") == 3
    assert cache.keys() == ["b", "a"]
    assert left == [("a", 1, "replaced")]
    assert cache.stats()["evicted"] == 0


def test_expires_exactly_at_the_end_of_its_life():
    cache, clock, _ = make(ttl=10)
    cache.put("a", 1)
    clock.now += 9.999
    assert cache.peek("a") == 1 and "a" in cache and cache.keys() == ["a"]
    clock.now = 1010.0
    assert cache.peek("a") is None and "a" not in cache
    assert cache.keys() == [] and len(cache) == 0
    assert cache.get("a", "gone") == "gone"


def test_reading_does_not_prolong_life():
    cache, clock, _ = make(ttl=10)
    cache.put("a", 1)
    clock.now += 6
    assert cache.get("a") == 1
    clock.now += 6
    assert cache.get("a") is None


def test_putting_again_starts_a_new_life():
    cache, clock, _ = make(ttl=10)
    cache.put("a", 1)
    clock.now += 6
    cache.put("a", 2)
    clock.now += 6
    assert cache.get("a") == 2


def test_an_entry_may_have_its_own_lifetime():
    cache, clock, _ = make(ttl=10)
    cache.put("short", 1, ttl=2)
    cache.put("long", 2, ttl=50)
    cache.put("ever", 3, ttl=None)
    clock.now += 2
    assert cache.keys() == ["long", "ever"]
    clock.now += 48
    assert cache.keys() == ["ever"]


def test_a_cache_without_ttl_never_expires():
    cache, clock, _ = make(ttl=None)
    cache.put("a", 1)
    cache.put("b", 2, ttl=0.5)
    clock.now += 10**9
    assert cache.keys() == ["a"]


def test_get_of_an_expired_entry_removes_it():
    cache, clock, left = make()
    cache.put("a", 1)
    cache.put("b", 2)
    clock.now += 10
    assert cache.get("a") is None
    assert left == [("a", 1, "expired")]
    assert cache.get("a") is None
    assert left == [("a", 1, "expired")]
    assert cache.stats() == {"hits": 0, "misses": 2, "expired": 1, "evicted": 0}


def test_reading_without_get_removes_and_counts_nothing():
    cache, clock, left = make()
    cache.put("a", 1)
    clock.now += 10
    cache.peek("a"), "a" in cache, len(cache), cache.keys()
    assert left == []
    assert cache.stats() == {"hits": 0, "misses": 0, "expired": 0, "evicted": 0}
    assert cache.purge() == 1


def test_expired_entries_make_room_before_live_ones():
    cache, clock, left = make(3)
    cache.put("old", 1, ttl=100)
    cache.put("x", 2, ttl=5)
    cache.put("y", 3, ttl=5)
    clock.now += 5
    cache.put("new", 4)
    assert cache.keys() == ["old", "new"]
    assert left == [("x", 2, "expired"), ("y", 3, "expired")]
    assert ("old", 1, "evicted") not in left
    assert cache.stats()["expired"] == 2 and cache.stats()["evicted"] == 0


def test_put_removes_all_expired_entries_even_with_room():
    cache, clock, left = make(10)
    cache.put("x", 1, ttl=1)
    cache.put("y", 2)
    clock.now += 1
    cache.put("z", 3)
    assert left == [("x", 1, "expired")]


def test_an_expired_entry_under_the_put_key_leaves_as_expired():
    cache, clock, left = make()
    cache.put("a", 1)
    clock.now += 10
    cache.put("a", 2)
    assert left == [("a", 1, "expired")]
    assert cache.get("a") == 2


def test_expired_entries_are_reported_by_expiry_then_by_put():
    cache, clock, left = make(9)
    cache.put("c", 1, ttl=3)
    cache.put("b", 2, ttl=2)
    cache.put("a", 3, ttl=3)
    cache.put("d", 4, ttl=1)
    cache.get("c")
    clock.now += 3
    assert cache.purge() == 4
    assert [key for key, _, _ in left] == ["d", "b", "c", "a"]


def test_an_entry_put_again_counts_as_put_later():
    cache, clock, left = make(9)
    cache.put("a", 1, ttl=5)
    cache.put("b", 2, ttl=5)
    cache.put("a", 3, ttl=5)
    left.clear()
    clock.now += 5
    cache.purge()
    assert [key for key, _, _ in left] == ["b", "a"]


def test_none_is_a_value():
    cache, _, _ = make()
    cache.put("a", None)
    assert cache.get("a", "other") is None
    assert "a" in cache and cache.peek("a", "other") is None
    assert cache.stats()["hits"] == 1 and cache.stats()["misses"] == 0


def test_pop_takes_live_entries_only():
    cache, clock, left = make()
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.pop("a") == 1
    assert cache.pop("a", "none") == "none"
    clock.now += 10
    assert cache.pop("b", "none") == "none"
    assert left == [("a", 1, "popped"), ("b", 2, "expired")]
    assert cache.stats() == {"hits": 0, "misses": 0, "expired": 1, "evicted": 0}


def test_stats_are_a_copy_with_ints():
    cache, _, _ = make()
    cache.get("a")
    stats = cache.stats()
    assert stats == {"hits": 0, "misses": 1, "expired": 0, "evicted": 0}
    assert all(type(value) is int for value in stats.values())
    stats["misses"] = 50
    assert cache.stats()["misses"] == 1
    assert type(cache.keys()) is list and type(len(cache)) is int


def test_callback_sees_the_finished_put():
    clock, seen = Clock(), []
    cache = TtlCache(1, 10, clock=clock, on_leave=lambda key, value, reason: seen.append((key, reason, cache.keys(), cache.stats()["evicted"])))
    cache.put("a", 1)
    cache.put("b", 2)
    assert seen == [("a", "evicted", ["b"], 1)]


def test_callback_may_use_the_cache():
    clock, left = Clock(), []

    def rescue(key, value, reason):
        left.append((key, reason))
        if key == "precious" and reason == "expired":
            cache.put(key, value + 1)

    cache = TtlCache(5, 10, clock=clock, on_leave=rescue)
    cache.put("precious", 1)
    cache.put("b", 2)
    clock.now += 10
    assert cache.purge() == 2
    assert cache.keys() == ["precious"]
    assert cache.get("precious") == 2
    assert left == [("precious", "expired"), ("b", "expired")]


def test_an_exception_of_the_callback_leaves_the_cache_sound():
    clock = Clock()

    def refuse(key, value, reason):
        raise RuntimeError(key)

    cache = TtlCache(1, 10, clock=clock, on_leave=refuse)
    cache.put("a", 1)
    with pytest.raises(RuntimeError):
        cache.put("b", 2)
    assert cache.keys() == ["b"] and cache.peek("a") is None
    assert cache.stats()["evicted"] == 1


def test_reasons_come_in_order():
    cache, clock, left = make(2)
    cache.put("x", 1, ttl=1)
    cache.put("a", 2)
    clock.now += 1
    cache.put("a", 3)
    assert left == [("x", 1, "expired"), ("a", 2, "replaced")]


def test_bad_arguments_are_refused():
    for capacity in [0, -1, 1.5, "3", True, None]:
        with pytest.raises(ValueError):
            TtlCache(capacity, 10, clock=Clock())
    for ttl in [0, -1, -0.5, "3", True]:
        with pytest.raises(ValueError):
            TtlCache(3, ttl, clock=Clock())
        with pytest.raises(ValueError):
            make()[0].put("a", 1, ttl=ttl)


def test_a_refused_put_changes_nothing():
    cache, _, left = make()
    cache.put("a", 1)
    with pytest.raises(ValueError):
        cache.put("a", 2, ttl=0)
    assert cache.peek("a") == 1
    assert left == []
