"""Joins layers into settings."""

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from settings.layer import RESET, Layer
from settings.schema import Schema

DEFAULT = "default"


class Settings:
    """The merged settings; read only."""

    def __init__(self, values: dict[str, Any], sources: dict[str, str]) -> None:
        """Keep one value, and where it came from, for every key of the schema."""
        self._values = values
        self._sources = sources

    def get(self, key: str) -> Any:
        """Return the value of a setting; KeyError if there is none of that name."""
        return deepcopy(self._values[key])

    def source(self, key: str) -> str:
        """Name the source of a setting; KeyError if there is none of that name."""
        return self._sources[key]

    def as_dict(self) -> dict[str, Any]:
        """Return all settings as nested dictionaries."""
        result: dict[str, Any] = {}
        for key in self._values:
            *parents, name = key.split(".")
            inner = result
            for parent in parents:
                inner = inner.setdefault(parent, {})
            inner[name] = self.get(key)
        return result


def merge(schema: Schema, layers: Iterable[Layer]) -> Settings:
    """Merge layers, the strongest last, over the defaults of the schema."""
    values = {key: field.default for key, field in schema.items()}
    sources = dict.fromkeys(schema, DEFAULT)
    for layer in layers:
        for key, value in layer.values.items():
            values[key] = schema[key].default if value is RESET else value
            sources[key] = DEFAULT if value is RESET else layer.source
    return Settings(values, sources)
