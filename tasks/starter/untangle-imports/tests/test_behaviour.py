import pytest

from shop import catalog, customers, notify, orders, pricing, report, rules
from shop.orders import Line, place_order


@pytest.fixture(autouse=True)
def fresh_shop(monkeypatch):
    orders.ORDERS.clear()
    customers.CUSTOMERS.clear()
    notify.OUTBOX.clear()
    monkeypatch.setattr(pricing, "TAX_PERCENT", 20)
    before = list(pricing.RULES)
    yield
    pricing.RULES[:] = before


@pytest.fixture
def ada():
    return customers.add_customer("Ada", "ada@example.org")


def test_price_is_lines_plus_tax(ada):
    order = place_order(ada, [Line("tea", 2), Line("cup", 1)])
    assert order.paid_cents == 2160
    assert order.paid_cents != 1800
    assert type(order.paid_cents) is int and type(order) is orders.Order


def test_orders_are_numbered_and_kept(ada):
    first, second = place_order(ada, [Line("tea", 1)]), place_order(ada, [Line("cup", 1)])
    assert (first.number, second.number) == (1, 2)
    assert orders.ORDERS == [first, second]
    assert orders.total_spent(ada) == 540 + 1080


def test_bulk_and_voucher_rules_apply(ada):
    assert place_order(ada, [Line("spoon", 20)]).paid_cents == 3240
    for _ in range(8):
        place_order(ada, [Line("spoon", 1)])
    assert place_order(ada, [Line("spoon", 1)]).paid_cents == 60


def test_earlier_orders_earn_a_discount(ada):
    place_order(ada, [Line("pot", 4)])
    assert customers.discount_for(ada) == 5
    assert place_order(ada, [Line("pot", 1)]).paid_cents == 2850
    place_order(ada, [Line("pot", 19)])
    assert customers.discount_for(ada) == 10
    assert customers.discount_for(customers.add_customer("Bob", "bob@example.org")) == 0


def test_customers_are_told(ada):
    place_order(ada, [Line("tea", 2), Line("cup", 1)])
    assert notify.OUTBOX == [("ada@example.org", "Order 1 for Ada: 2 x tea, 1 x cup. Total 21.60 incl. 20 % tax.")]


def test_a_refused_order_leaves_no_trace(ada):
    with pytest.raises(KeyError):
        place_order(ada, [Line("tea", 1), Line("sofa", 1)])
    with pytest.raises(ValueError):
        place_order(ada, [])
    assert orders.ORDERS == [] and notify.OUTBOX == []


def test_customers_are_found_by_address(ada):
    assert customers.find_customer("ada@example.org") is ada
    assert customers.find_customer("nobody@example.org") is None
    with pytest.raises(ValueError):
        customers.add_customer("Eve", "ada@example.org")


def test_report_sums_up(ada):
    assert report.summary() == {"orders": 0, "income_cents": 0, "bestsellers": [], "best_customer": "Ada", "tax_percent": 20}
    place_order(ada, [Line("tea", 2), Line("spoon", 2), Line("cup", 1), Line("pot", 1)])
    assert report.summary()["bestsellers"] == ["spoon", "tea", "cup"]
    assert catalog.bestsellers(1) == ["spoon"]
    assert report.summary()["income_cents"] == orders.ORDERS[0].paid_cents


def test_a_replaced_order_placed_is_called(ada, monkeypatch):
    told = []
    monkeypatch.setattr(notify, "order_placed", told.append)
    order = place_order(ada, [Line("tea", 1)])
    assert told == [order]
    assert notify.OUTBOX == []


def test_a_replaced_price_of_is_called(ada, monkeypatch):
    monkeypatch.setattr(pricing, "price_of", lambda order: 77)
    assert place_order(ada, [Line("tea", 1)]).paid_cents == 77


def test_a_replaced_discount_for_is_called(ada, monkeypatch):
    monkeypatch.setattr(customers, "discount_for", lambda customer: 50)
    assert place_order(ada, [Line("tea", 1)]).paid_cents == 270


def test_a_replaced_tax_rate_is_used_everywhere(ada, monkeypatch):
    monkeypatch.setattr(pricing, "TAX_PERCENT", 10)
    order = place_order(ada, [Line("tea", 1)])
    assert order.paid_cents == 495
    assert notify.OUTBOX[0][1].endswith("incl. 10 % tax.")
    assert "20 %" not in notify.OUTBOX[0][1]
    assert report.summary()["tax_percent"] == 10


def test_own_rules_come_after_those_of_the_house(ada):
    seen = []

    @pricing.register_rule
    def free_for_ada(order, cents):
        seen.append(cents)
        return 0

    assert pricing.RULES[:2] == [rules.bulk, rules.voucher_day]
    assert pricing.RULES[2] is free_for_ada
    assert place_order(ada, [Line("spoon", 20)]).paid_cents == 0
    assert seen == [2700]


def test_prices_may_be_changed(ada, monkeypatch):
    monkeypatch.setitem(catalog.PRICES, "tea", 100)
    assert catalog.price_cents("tea") == 100
    assert place_order(ada, [Line("tea", 1)]).paid_cents == 120
