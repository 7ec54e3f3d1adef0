"""What an order costs: lines, rules, discount, tax."""

from collections.abc import Callable

TAX_PERCENT = 20

RULES: list[Callable] = []
"""Functions (order, cents) -> cents, applied one after the other to the sum of the lines."""


def register_rule(rule: Callable) -> Callable:
    """Add a pricing rule; also for use as a decorator."""
    RULES.append(rule)
    return rule


def price_of(order) -> int:
    """Compute what an order costs in cents, tax included."""
    from shop import rules  # noqa: F401  registers the rules of the house
    from shop.catalog import price_cents
    from shop.customers import discount_for

    cents = sum(price_cents(line.sku) * line.quantity for line in order.lines)
    for rule in RULES:
        cents = rule(order, cents)
    cents -= cents * discount_for(order.customer) // 100
    return cents + cents * TAX_PERCENT // 100
