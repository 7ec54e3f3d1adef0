"""Prints invoices as text."""

from invoice.lines import Invoice
from invoice.money import show
from invoice.totals import totals

WIDTH = 40


def render(invoice: Invoice) -> str:
    """Print an invoice: a heading, its lines, net, tax per rate, gross."""
    result = totals(invoice)
    rows = [f"Invoice {invoice.number}"]
    rows += [_row(line.text, show(line.net())) for line in invoice.lines]
    rows.append(_row("Net", show(result.net)))
    rows += [_row(f"Tax {rate.normalize():f} %", show(tax)) for rate, tax in result.taxes.items()]
    rows.append(_row("Gross", show(result.gross)))
    return "\n".join(rows) + "\n"


def _row(label: str, value: str) -> str:
    return label.ljust(WIDTH - len(value)) + value
