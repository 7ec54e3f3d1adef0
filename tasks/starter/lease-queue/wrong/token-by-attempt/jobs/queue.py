"""The queue itself."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from jobs.backoff import Backoff
from jobs.dump import dump_state, load_state
from jobs.keys import Keys
from jobs.model import DeadJob, Job, Lease, StaleLease
from jobs.timeline import Timeline

RAN_OUT = "lease ran out"


class Queue:
    """Jobs that are worked on under leases; see docs/contract.md."""

    def __init__(self, *, clock: Callable[[], float], max_attempts: int, base_delay: float, max_delay: float) -> None:
        self._clock = clock
        self._max_attempts = max_attempts
        self._backoff = Backoff(base_delay, max_delay)
        self._jobs: dict[int, Job] = {}
        self._due = Timeline()
        self._expiry = Timeline()
        self._keys = Keys()
        self._tokens: dict[str, int] = {}
        self._next_id = 1
        self._leases = 0

    def put(self, payload: Any, *, key: str | None = None, delay: float = 0) -> int:
        """Add a job, unless one with the same key is unfinished; return its id."""
        now = self._sweep()
        known = self._keys.find(key)
        if known is not None:
            return known
        job = Job(self._next_id, deepcopy(payload), key, now + delay)
        self._next_id += 1
        self._jobs[job.id] = job
        self._keys.use(key, job.id)
        self._due.set(job.id, job.due)
        return job.id

    def take(self, worker: str, seconds: float) -> Lease | None:
        """Lease the job that has been due for longest."""
        now = self._sweep()
        job_id = self._due.first(now)
        if job_id is None:
            return None
        job = self._jobs[job_id]
        self._due.remove(job_id)
        job.attempt += 1
        self._leases += 1
        job.token = f"{worker}-{job_id}-{job.attempt}"
        job.expires_at = now + seconds
        self._tokens[job.token] = job_id
        self._expiry.set(job_id, job.expires_at)
        return self._lease(job)

    def done(self, token: str) -> None:
        """Report that a job is finished."""
        self._sweep()
        job = self._leased(token)
        self._end_lease(job)
        self._keys.free(job.key)
        del self._jobs[job.id]

    def fail(self, token: str, reason: str) -> None:
        """Report that an attempt has failed."""
        now = self._sweep()
        self._failed(self._leased(token), reason, now)

    def extend(self, token: str, seconds: float) -> Lease:
        """Let a lease end so many seconds from now."""
        now = self._sweep()
        job = self._leased(token)
        job.expires_at = now + seconds
        self._expiry.set(job.id, job.expires_at)
        return self._lease(job)

    def dead(self) -> list[DeadJob]:
        """List the jobs that have failed too often."""
        self._sweep()
        jobs = sorted((job for job in self._jobs.values() if job.died_at is not None), key=lambda job: (job.died_at, job.id))
        return [DeadJob(job.id, deepcopy(job.payload), job.reason, job.attempt, job.died_at) for job in jobs]

    def revive(self, job_id: int) -> bool:
        """Give a dead job another chance."""
        now = self._sweep()
        job = self._jobs.get(job_id)
        if job is None or job.died_at is None or self._keys.find(job.key) is not None:
            return False
        self._keys.use(job.key, job.id)
        job.died_at = None
        job.attempt = 0
        job.due = now
        self._due.set(job.id, job.due)
        return True

    def stats(self) -> dict[str, int]:
        """Count the jobs in each state."""
        ready = self._due.count(self._sweep())
        dead = len(self.dead())
        return {"ready": ready, "delayed": len(self._due) - ready, "leased": len(self._expiry), "dead": dead}

    def dump(self) -> str:
        """Write everything as JSON text."""
        return dump_state(list(self._jobs.values()), self._next_id, self._leases)

    @classmethod
    def load(cls, text: str, *, clock: Callable[[], float], max_attempts: int, base_delay: float, max_delay: float) -> "Queue":
        """Go on from a dump."""
        queue = cls(clock=clock, max_attempts=max_attempts, base_delay=base_delay, max_delay=max_delay)
        jobs, queue._next_id, queue._leases = load_state(text)
        for job in jobs:
            queue._jobs[job.id] = job
            if job.died_at is not None:
                continue
            queue._keys.use(job.key, job.id)
            if job.token is None:
                queue._due.set(job.id, job.due)
            else:
                queue._tokens[job.token] = job.id
                queue._expiry.set(job.id, job.expires_at)
        return queue

    def _sweep(self) -> float:
        """Take back the jobs whose leases have run out, and return the time."""
        now = self._clock()
        while (job_id := self._expiry.first(now)) is not None:
            job = self._jobs[job_id]
            self._failed(job, RAN_OUT, job.expires_at)
        return now

    def _failed(self, job: Job, reason: str, time: float) -> None:
        self._end_lease(job)
        job.reason = reason
        if job.attempt >= self._max_attempts:
            job.died_at = time
            self._keys.free(job.key)
        else:
            job.due = time + self._backoff.pause(job.attempt)
            self._due.set(job.id, job.due)

    def _leased(self, token: str) -> Job:
        job_id = self._tokens.get(token)
        if job_id is None:
            raise StaleLease(token)
        return self._jobs[job_id]

    def _end_lease(self, job: Job) -> None:
        self._expiry.remove(job.id)
        self._tokens.pop(job.token, None)
        job.token = None
        job.expires_at = None

    def _lease(self, job: Job) -> Lease:
        return Lease(job.id, deepcopy(job.payload), job.token, job.attempt, job.expires_at)
