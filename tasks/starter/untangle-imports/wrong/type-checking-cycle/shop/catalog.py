"""What we sell, at what price, and what sells best."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shop.model import ORDERS

if TYPE_CHECKING:
    from shop.orders import Order

PRICES = {"tea": 450, "cup": 900, "pot": 2500, "spoon": 150}


def price_cents(sku: str) -> int:
    """Return the price of an article; KeyError if we do not sell it."""
    return PRICES[sku]


def bestsellers(count: int = 3) -> list[str]:
    """List the articles sold most often, equal ones by name."""
    sold: dict[str, int] = {}
    for order in ORDERS:
        for line in order.lines:
            sold[line.sku] = sold.get(line.sku, 0) + line.quantity
    return sorted(sold, key=lambda sku: (-sold[sku], sku))[:count]
