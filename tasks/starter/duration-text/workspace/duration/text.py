"""Turns durations into text and back."""


def parse_duration(text: str) -> int:
    """Read a duration such as "1h 30m" and return its seconds."""
    raise NotImplementedError


def format_duration(seconds: int, max_parts: int | None = None) -> str:
    """Write seconds as a duration such as "1h 30m"."""
    raise NotImplementedError
