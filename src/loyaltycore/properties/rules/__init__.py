"""The rules of properties: pure functions and values."""
