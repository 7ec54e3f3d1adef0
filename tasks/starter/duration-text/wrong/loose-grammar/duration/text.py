"""Turns durations into text and back."""

import re

UNITS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
COMPONENT = r"\d+[wdhms]"
PATTERN = re.compile(rf"-?{COMPONENT}(?:\s*{COMPONENT})*", re.IGNORECASE)


def parse_duration(text: str) -> int:
    """Read a duration such as "1h 30m" and return its seconds."""
    if not isinstance(text, str):
        raise TypeError(f"a duration must be a str, not {type(text).__name__}")
    body = text.strip().lower()
    if body == "0":
        return 0
    if not PATTERN.fullmatch(body):
        raise ValueError(f"not a duration: {text!r}")
    total = 0
    previous = 10**9
    for count, unit in re.findall(r"(\d+)([wdhms])", body):
        if UNITS[unit] > previous:
            raise ValueError(f"not a duration: {text!r}")
        previous = UNITS[unit]
        total += int(count) * UNITS[unit]
    return -total if body.startswith("-") else total


def format_duration(seconds: int, max_parts: int | None = None) -> str:
    """Write seconds as a duration such as "1h 30m"."""
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        raise TypeError(f"seconds must be an int, not {type(seconds).__name__}")
    if max_parts is not None and max_parts < 1:
        raise ValueError(f"max_parts must be at least 1, not {max_parts}")
    rest = abs(seconds)
    parts = []
    for unit, size in UNITS.items():
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    if not parts:
        return "0s"
    return ("-" if seconds < 0 else "") + " ".join(parts[:max_parts])
