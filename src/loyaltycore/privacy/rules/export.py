"""The document that an export of a customer holds, and the names of the files beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, Final

from attrs import field, frozen

from loyaltycore.kernel.showing import showing

FORMAT: Final = "loyaltycore-customer-export"
VERSION: Final = 1
DOCUMENT: Final = "customer.json"
"""The document's name in the archive."""

_FOLDER: Final = "files"
_LONGEST_NAME: Final = 100
_ODD: Final = re.compile(r"[^\w.\- ()]+")
_RESERVED: Final = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


@frozen(repr=False)
class ExportedFile:
    """A file of a customer, as a capability gives it to an export."""

    __repr__ = showing("media_type")

    name: str
    """What people call it; whatever it holds, it becomes a plain name in the archive."""
    media_type: str
    portions: Callable[[], Iterable[bytes]] = field(eq=False)
    """Opens it anew and gives its bytes, a portion at a time."""


@frozen
class FileEntry:
    """A file in the archive."""

    path: str
    """Its place in the archive."""
    name: str
    media_type: str
    size: int
    """In bytes."""
    sha256: str


@frozen(repr=False)
class CustomerExport:
    """Everything that is stored about one customer, as plain data."""

    __repr__ = showing("customer_id")

    format: str
    version: int
    customer_id: str
    exported_at: datetime
    former_ids: tuple[str, ...]
    """The ids of customers who were merged into this one."""
    records: Mapping[str, tuple[Mapping[str, Any], ...]] = field(hash=False)
    """By table, what the codec writes of each record, without what must stay secret and without other people."""
    predecessors: tuple[Mapping[str, Any], ...]
    """Customers who were merged into this one, as they were then."""
    files: tuple[FileEntry, ...]


def place_of(name: str, number: int) -> str:
    r"""Where a file lies in the archive: below one folder, under a plain name of its own, whatever it was called.

    Example:
        >>> place_of("../../etc/passwd", 1), place_of("C:\\secret.txt", 2), place_of("", 3)
        ('files/0001-passwd', 'files/0002-secret.txt', 'files/0003-file')
    """
    last = PureWindowsPath(PurePosixPath(name.replace("\0", "")).name).name
    plain = _ODD.sub("_", last).strip(" .")[-_LONGEST_NAME:].strip(" .")
    if not plain or _RESERVED.fullmatch(plain):
        plain = f"file{PurePosixPath(plain).suffix}"
    return f"{_FOLDER}/{number:04d}-{plain}"


def shown_data(
    data: dict[str, Any], *, secret: Collection[str], mentions: Collection[str], own: Collection[str]
) -> dict[str, Any]:
    """What an export shows of a record: nothing secret, and nobody else.

    Args:
        data: What the codec writes.
        secret: The fields that are never shown.
        mentions: The fields that may name another customer.
        own: The ids of the customer.
    """
    if not secret and not mentions:
        return data
    hidden = {*secret}
    others = {name for name in mentions if data.get(name) not in own}
    return {name: None if name in others else value for name, value in data.items() if name not in hidden}
