"""Typed settings, merged from layers."""
