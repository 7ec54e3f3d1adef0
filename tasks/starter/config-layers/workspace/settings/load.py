"""Reads settings from all their sources."""

from collections.abc import Sequence

from settings.errors import SettingsError
from settings.file import file_layer
from settings.merge import Settings, merge
from settings.schema import Schema


def load(schema: Schema, *, files: Sequence[tuple[str, str]] = ()) -> Settings:
    """Read the files, given as (name, text), and merge them; SettingsError if anything is wrong."""
    layers = [file_layer(schema, name, text) for name, text in files]
    problems = [problem for layer in layers for problem in layer.problems]
    if problems:
        raise SettingsError(problems)
    return merge(schema, layers)
