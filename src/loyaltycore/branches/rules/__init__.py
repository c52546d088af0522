"""The rules of branches: pure functions."""
