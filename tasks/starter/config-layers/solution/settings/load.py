"""Reads settings from all their sources."""

from collections.abc import Mapping, Sequence

from settings.env import env_layers
from settings.errors import SettingsError
from settings.file import file_layer
from settings.merge import Settings, merge
from settings.override import override_layer
from settings.schema import Schema


def load(
    schema: Schema,
    *,
    files: Sequence[tuple[str, str]] = (),
    env: Mapping[str, str] | None = None,
    overrides: Sequence[str] = (),
) -> Settings:
    """Read files, given as (name, text), environment and overrides and merge them; SettingsError if anything is wrong."""
    layers = [file_layer(schema, name, text) for name, text in files]
    layers += env_layers(schema, env or {})
    layers += [override_layer(schema, number, text) for number, text in enumerate(overrides, start=1)]
    problems = [problem for layer in layers for problem in layer.problems]
    if problems:
        raise SettingsError(problems)
    return merge(schema, layers)
