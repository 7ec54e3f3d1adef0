import json
from decimal import Decimal

import pytest

from invoice.lines import Invoice, Line
from invoice.loader import load
from invoice.render import render
from invoice.totals import totals


def invoice_text(*lines, number=7):
    """JSON of an invoice; lines are (quantity, unit price, tax per cent[, discount per cent]) with the digits as written."""
    entries = []
    for line in lines:
        quantity, price, tax, *discount = line
        extra = f', "discount_percent": {discount[0]}' if discount else ""
        entries.append(f'{{"text": "x", "quantity": {quantity}, "unit_price": {price}, "tax_percent": {tax}{extra}}}')
    return f'{{"number": {number}, "lines": [{", ".join(entries)}]}}'


def compute(*lines):
    return totals(load(invoice_text(*lines)))


def is_cents(value):
    return type(value) is Decimal and value.as_tuple().exponent == -2


def test_prices_written_as_json_numbers_are_exact():
    assert compute((1, "1.005", 0)).net == Decimal("1.01")
    assert compute((1, "2.675", 0)).net == Decimal("2.68")
    assert compute((1, "1.005", 0)).net != Decimal("1.00")


def test_prices_written_as_strings_are_exact():
    assert compute((1, '"1.005"', 0)).net == Decimal("1.01")
    assert compute(('"1"', '"2.675"', '"0"')).net == Decimal("2.68")


def test_long_prices_keep_all_their_digits():
    line = load(invoice_text((1, "0.12499999999999999999", 0))).lines[0]
    assert line.unit_price == Decimal("0.12499999999999999999")
    assert line.net() == Decimal("0.12")


def test_quantities_discounts_and_rates_are_exact_too():
    line = load(invoice_text(("1.1", "2", "7.7", "0.3"))).lines[0]
    assert (line.quantity, line.tax_percent, line.discount_percent) == (Decimal("1.1"), Decimal("7.7"), Decimal("0.3"))
    assert type(line.quantity) is Decimal and type(line.unit_price) is Decimal


def test_half_a_cent_is_rounded_up():
    assert compute((1, "0.125", 0)).net == Decimal("0.13")
    assert compute((1, "0.135", 0)).net == Decimal("0.14")


def test_half_a_cent_of_a_credit_note_is_rounded_away_from_zero():
    assert compute((-1, "0.125", 0)).net == Decimal("-0.13")
    assert compute((-1, "1.005", 0)).net == Decimal("-1.01")
    assert compute((-1, "0.125", 0)).net != Decimal("-0.12")


def test_less_than_half_a_cent_is_rounded_down():
    assert compute((1, "0.1249", 0)).net == Decimal("0.12")
    assert compute((-1, "0.1249", 0)).net == Decimal("-0.12")


def test_discount_is_applied_before_the_one_rounding():
    assert load(invoice_text((3, "0.335", 0, 50))).lines[0].net() == Decimal("0.50")
    assert load(invoice_text((1, "10.01", 0, "12.5"))).lines[0].net() == Decimal("8.76")


def test_net_is_the_sum_of_the_rounded_lines():
    result = compute((1, "0.335", 10), (1, "0.335", 10), (1, "0.335", 10))
    assert result.net == Decimal("1.02")
    assert result.net != Decimal("1.01")


def test_tax_is_computed_on_the_sum_of_a_rate():
    result = compute((1, "0.45", 10), (1, "0.45", 10))
    assert result.taxes == {Decimal(10): Decimal("0.09")}


def test_tax_is_computed_on_rounded_lines():
    # rounded nets: 3 x 0.34 = 1.02, half of it 0.51; exact nets: 1.005, half of it 0.5025
    assert compute(*[(1, "0.335", 50)] * 3).taxes == {Decimal(50): Decimal("0.51")}
    assert compute(*[(1, "0.335", 50)] * 5).taxes == {Decimal(50): Decimal("0.85")}
    assert compute(*[(1, "0.335", 50)] * 5).taxes != {Decimal(50): Decimal("0.84")}


def test_half_a_cent_of_tax_is_rounded_away_from_zero():
    assert compute((1, "0.25", 10)).taxes == {Decimal(10): Decimal("0.03")}
    assert compute((-1, "0.25", 10)).taxes == {Decimal(10): Decimal("-0.03")}
    assert compute((1, "0.45", 10)).taxes == {Decimal(10): Decimal("0.05")}


def test_rates_are_taxed_apart_and_ascending():
    result = compute((1, "10.00", 20), (1, "10.00", 5), (1, "0.10", 20), (2, "1.00", "0"))
    assert list(result.taxes.items()) == [
        (Decimal(0), Decimal("0.00")),
        (Decimal(5), Decimal("0.50")),
        (Decimal(20), Decimal("2.02")),
    ]


def test_one_rate_written_in_two_ways_is_one_rate():
    result = compute((1, "0.45", "10"), (1, "0.45", "10.0"))
    assert result.taxes == {Decimal(10): Decimal("0.09")}


def test_gross_is_net_plus_taxes():
    result = compute((1, "0.335", 10), (1, "0.335", 10), (1, "0.335", 20))
    assert result.gross == Decimal("1.16")
    assert result.gross == result.net + sum(result.taxes.values())


def test_amounts_have_two_decimal_places():
    for lines in [[(1, "0.125", 10)], [(2, 5, 0)], [(0, 5, 10)], [(-3, "4.2", 20), (1, 1, 7)]]:
        result = compute(*lines)
        assert is_cents(result.net) and is_cents(result.gross)
        assert all(is_cents(tax) for tax in result.taxes.values())
        assert all(is_cents(line.net()) for line in load(invoice_text(*lines)).lines)


def test_invoices_built_in_code_follow_the_policy():
    line = Line(text="x", quantity=Decimal(-1), unit_price=Decimal("0.125"), discount_percent=Decimal(0), tax_percent=Decimal(20))
    assert line.net() == Decimal("-0.13")
    assert totals(Invoice(number=1, lines=(line, line))).gross == Decimal("-0.31")


def test_an_invoice_without_lines_is_zero():
    result = compute()
    assert result.net == 0 and result.gross == 0 and result.taxes == {}
    assert is_cents(result.net) and is_cents(result.gross)


def test_printed_text_follows_the_policy():
    text = render(load(invoice_text((1, "0.335", 10), (1, "0.335", 10), (1, "0.335", 10), number=2063)))
    rows = [row.split() for row in text.splitlines()]
    assert rows == [["Invoice", "2063"], *[["x", "0.34"]] * 3, ["Net", "1.02"], ["Tax", "10", "%", "0.10"], ["Gross", "1.12"]]
    assert "1.01" not in text


def test_printed_format_is_as_before():
    text = render(load(invoice_text((3, "4.20", 20), (1, '"19.90"', "5.5", 5), number=2001)))
    assert text == (
        "Invoice 2001\n"
        "x                                  12.60\n"
        "x                                  18.91\n"
        "Net                                31.51\n"
        "Tax 5.5 %                           1.04\n"
        "Tax 20 %                            2.52\n"
        "Gross                              35.07\n"
    )


def test_text_that_is_no_invoice_is_still_refused():
    with pytest.raises(json.JSONDecodeError):
        load("{")
    with pytest.raises(KeyError):
        load('{"number": 1}')
