"""Where pricing rules are entered."""

from collections.abc import Callable

RULES: list[Callable] = []
"""Functions (order, cents) -> cents, applied one after the other to the sum of the lines."""


def register_rule(rule: Callable) -> Callable:
    """Add a pricing rule; also for use as a decorator."""
    RULES.append(rule)
    return rule
