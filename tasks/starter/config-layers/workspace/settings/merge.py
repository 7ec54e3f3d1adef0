"""Joins layers into settings."""

from collections.abc import Iterable
from typing import Any

from settings.layer import RESET, Layer
from settings.schema import Schema


class Settings:
    """The merged settings; read only."""

    def __init__(self, values: dict[str, Any]) -> None:
        """Keep one value for every key of the schema."""
        self._values = values

    def get(self, key: str) -> Any:
        """Return the value of a setting; KeyError if there is none of that name."""
        return self._values[key]


def merge(schema: Schema, layers: Iterable[Layer]) -> Settings:
    """Merge layers, the strongest last, over the defaults of the schema."""
    values = {key: field.default for key, field in schema.items()}
    for layer in layers:
        for key, value in layer.values.items():
            values[key] = schema[key].default if value is RESET else value
    return Settings(values)
