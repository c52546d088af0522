"""The storage that a host application makes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path

from loyalty_filestore.file import RecordFile
from loyalty_filestore.transaction import FileTransaction
from loyaltycore.ports import Heeded, Registry


class FileStorage:
    """Keeps all records in one JSON file."""

    def __init__(self, path: str | PathLike[str], *, timeout: float = 30.0) -> None:
        self.path = Path(path)
        """The file; it is made by the first commit."""
        self._file = RecordFile(self.path, timeout)
        self._registry = Registry(())

    def bind(self, registry: Registry) -> None:
        """Learn the record types, and see that the file is one of ours."""
        self._file.read()
        self._registry = registry

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[Heeded]:
        """Open a unit of work on what the file holds now; a reader waits for nobody."""
        if read_only:
            reading = Heeded(FileTransaction(self._file.read(), self._registry, read_only=True))
            with reading.block():
                yield reading
            return
        with self._file.locked():
            tx = FileTransaction(self._file.read(), self._registry)
            heeded = Heeded(tx)
            with heeded.block():
                yield heeded
            if tx.wrote:
                self._file.replace(tx.tables)
