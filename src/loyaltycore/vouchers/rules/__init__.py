"""The rules of vouchers: pure functions over frozen values."""
