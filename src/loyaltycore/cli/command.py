"""What each module of a command offers."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from attrs import frozen


@frozen
class Command:
    """One command of the command line."""

    name: str
    """What people type."""
    summary: str
    """What it does, beginning in lower case and without a full stop."""
    configure: Callable[[argparse.ArgumentParser], None]
    """Adds the options."""
    run: Callable[[argparse.Namespace], int]
    """Does it, and returns the exit code."""
