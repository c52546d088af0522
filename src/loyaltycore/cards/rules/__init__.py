"""The rules of cards: pure functions and values."""
