import json

import pytest

from jobs.model import DeadJob, Lease, StaleLease
from jobs.queue import Queue

OPTIONS = {"max_attempts": 3, "base_delay": 10, "max_delay": 1000}


class Clock:
    def __init__(self):
        self.now = 1000

    def __call__(self):
        return self.now


def make(**options):
    clock = Clock()
    return Queue(clock=clock, **{**OPTIONS, **options}), clock


def restart(queue, clock):
    return Queue.load(queue.dump(), clock=clock, **OPTIONS)


def kill(queue, clock, payload="x", key=None):
    """Puts a job and lets all its attempts fail; returns its id."""
    job_id = queue.put(payload, key=key)
    for _ in range(OPTIONS["max_attempts"]):
        lease = queue.take("w", 30)
        assert lease.job_id == job_id
        queue.fail(lease.token, "broken")
        clock.now += 1000
    return job_id


def test_a_job_is_put_taken_and_done():
    queue, clock = make()
    assert queue.put({"n": 1}) == 1
    lease = queue.take("w", 30)
    assert type(lease) is Lease and type(lease.token) is str and type(lease.job_id) is int
    assert (lease.job_id, lease.payload, lease.attempt, lease.expires_at) == (1, {"n": 1}, 1, 1030)
    assert queue.take("w", 30) is None
    queue.done(lease.token)
    assert queue.stats() == {"ready": 0, "delayed": 0, "leased": 0, "dead": 0}


def test_a_job_is_ready_at_its_due_time():
    queue, clock = make()
    queue.put("now")
    queue.put("later", delay=5)
    assert queue.take("w", 30).payload == "now"
    clock.now += 4
    assert queue.take("w", 30) is None
    clock.now += 1
    assert queue.take("w", 30).payload == "later"


def test_the_job_due_for_longest_comes_first():
    queue, clock = make()
    queue.put("c", delay=3)
    queue.put("a", delay=1)
    queue.put("b", delay=1)
    clock.now += 10
    assert [queue.take("w", 30).payload for _ in range(3)] == ["a", "b", "c"]


def test_a_failed_job_pauses_longer_each_time():
    queue, clock = make(max_attempts=6, max_delay=50)
    queue.put("x")
    for attempt, pause in enumerate([10, 20, 40, 50, 50], start=1):
        lease = queue.take("w", 5)
        assert lease.attempt == attempt
        queue.fail(lease.token, "no")
        clock.now += pause - 1
        assert queue.take("w", 5) is None
        clock.now += 1
    assert queue.take("w", 5).attempt == 6


def test_an_extended_lease_holds_until_its_new_end():
    queue, clock = make()
    queue.put("x")
    lease = queue.take("w1", 30)
    clock.now += 20
    longer = queue.extend(lease.token, 30)
    assert (longer.expires_at, longer.token, longer.attempt, longer.payload) == (1050, lease.token, 1, "x")
    clock.now = 1049
    assert queue.take("w2", 30) is None
    assert queue.stats()["leased"] == 1
    queue.done(lease.token)
    assert queue.stats() == {"ready": 0, "delayed": 0, "leased": 0, "dead": 0}


def test_a_lease_may_be_shortened():
    queue, clock = make()
    queue.put("x")
    lease = queue.take("w1", 100)
    queue.extend(lease.token, 5)
    clock.now += 5
    with pytest.raises(StaleLease):
        queue.done(lease.token)
    assert queue.stats() == {"ready": 0, "delayed": 1, "leased": 0, "dead": 0}


def test_a_lease_runs_out_exactly_at_its_end():
    for report in [lambda q, t: q.done(t), lambda q, t: q.fail(t, "no"), lambda q, t: q.extend(t, 5)]:
        queue, clock = make()
        queue.put("x")
        lease = queue.take("w", 30)
        clock.now += 30
        with pytest.raises(StaleLease):
            report(queue, lease.token)
        assert queue.stats() == {"ready": 0, "delayed": 1, "leased": 0, "dead": 0}


def test_a_job_pauses_from_the_end_of_its_lease():
    queue, clock = make()
    queue.put("x")
    queue.take("w", 30)
    clock.now += 39
    assert queue.take("w", 30) is None
    clock.now += 1
    assert queue.take("w", 30).attempt == 2


def test_a_job_that_came_back_does_not_overtake():
    queue, clock = make()
    queue.put("back")
    queue.take("w", 30)
    queue.put("long", delay=35)
    queue.put("longer", delay=45)
    clock.now += 500
    assert [queue.take("w", 30).payload for _ in range(3)] == ["long", "back", "longer"]


def test_lost_leases_count_as_attempts():
    queue, clock = make()
    queue.put("killer")
    for _ in range(3):
        assert queue.take("w", 30) is not None
        clock.now += 1000
    assert queue.take("w", 30) is None
    assert queue.stats() == {"ready": 0, "delayed": 0, "leased": 0, "dead": 1}
    (dead,) = queue.dead()
    assert (dead.reason, dead.attempts) == ("lease ran out", 3)


def test_the_dead_are_listed_with_their_time_of_death():
    queue, clock = make(max_attempts=1)
    ids = [queue.put(name) for name in "abc"]
    leases = [queue.take("w", seconds) for seconds in (50, 20, 20)]
    clock.now += 10
    queue.fail(leases[0].token, "first")
    clock.now += 500
    assert queue.dead() == [
        DeadJob(ids[0], "a", "first", 1, 1010),
        DeadJob(ids[1], "b", "lease ran out", 1, 1020),
        DeadJob(ids[2], "c", "lease ran out", 1, 1020),
    ]


def test_the_dead_are_listed_by_time_not_by_id():
    queue, clock = make(max_attempts=1)
    queue.put("a"), queue.put("b")
    first, second = queue.take("w", 99), queue.take("w", 99)
    queue.fail(second.token, "no")
    clock.now += 1
    queue.fail(first.token, "no")
    assert [dead.payload for dead in queue.dead()] == ["b", "a"]


def test_tokens_are_never_used_twice():
    queue, clock = make(max_attempts=10)
    queue.put("x")
    tokens = set()
    for _ in range(5):
        tokens.add(queue.take("w1", 30).token)
        clock.now += 10_000
    assert len(tokens) == 5


def test_an_old_lease_cannot_finish_a_new_one():
    queue, clock = make()
    queue.put("x")
    old = queue.take("w1", 30)
    clock.now += 100
    new = queue.take("w1", 30)
    assert new.token != old.token
    for report in [queue.done, lambda token: queue.fail(token, "no"), lambda token: queue.extend(token, 9)]:
        with pytest.raises(StaleLease):
            report(old.token)
    assert queue.stats()["leased"] == 1
    queue.done(new.token)


def test_tokens_stay_unique_after_a_revival():
    queue, clock = make(max_attempts=1)
    queue.put("x")
    old = queue.take("w", 30)
    queue.fail(old.token, "no")
    queue.revive(1)
    new = queue.take("w", 30)
    assert new.attempt == 1 and new.token != old.token
    with pytest.raises(StaleLease):
        queue.done(old.token)


def test_reports_on_finished_or_unknown_leases_are_stale():
    queue, _ = make()
    queue.put("x")
    lease = queue.take("w", 30)
    queue.done(lease.token)
    for token in [lease.token, "", "nobody-1", "w-1"]:
        with pytest.raises(StaleLease):
            queue.done(token)


def test_a_key_is_used_once_while_its_job_is_unfinished():
    queue, clock = make()
    first = queue.put("x", key="k")
    assert queue.put("y", key="k", delay=5) == first
    lease = queue.take("w", 30)
    assert lease.payload == "x"
    assert queue.put("y", key="k") == first
    queue.fail(lease.token, "no")
    assert queue.put("y", key="k") == first
    clock.now += 10
    queue.done(queue.take("w", 30).token)
    assert queue.put("y", key="k") != first


def test_the_empty_text_is_a_key_and_none_is_not():
    queue, _ = make()
    assert queue.put("x", key="") == queue.put("y", key="") == 1
    assert queue.put("z", key=None) != queue.put("z", key=None)


def test_a_dead_job_frees_its_key():
    queue, clock = make()
    dead_id = kill(queue, clock, key="k")
    new_id = queue.put("again", key="k")
    assert new_id != dead_id
    assert queue.take("w", 30).payload == "again"


def test_a_key_is_free_as_soon_as_the_last_lease_runs_out():
    queue, clock = make(max_attempts=1)
    first = queue.put("x", key="k")
    queue.take("w", 30)
    clock.now += 29
    assert queue.put("y", key="k") == first
    clock.now += 1
    assert queue.put("y", key="k") != first


def test_a_dead_job_can_be_revived():
    queue, clock = make()
    job_id = kill(queue, clock, key="k")
    assert queue.revive(job_id) is True
    assert queue.revive(job_id) is False
    assert queue.put("other", key="k") == job_id
    lease = queue.take("w", 30)
    assert (lease.job_id, lease.attempt) == (job_id, 1)
    assert queue.dead() == []


def test_a_dead_job_is_not_revived_beside_its_successor():
    queue, clock = make()
    job_id = kill(queue, clock, key="k")
    queue.put("new", key="k")
    assert queue.revive(job_id) is False
    assert [dead.job_id for dead in queue.dead()] == [job_id]
    queue.done(queue.take("w", 30).token)
    assert queue.revive(job_id) is True
    assert queue.revive(77) is False


def test_stats_see_leases_that_ran_out():
    queue, clock = make()
    queue.put("x")
    queue.take("w", 30)
    assert queue.stats() == {"ready": 0, "delayed": 0, "leased": 1, "dead": 0}
    clock.now += 30
    assert queue.stats() == {"ready": 0, "delayed": 1, "leased": 0, "dead": 0}
    clock.now += 10
    assert queue.stats() == {"ready": 1, "delayed": 0, "leased": 0, "dead": 0}
    assert all(type(count) is int for count in queue.stats().values())


def test_payloads_are_kept_as_they_were_put():
    queue, clock = make()
    payload = {"list": [1]}
    queue.put(payload)
    payload["list"].append(2)
    lease = queue.take("w", 30)
    lease.payload["list"].append(3)
    assert queue.extend(lease.token, 30).payload == {"list": [1]}
    queue.fail(lease.token, "no")
    clock.now += 10
    assert queue.take("w", 1).payload == {"list": [1]}
    clock.now += 21
    queue.take("w", 1)
    clock.now += 1
    queue.dead()[0].payload.clear()
    assert queue.dead()[0].payload == {"list": [1]}


def test_ids_are_not_used_again_after_a_restart():
    queue, clock = make()
    queue.put("a")
    queue.put("b")
    queue.done(queue.take("w", 30).token)
    queue.done(queue.take("w", 30).token)
    assert restart(queue, clock).put("c") == 3


def test_a_restart_keeps_due_times_attempts_and_keys():
    queue, clock = make()
    first = queue.put("a", key="k")
    queue.fail(queue.take("w", 30).token, "no")
    queue.put("b", delay=5)
    queue = restart(queue, clock)
    assert queue.put("x", key="k") == first
    assert queue.stats() == {"ready": 0, "delayed": 2, "leased": 0, "dead": 0}
    clock.now += 5
    assert queue.take("w", 30).payload == "b"
    assert queue.take("w", 30) is None
    clock.now += 5
    assert queue.take("w", 30).attempt == 2


def test_a_restart_keeps_leases():
    queue, clock = make()
    queue.put("a", key="k")
    queue.put("b")
    first, second = queue.take("w", 30), queue.take("w", 60)
    queue = restart(queue, clock)
    assert queue.stats()["leased"] == 2
    assert queue.take("w", 30) is None
    clock.now += 30
    with pytest.raises(StaleLease):
        queue.done(first.token)
    assert queue.extend(second.token, 60).expires_at == 1090
    queue.done(second.token)
    clock.now += 10
    assert queue.take("w", 30).token not in (first.token, second.token)


def test_tokens_stay_unique_after_a_restart():
    queue, clock = make(max_attempts=10)
    queue.put("a")
    tokens = set()
    for _ in range(4):
        tokens.add(queue.take("w", 30).token)
        clock.now += 10_000
        queue = Queue.load(queue.dump(), clock=clock, **{**OPTIONS, "max_attempts": 10})
    assert len(tokens) == 4


def test_a_restart_keeps_the_dead():
    queue, clock = make()
    job_id = kill(queue, clock, payload=[1], key="k")
    before = queue.dead()
    queue = restart(queue, clock)
    assert queue.dead() == before
    assert queue.put("new", key="k") != job_id
    assert queue.revive(job_id) is False


def test_a_dump_is_json_and_changes_nothing():
    queue, clock = make()
    queue.put({"n": 1})
    queue.take("w", 30)
    queue.put("b", key="k")
    text = queue.dump()
    json.loads(text)
    assert queue.dump() == text
    assert queue.stats() == {"ready": 1, "delayed": 0, "leased": 1, "dead": 0}
    loaded = restart(queue, clock)
    loaded.take("w", 5)
    assert queue.stats()["ready"] == 1
