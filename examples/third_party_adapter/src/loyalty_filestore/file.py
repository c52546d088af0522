"""The file: read as a whole, replaced as a whole, written by one at a time."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TextIO, TypeAlias

from attrs import frozen

from loyaltycore import CommitUnknown, SchemaTooNew, StorageBusy, StorageError, StorageUnreachable

Tables: TypeAlias = dict[str, dict[str, dict[str, Any]]]
"""Plain data by table and key."""

FORMAT: Final = 1
_BETWEEN_TRIES: Final = 0.002


@frozen
class RecordFile:
    """One JSON file and the lock beside it."""

    path: Path
    """The file; a missing one is empty."""
    timeout: float
    """Seconds that a writer waits for another one."""

    def read(self) -> Tables:
        """All records.

        Raises:
            SchemaTooNew: A newer version of this package wrote the file.

            StorageUnreachable: The folder is not there.

            StorageError: It cannot be read.
        """
        try:
            content = json.loads(self.path.read_bytes())
        except FileNotFoundError as error:
            if not self.path.parent.is_dir():
                raise StorageUnreachable(f"{self.path.parent} is not there") from error
            return {}
        except (OSError, ValueError) as error:
            raise StorageError(f"{self.path} cannot be read: {error}") from error
        if content["format"] > FORMAT:
            raise SchemaTooNew(str(content["format"]), str(FORMAT))
        tables: Tables = content["tables"]
        return tables

    def replace(self, tables: Tables) -> None:
        """Put new contents in the place of the old ones.

        Raises:
            StorageError: Nothing was kept.

            CommitUnknown: A power failure at this moment could bring the old contents back.
        """
        fresh = self.path.with_name(f"{self.path.name}.new")
        try:
            with fresh.open("w", encoding="ascii") as file:
                json.dump({"format": FORMAT, "tables": tables}, file)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self.path)
        except OSError as error:
            raise StorageError(f"{self.path} cannot be written: {error}") from error
        try:
            _flush_folder(self.path.parent)
        except OSError as error:
            raise CommitUnknown(f"the folder of {self.path} cannot be flushed: {error}") from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other writers out, in this process and in others.

        Raises:
            StorageBusy: Another one wrote for too long.

            StorageUnreachable: The folder is not there, or not ours.
        """
        with self._opened_lock() as lock:
            deadline = time.monotonic() + self.timeout
            while not _taken(lock.fileno()):
                if time.monotonic() > deadline:
                    raise StorageBusy(f"{self.path} is being written by somebody else")
                time.sleep(_BETWEEN_TRIES)
            yield

    def _opened_lock(self) -> TextIO:
        # By itself: around the whole block it would catch errors of the caller, too.
        try:
            return self.path.with_name(f"{self.path.name}.lock").open("w")
        except OSError as error:
            raise StorageUnreachable(f"{self.path} cannot be locked: {error}") from error


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _flush_folder(folder: Path) -> None:
    """Bring the rename to the disk: flushing the file alone does not."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
