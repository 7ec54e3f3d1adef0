"""Figures for the owner."""

from shop import catalog, customers, orders, pricing


def summary() -> dict:
    """Sum up all orders: their number, income, best articles, best customer's name and the tax rate."""
    best = max(customers.CUSTOMERS.values(), key=orders.total_spent, default=None)
    return {
        "orders": len(orders.ORDERS),
        "income_cents": sum(order.paid_cents for order in orders.ORDERS),
        "bestsellers": catalog.bestsellers(),
        "best_customer": best.name if best else None,
        "tax_percent": pricing.TAX_PERCENT,
    }
