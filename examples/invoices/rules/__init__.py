"""The rules of invoices: pure functions over frozen values."""
