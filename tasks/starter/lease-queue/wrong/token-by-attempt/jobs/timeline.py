"""Times at which something is to happen to jobs."""

import heapq


class Timeline:
    """Job ids in the order of their times, equal ones by id."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int]] = []
        self._times: dict[int, float] = {}

    def set(self, job_id: int, time: float) -> None:
        """Give a job a time, in place of the one it had."""
        self._times[job_id] = time
        heapq.heappush(self._heap, (time, job_id))

    def remove(self, job_id: int) -> None:
        """Take a job's time away."""
        self._times.pop(job_id, None)

    def first(self, until: float) -> int | None:
        """Return the job with the earliest time, if that has come; None otherwise."""
        # Entries of the heap that were replaced or removed since are passed over.
        while self._heap and self._times.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        if not self._heap or self._heap[0][0] > until:
            return None
        return self._heap[0][1]

    def count(self, until: float) -> int:
        """Count the jobs whose time has come."""
        return sum(time <= until for time in self._times.values())

    def __len__(self) -> int:
        return len(self._times)
