"""The rules of completeness: pure functions and values."""
