"""Numbers on the command line."""

from __future__ import annotations

import argparse
import math

_HIGHEST_PORT = 65_535
_MOST_WORKERS = 64
_MOST_DAYS = 36_500


def seconds(text: str) -> float:
    """A positive time span in seconds."""
    value = float(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError("must be more than 0 seconds")
    return value


def count(text: str) -> int:
    """A number of workers."""
    return _between(text, 1, _MOST_WORKERS)


def port(text: str) -> int:
    """A TCP port; 0 takes a free one."""
    return _between(text, 0, _HIGHEST_PORT)


def days(text: str) -> int:
    """A number of days."""
    return _between(text, 1, _MOST_DAYS)


def _between(text: str, least: int, most: int) -> int:
    value = int(text)
    if not least <= value <= most:
        raise argparse.ArgumentTypeError(f"must be between {least} and {most}")
    return value
