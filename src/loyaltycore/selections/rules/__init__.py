"""The rules of selections: pure functions and values."""
