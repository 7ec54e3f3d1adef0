"""Messages to customers."""

from shop.model import TAX_PERCENT, Order, describe

OUTBOX: list[tuple[str, str]] = []
"""Messages not sent yet: address and text."""


def order_placed(order: Order) -> None:
    """Tell a customer that the order has arrived."""
    euros = f"{order.paid_cents // 100}.{order.paid_cents % 100:02d}"
    OUTBOX.append((order.customer.email, f"{describe(order)}. Total {euros} incl. {TAX_PERCENT} % tax."))
