"""A cache whose entries expire and which forgets the least recently used ones first."""


class TtlCache:
    """Holds at most `capacity` entries, each for at most its lifetime."""

    def __init__(self, capacity, ttl, *, clock, on_leave=None):
        raise NotImplementedError
