"""Speed, side by side with a peer or with the bare driver in one run: ``python -m benchmarks``."""
