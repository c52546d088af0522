"""The rules of programs: pure functions over frozen values."""
