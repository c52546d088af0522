"""The file storage keeps the contract of the storage port."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from loyalty_filestore import FileStorage
from loyaltycore.testing import StorageCapabilities, StorageConformance, storage_machine


@contextmanager
def fresh_storage() -> Iterator[FileStorage]:
    """A storage on a file that is not there yet."""
    with TemporaryDirectory() as folder:
        yield FileStorage(Path(folder, "shop.json"))


class TestFileStorage(StorageConformance):
    """All promises of the port, none left out."""

    capabilities = StorageCapabilities()
    open = staticmethod(fresh_storage)

    @contextmanager
    def reopen(self, storage: FileStorage) -> Iterator[FileStorage]:
        """Another storage on the same file."""
        yield FileStorage(storage.path)

    @contextmanager
    def open_unreachable(self) -> Iterator[FileStorage]:
        """A storage in a folder that does not exist."""
        yield FileStorage("/no/such/folder/shop.json")

    def peek(self, storage: FileStorage, table: str) -> int:
        """Count in the file itself."""
        content = storage.path.read_text() if storage.path.exists() else '{"tables": {}}'
        return len(json.loads(content)["tables"].get(table, {}))


TestFileStorageMachine = storage_machine(fresh_storage)
