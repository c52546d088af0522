"""Delivery: the outbox worker, the handlers that hand messages over, and what vendors report."""
