"""Amounts of money: reading, rounding and printing them."""

from decimal import ROUND_FLOOR, Decimal

CENT = Decimal("0.01")


def amount(value) -> Decimal:
    """Turn a number from an invoice file into an exact amount."""
    return Decimal(value)


def to_cents(value: Decimal) -> Decimal:
    """Round an amount to whole cents."""
    return (value + CENT / 2).quantize(CENT, rounding=ROUND_FLOOR)


def show(value: Decimal) -> str:
    """Print an amount with two decimal places."""
    return f"{to_cents(value):.2f}"
