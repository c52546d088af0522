"""The main example: customers from two tables, a card for each, and everything real that stands behind it."""
