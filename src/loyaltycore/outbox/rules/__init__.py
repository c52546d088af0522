"""The rules of looking after the outbox: pure functions."""
