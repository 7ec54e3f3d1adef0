"""Tax on an invoice."""

from collections.abc import Iterable
from decimal import Decimal

from invoice.lines import Line
from invoice.money import to_cents


def tax_by_rate(lines: Iterable[Line]) -> dict[Decimal, Decimal]:
    """Tax in whole cents for each rate, in ascending order of the rate."""
    nets: dict[Decimal, Decimal] = {}
    for line in lines:
        nets[line.tax_percent] = nets.get(line.tax_percent, Decimal(0)) + line.net()
    return {rate: to_cents(nets[rate] * rate / 100) for rate in sorted(nets)}
