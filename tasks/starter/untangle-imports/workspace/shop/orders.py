"""Placing orders."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shop.catalog import price_cents

if TYPE_CHECKING:
    from shop.customers import Customer


@dataclass(frozen=True)
class Line:
    """So many of one article."""

    sku: str
    quantity: int


@dataclass
class Order:
    """What a customer ordered, and what it cost when it was placed."""

    number: int
    customer: "Customer"
    lines: list[Line]
    paid_cents: int = 0


ORDERS: list[Order] = []


def describe(order: Order) -> str:
    """Say in one line what was ordered."""
    articles = ", ".join(f"{line.quantity} x {line.sku}" for line in order.lines)
    return f"Order {order.number} for {order.customer.name}: {articles}"


def total_spent(customer: "Customer") -> int:
    """Add up what a customer has paid."""
    return sum(order.paid_cents for order in ORDERS if order.customer == customer)


def place_order(customer: "Customer", lines: list[Line]) -> Order:
    """Price an order, keep it and tell the customer; KeyError for an unknown article, ValueError for no lines."""
    from shop.notify import order_placed
    from shop.pricing import price_of

    if not lines:
        raise ValueError("an order needs a line")
    for line in lines:
        price_cents(line.sku)
    order = Order(len(ORDERS) + 1, customer, list(lines))
    order.paid_cents = price_of(order)
    ORDERS.append(order)
    order_placed(order)
    return order
