"""The queue itself."""

from collections.abc import Callable
from typing import Any

from jobs.backoff import Backoff
from jobs.dump import dump_jobs, load_jobs
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

    def put(self, payload: Any, *, key: str | None = None, delay: float = 0) -> int:
        """Add a job, unless one with the same key is unfinished; return its id."""
        known = self._keys.find(key)
        if known is not None:
            return known
        job = Job(self._next_id, payload, key, self._clock() + delay)
        self._next_id += 1
        self._jobs[job.id] = job
        self._keys.use(key, job.id)
        self._due.set(job.id, job.due)
        return job.id

    def take(self, worker: str, seconds: float) -> Lease | None:
        """Lease the job that has been due for longest."""
        now = self._clock()
        self._sweep(now)
        job_id = self._due.first(now)
        if job_id is None:
            return None
        job = self._jobs[job_id]
        self._due.remove(job_id)
        job.attempt += 1
        job.token = f"{worker}-{job_id}"
        job.expires_at = now + seconds
        self._tokens[job.token] = job_id
        self._expiry.set(job_id, job.expires_at)
        return self._lease(job)

    def done(self, token: str) -> None:
        """Report that a job is finished."""
        job = self._leased(token)
        self._end_lease(job)
        self._keys.free(job.key)
        del self._jobs[job.id]

    def fail(self, token: str, reason: str) -> None:
        """Report that an attempt has failed."""
        job = self._leased(token)
        self._end_lease(job)
        job.reason = reason
        if job.attempt > self._max_attempts - 1:
            job.died_at = self._clock()
        else:
            job.due = self._clock() + self._backoff.pause(job.attempt)
            self._due.set(job.id, job.due)

    def extend(self, token: str, seconds: float) -> Lease:
        """Let a lease end so many seconds from now."""
        job = self._leased(token)
        job.expires_at = self._clock() + seconds
        self._expiry.set(job.id, job.expires_at)
        return self._lease(job)

    def dead(self) -> list[DeadJob]:
        """List the jobs that have failed too often."""
        jobs = [job for job in self._jobs.values() if job.died_at is not None]
        return [DeadJob(job.id, job.payload, job.reason, job.attempt, job.died_at) for job in jobs]

    def revive(self, job_id: int) -> bool:
        """Give a dead job another chance."""
        job = self._jobs.get(job_id)
        if job is None or job.died_at is None:
            return False
        job.died_at = None
        job.attempt = 0
        job.due = self._clock()
        self._due.set(job.id, job.due)
        return True

    def stats(self) -> dict[str, int]:
        """Count the jobs in each state."""
        ready = self._due.count(self._clock())
        dead = len(self.dead())
        return {"ready": ready, "delayed": len(self._due) - ready, "leased": len(self._expiry), "dead": dead}

    def dump(self) -> str:
        """Write everything as JSON text."""
        return dump_jobs(list(self._jobs.values()))

    @classmethod
    def load(cls, text: str, *, clock: Callable[[], float], max_attempts: int, base_delay: float, max_delay: float) -> "Queue":
        """Go on from a dump."""
        queue = cls(clock=clock, max_attempts=max_attempts, base_delay=base_delay, max_delay=max_delay)
        for job in load_jobs(text):
            queue._jobs[job.id] = job
            if job.died_at is None:
                queue._due.set(job.id, clock())
        return queue

    def _sweep(self, now: float) -> None:
        """Take back the jobs whose leases have run out."""
        while (job_id := self._expiry.first(now)) is not None:
            job = self._jobs[job_id]
            self._end_lease(job)
            job.reason = RAN_OUT
            job.due = now + self._backoff.pause(job.attempt)
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
        return Lease(job.id, job.payload, job.token, job.attempt, job.expires_at)
