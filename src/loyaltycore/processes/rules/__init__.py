"""The rules of processes: pure functions and values."""
