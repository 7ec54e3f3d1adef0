"""Caching for the price service."""
