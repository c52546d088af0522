"""What can be a path."""

from __future__ import annotations

import os


def is_path(path: str) -> bool:
    """Whether the system could have a file of this name."""
    try:
        return bool(path) and b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False
