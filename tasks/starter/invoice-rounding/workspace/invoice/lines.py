"""The lines of an invoice."""

from dataclasses import dataclass
from decimal import Decimal

from invoice.money import to_cents


@dataclass(frozen=True)
class Line:
    """One position of an invoice; a credit note has a negative quantity."""

    text: str
    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal
    tax_percent: Decimal

    def exact_net(self) -> Decimal:
        """Net amount before rounding."""
        return self.quantity * self.unit_price * (100 - self.discount_percent) / 100

    def net(self) -> Decimal:
        """Net amount in whole cents."""
        return to_cents(self.exact_net())


@dataclass(frozen=True)
class Invoice:
    """An invoice as it was read."""

    number: int
    lines: tuple[Line, ...]
