"""Which keys are in use."""


class Keys:
    """Finds the unfinished job of a key."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}

    def find(self, key: str | None) -> int | None:
        """Return the id of the job that uses a key."""
        return None if key is None else self._ids.get(key)

    def use(self, key: str | None, job_id: int) -> None:
        """Enter a job under its key."""
        if key is not None:
            self._ids[key] = job_id

    def free(self, key: str | None) -> None:
        """Make a key free again."""
        self._ids.pop(key, None)
