"""Amounts of money: reading, rounding and printing them."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def amount(value) -> Decimal:
    """Turn a number from an invoice file into an exact amount."""
    return Decimal(value)


def to_cents(value: Decimal) -> Decimal:
    """Round an amount to whole cents."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def show(value: Decimal) -> str:
    """Print an amount with two decimal places."""
    return f"{to_cents(value):.2f}"
