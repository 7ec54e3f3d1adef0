"""Turns durations into text and back."""

import re

UNITS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
PATTERN = re.compile(r"(-?)" + r"\s*".join(rf"(?:([0-9]+){unit})?" for unit in UNITS), re.IGNORECASE)


def parse_duration(text: str) -> int:
    """Read a duration such as "1h 30m" and return its seconds."""
    if not isinstance(text, str):
        raise TypeError(f"a duration must be a str, not {type(text).__name__}")
    body = text.strip()
    if body == "0":
        return 0
    match = PATTERN.fullmatch(body)
    if not match or not body[-1:].isalpha() or not body.lstrip("-")[:1].isdigit():
        raise ValueError(f"not a duration: {text!r}")
    total = sum(int(count or 0) * size for count, size in zip(match.groups()[1:], UNITS.values()))
    return -total if match[1] else total


def format_duration(seconds: int, max_parts: int | None = None) -> str:
    """Write seconds as a duration such as "1h 30m"."""
    if type(seconds) is not int:
        raise TypeError(f"seconds must be an int, not {type(seconds).__name__}")
    if max_parts is not None and max_parts < 1:
        raise ValueError(f"max_parts must be at least 1, not {max_parts}")
    parts = []
    rest = seconds
    for unit, size in UNITS.items():
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts[:max_parts]) or "0s"
