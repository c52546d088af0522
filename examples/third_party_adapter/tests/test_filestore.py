"""The file storage keeps the contract of the storage port."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from loyalty_filestore import FileStorage
from loyaltycore.testing import StorageCapabilities, StorageConformance, Trouble, storage_machine


@contextmanager
def fresh_storage() -> Iterator[FileStorage]:
    """A storage on a file that is not there yet."""
    with TemporaryDirectory() as folder:
        yield FileStorage(Path(folder, "shop.json"), timeout=2)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Let somebody else hold the lock of a file."""
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def moved_away(path: Path) -> Iterator[None]:
    """Take the folder of a file away."""
    elsewhere = path.parent.rename(f"{path.parent}.away")
    yield
    elsewhere.rename(path.parent)


@contextmanager
def stopped_up(path: Path) -> Iterator[None]:
    """Put a folder where a new file would be written."""
    obstacle = path.with_name(f"{path.name}.new")
    obstacle.mkdir()
    yield
    obstacle.rmdir()


def unflushed() -> AbstractContextManager[object]:
    """Let the system say nothing about whether a rename has reached the disk."""
    return patch("loyalty_filestore.file._flush_folder", side_effect=OSError("no answer"))


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

    def trouble(self, storage: FileStorage, trouble: Trouble) -> AbstractContextManager[object]:
        """What can happen to a file."""
        if trouble is Trouble.LOSE_ANSWER:
            return unflushed()
        happens = {
            Trouble.BREAK_BEFORE: moved_away,
            Trouble.BUSY: held,
            Trouble.FAIL: stopped_up,
        }
        return happens[trouble](storage.path)


TestFileStorageMachine = storage_machine(fresh_storage)
