"""How long a job pauses after a failure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Backoff:
    """Pauses that double up to a limit."""

    base_delay: float
    max_delay: float

    def pause(self, attempt: int) -> float:
        """Return the pause after the failure of an attempt, counted from 1."""
        return min(self.max_delay, self.base_delay * 2 ** (attempt - 1))
