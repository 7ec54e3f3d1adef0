"""Invoices: reading, computing and printing them."""
