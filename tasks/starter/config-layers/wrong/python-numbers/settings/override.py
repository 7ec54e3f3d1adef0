"""Settings from overrides such as "server.port=80"."""

from settings.layer import Layer
from settings.schema import Schema
from settings.text import Unreadable, read_text


def override_layer(schema: Schema, number: int, text: str) -> Layer:
    """Read the override with this number, counted from 1."""
    source = f"override {number}"
    key, separator, value = text.partition("=")
    key = key.strip()
    if not separator:
        return Layer(source, {}, [f"{source}: : expected key=value"])
    if key not in schema:
        return Layer(source, {}, [f"{source}: {key}: unknown setting"])
    try:
        return Layer(source, {key: read_text(schema[key], value)})
    except Unreadable as error:
        return Layer(source, {}, [f"{source}: {key}: {error}"])
