"""A cache whose entries expire and which forgets the least recently used ones first."""

from collections import OrderedDict
from dataclasses import dataclass
from itertools import count
from math import inf
from typing import Any

_UNSET = object()


@dataclass
class _Entry:
    value: Any
    expires_at: float
    number: int


class TtlCache:
    """Holds at most `capacity` entries, each for at most its lifetime."""

    def __init__(self, capacity, ttl, *, clock, on_leave=None):
        if type(capacity) is not int or capacity < 1:
            raise ValueError(f"capacity must be a positive int, not {capacity!r}")
        self._capacity = capacity
        self._ttl = _checked_ttl(ttl)
        self._clock = clock
        self._on_leave = on_leave
        self._entries: OrderedDict[Any, _Entry] = OrderedDict()
        self._numbers = count()
        self._counters = {"hits": 0, "misses": 0, "expired": 0, "evicted": 0}

    def put(self, key, value, ttl=_UNSET):
        """Store a value as the most recently used one."""
        lifetime = self._ttl if ttl is _UNSET else _checked_ttl(ttl)
        hash(key)
        now = self._clock()
        left = self._take_expired(now)
        if key in self._entries:
            left.append(self._take(key, "replaced"))
        elif len(self._entries) >= self._capacity:
            left.append(self._take(next(iter(self._entries)), "evicted"))
        expires_at = inf if lifetime is None else now + lifetime
        self._entries[key] = _Entry(value, expires_at, next(self._numbers))
        self._tell(left)

    def get(self, key, default=None):
        """Return a value and make it the most recently used one."""
        entry = self._entries.get(key)
        if entry is None:
            self._counters["misses"] += 1
            return default
        if entry.expires_at <= self._clock():
            self._counters["misses"] += 1
            self._tell([self._take(key, "expired")])
            return default
        self._counters["hits"] += 1
        self._entries.move_to_end(key)
        return entry.value

    def peek(self, key, default=None):
        """Return a value and change nothing."""
        entry = self._live(key)
        return default if entry is None else entry.value

    def pop(self, key, default=None):
        """Remove a live entry and return its value."""
        entry = self._entries.get(key)
        if entry is None:
            return default
        live = entry.expires_at > self._clock()
        self._tell([self._take(key, "popped" if live else "expired")])
        return entry.value if live else default

    def purge(self):
        """Remove all expired entries and return their number."""
        left = self._take_expired(self._clock())
        self._tell(left)
        return len(left)

    def keys(self):
        """List the live keys, the most recently used one last."""
        now = self._clock()
        return [key for key, entry in self._entries.items() if entry.expires_at > now]

    def stats(self):
        """Count hits, misses, and entries that expired or made room."""
        return dict(self._counters)

    def __contains__(self, key):
        return self._live(key) is not None

    def __len__(self):
        return len(self.keys())

    def _live(self, key):
        entry = self._entries.get(key)
        return entry if entry is not None and entry.expires_at > self._clock() else None

    def _take(self, key, reason):
        if reason in self._counters:
            self._counters[reason] += 1
        return key, self._entries.pop(key).value, reason

    def _take_expired(self, now):
        expired = [(entry.expires_at, entry.number, key) for key, entry in self._entries.items() if entry.expires_at <= now]
        return [self._take(key, "expired") for _, _, key in sorted(expired, key=lambda item: item[:2])]

    def _tell(self, left):
        if self._on_leave is not None:
            for key, value, reason in left:
                self._on_leave(key, value, reason)


def _checked_ttl(ttl):
    if ttl is None:
        return None
    if type(ttl) not in (int, float) or not ttl > 0:
        raise ValueError(f"ttl must be a number above 0 or None, not {ttl!r}")
    return ttl
