"""Values written as text, as in the environment or on a command line."""

import re
from typing import Any

from settings.schema import Field

_BOOLS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


class Unreadable(ValueError):
    """Raised when a text is no value of the field's type."""


def read_text(field: Field, text: str) -> Any:
    """Turn a text into a value of the field's type; Unreadable if it is none."""
    bare = text.strip()
    if field.type is str:
        return text
    if field.type is list:
        return [item.strip() for item in text.split(",")] if bare else []
    if field.type is bool and bare.lower() in _BOOLS:
        return _BOOLS[bare.lower()]
    if field.type is int and re.fullmatch(r"[+-]?[0-9]+", bare):
        return int(bare)
    if field.type is float and re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", bare):
        return float(bare)
    raise Unreadable(f"cannot read '{text}' as {field.type.__name__}")
