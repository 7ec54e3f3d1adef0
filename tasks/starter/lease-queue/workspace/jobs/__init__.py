"""A work queue with leases."""
