"""The rules of settings: pure functions."""
