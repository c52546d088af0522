"""A till in a browser."""
