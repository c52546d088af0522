"""Selections, and what they can be built from."""
