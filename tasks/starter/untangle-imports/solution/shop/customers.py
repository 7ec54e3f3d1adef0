"""Who buys, and what discount they have earned."""

from shop.model import Customer, total_spent

CUSTOMERS: dict[str, Customer] = {}


def add_customer(name: str, email: str) -> Customer:
    """Enter a customer; ValueError if the address is taken."""
    if email in CUSTOMERS:
        raise ValueError(f"address is taken: {email}")
    CUSTOMERS[email] = Customer(name, email)
    return CUSTOMERS[email]


def find_customer(email: str) -> Customer | None:
    """Find a customer by address."""
    return CUSTOMERS.get(email)


def discount_for(customer: Customer) -> int:
    """Return the discount in per cent that earlier orders have earned."""
    spent = total_spent(customer)
    if spent >= 50_000:
        return 10
    return 5 if spent >= 10_000 else 0
