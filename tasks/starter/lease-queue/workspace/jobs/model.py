"""What the queue keeps and hands out."""

from dataclasses import dataclass
from typing import Any


class StaleLease(Exception):
    """Raised when somebody reports on a lease that does not hold any more."""


@dataclass(frozen=True)
class Lease:
    """The right to work on a job until it expires."""

    job_id: int
    payload: Any
    token: str
    attempt: int
    expires_at: float


@dataclass(frozen=True)
class DeadJob:
    """A job that has failed too often."""

    job_id: int
    payload: Any
    reason: str
    attempts: int
    died_at: float


@dataclass
class Job:
    """A job inside the queue."""

    id: int
    payload: Any
    key: str | None
    due: float
    attempt: int = 0
    token: str | None = None
    expires_at: float | None = None
    reason: str = ""
    died_at: float | None = None
