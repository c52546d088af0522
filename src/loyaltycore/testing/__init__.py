"""What hosts and authors of adapters test with.

`loyaltycore.testing.card_vendor` is a card vendor to try things on: a process of its own, with its own database, that
takes orders over HTTP, prints each card once, and reports by signed webhooks.
"""
