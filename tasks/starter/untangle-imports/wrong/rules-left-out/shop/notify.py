"""Messages to customers."""

from shop import pricing
from shop.model import Order, describe

OUTBOX: list[tuple[str, str]] = []
"""Messages not sent yet: address and text."""


def order_placed(order: Order) -> None:
    """Tell a customer that the order has arrived."""
    euros = f"{order.paid_cents // 100}.{order.paid_cents % 100:02d}"
    OUTBOX.append((order.customer.email, f"{describe(order)}. Total {euros} incl. {pricing.TAX_PERCENT} % tax."))
