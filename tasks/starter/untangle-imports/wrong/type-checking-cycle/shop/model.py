"""The things a shop deals with, and what it remembers of them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Customer:
    """Somebody who buys."""

    name: str
    email: str


@dataclass(frozen=True)
class Line:
    """So many of one article."""

    sku: str
    quantity: int


@dataclass
class Order:
    """What a customer ordered, and what it cost when it was placed."""

    number: int
    customer: Customer
    lines: list[Line]
    paid_cents: int = 0


ORDERS: list[Order] = []


def describe(order: Order) -> str:
    """Say in one line what was ordered."""
    articles = ", ".join(f"{line.quantity} x {line.sku}" for line in order.lines)
    return f"Order {order.number} for {order.customer.name}: {articles}"


def total_spent(customer: Customer) -> int:
    """Add up what a customer has paid."""
    return sum(order.paid_cents for order in ORDERS if order.customer == customer)
