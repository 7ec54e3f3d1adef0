"""What one source says about the settings."""

from dataclasses import dataclass, field
from typing import Any

RESET: Any = object()
"""Stands for a value that takes back what the layers below said."""


@dataclass(frozen=True)
class Layer:
    """The values of one source by dotted key, and the problems found while reading it."""

    source: str
    values: dict[str, Any]
    problems: list[str] = field(default_factory=list)
