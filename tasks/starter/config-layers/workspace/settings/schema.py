"""Which settings there are, and of what type."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Field:
    """One setting: its type (`str`, `int`, `float`, `bool` or `list`, a list of `str`) and its default."""

    type: type
    default: Any


Schema = dict[str, Field]


def check(field: Field, value: Any) -> str | None:
    """Say what is wrong with a value for a field, or return None."""
    if field.type is list:
        fits = isinstance(value, list) and all(isinstance(item, str) for item in value)
        return None if fits else "expected a list of str"
    if field.type is float:
        fits = isinstance(value, int | float) and not isinstance(value, bool)
    else:
        fits = type(value) is field.type
    return None if fits else f"expected {field.type.__name__}"
