"""Tax on an invoice."""

from collections.abc import Iterable
from decimal import Decimal

from invoice.lines import Line
from invoice.money import to_cents


def tax_by_rate(lines: Iterable[Line]) -> dict[Decimal, Decimal]:
    """Tax in whole cents for each rate, in ascending order of the rate."""
    taxes: dict[Decimal, Decimal] = {}
    for line in lines:
        tax = to_cents(line.exact_net() * line.tax_percent / 100)
        taxes[line.tax_percent] = taxes.get(line.tax_percent, to_cents(Decimal(0))) + tax
    return dict(sorted(taxes.items()))
