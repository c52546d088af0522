"""A disk that other processes see too: the tables in one file, replaced as a whole."""

from __future__ import annotations

import pickle
import shutil
import threading
import weakref
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import mkdtemp

from loyaltycore.memory.storage import Rows
from tests.testing.liars.honest import Disk


class FileDisk(Disk):
    """The tables in a file of a folder that is removed with this object."""

    def __init__(self) -> None:
        super().__init__()
        folder = mkdtemp(prefix="loyaltycore-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self.file = Path(folder, "rows")
        """The file; a missing one is empty."""
        self._turn = threading.RLock()
        self._depth = 0

    def _load(self) -> Rows:
        try:
            rows: Rows = pickle.loads(self.file.read_bytes())  # noqa: S301  this class wrote it
        except FileNotFoundError:
            return {}
        return rows

    def _store(self, rows: Rows) -> None:
        fresh = self.file.with_suffix(".new")
        fresh.write_bytes(pickle.dumps(rows))
        fresh.replace(self.file)

    def _turns(self) -> AbstractContextManager[object]:
        return self._locked()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        import fcntl

        with self._turn, self.file.with_suffix(".lock").open("w") as lock:
            if not self._depth:
                fcntl.flock(lock, fcntl.LOCK_EX)
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
