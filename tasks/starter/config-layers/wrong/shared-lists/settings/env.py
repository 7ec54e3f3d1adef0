"""Settings from the environment."""

from collections.abc import Mapping

from settings.layer import Layer
from settings.schema import Schema
from settings.text import Unreadable, read_text

PREFIX = "APP_"


def env_layers(schema: Schema, env: Mapping[str, str]) -> list[Layer]:
    """Read the variables that begin with the prefix, one layer each, sorted by name."""
    return [_layer(schema, name, env[name]) for name in sorted(env) if name.startswith(PREFIX)]


def _layer(schema: Schema, name: str, text: str) -> Layer:
    source = f"env {name}"
    key = name.removeprefix(PREFIX).lower().replace("__", ".")
    if key not in schema:
        return Layer(source, {}, [f"{source}: {key}: unknown setting"])
    try:
        return Layer(source, {key: read_text(schema[key], text)})
    except Unreadable as error:
        return Layer(source, {}, [f"{source}: {key}: {error}"])
