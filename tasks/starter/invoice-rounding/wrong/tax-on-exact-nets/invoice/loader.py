"""Reads invoices from JSON."""

import json
from decimal import Decimal

from invoice.lines import Invoice, Line
from invoice.money import amount


def load(text: str) -> Invoice:
    """Read one invoice; numbers may be JSON numbers or strings."""
    data = json.loads(text, parse_float=Decimal)
    return Invoice(number=data["number"], lines=tuple(_line(entry) for entry in data["lines"]))


def _line(entry: dict) -> Line:
    return Line(
        text=entry["text"],
        quantity=amount(entry["quantity"]),
        unit_price=amount(entry["unit_price"]),
        discount_percent=amount(entry.get("discount_percent", 0)),
        tax_percent=amount(entry["tax_percent"]),
    )
