"""Settings from the text of a JSON file."""

import json
from typing import Any

from settings.layer import RESET, Layer
from settings.schema import Schema, check


def file_layer(schema: Schema, name: str, text: str) -> Layer:
    """Read the text of a JSON file whose objects nest like the keys."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        return Layer(name, {}, [f"{name}: : not JSON: {error.msg}"])
    if not isinstance(data, dict):
        return Layer(name, {}, [f"{name}: : expected an object"])
    values: dict[str, Any] = {}
    problems: list[str] = []
    for key, value in _flatten(schema, data, ""):
        if key not in schema:
            problems.append(f"{name}: {key}: unknown setting")
        elif value is None:
            values[key] = RESET
        elif problem := check(schema[key], value):
            problems.append(f"{name}: {key}: {problem}")
        else:
            values[key] = value
    return Layer(name, values, problems)


def _flatten(schema: Schema, data: dict[str, Any], prefix: str) -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for name, value in data.items():
        key = prefix + name
        if isinstance(value, dict) and key not in schema:
            pairs += _flatten(schema, value, key + ".")
        else:
            pairs.append((key, value))
    return pairs
