"""Files that callers name by a path or hand over open."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO

from loyaltycore.kernel.given import text_of

Source = str | Path | BinaryIO | Iterable[bytes]
"""A path, a file opened in binary mode, or its bytes in portions."""


def is_path(path: str) -> bool:
    """Whether the system could have a file of this name."""
    try:
        return bool(path) and b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def opened(source: Source) -> AbstractContextManager[BinaryIO | Iterable[bytes]]:
    """Open a path and close it afterwards; a file that is already open belongs to the caller."""
    path = source if isinstance(source, Path) else text_of(source)
    return nullcontext(source) if path is None else Path(path).open("rb")  # type: ignore[arg-type]  # no path


@contextmanager
def made_new(target: str | Path | BinaryIO) -> Iterator[BinaryIO]:
    """Make a file that is not there yet; one that is already open belongs to the caller."""
    if not isinstance(target, str | Path):
        yield target
        return
    with Path(target).open("xb") as stream:
        yield stream
