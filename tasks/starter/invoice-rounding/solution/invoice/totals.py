"""What an invoice amounts to."""

from dataclasses import dataclass
from decimal import Decimal

from invoice.lines import Invoice
from invoice.money import to_cents
from invoice.tax import tax_by_rate


@dataclass(frozen=True)
class Totals:
    """Amounts of a whole invoice, each in whole cents."""

    net: Decimal
    taxes: dict[Decimal, Decimal]
    gross: Decimal


def totals(invoice: Invoice) -> Totals:
    """Compute net, taxes and gross of an invoice."""
    net = to_cents(sum((line.net() for line in invoice.lines), Decimal(0)))
    taxes = tax_by_rate(invoice.lines)
    return Totals(net=net, taxes=taxes, gross=net + sum(taxes.values(), Decimal(0)))
