"""The honest limiters that liars are made from: one for its process, and one that several processes share."""

from __future__ import annotations

import fcntl
import pickle
import shutil
import weakref
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from loyaltycore.kernel.limiting import Limit
from loyaltycore.memory import FixedClock, MemoryLimiter


class HonestLimiter(MemoryLimiter):
    """Counts rightly, together with all that were opened from it."""

    def __init__(self, clock: FixedClock) -> None:
        super().__init__(clock)
        self.clock = clock

    def another(self) -> Any:
        """One that counts with it."""
        return self


class HonestOnFile(HonestLimiter):
    """Counts together with other processes too."""

    def __init__(self, clock: FixedClock, file: Path | None = None) -> None:
        super().__init__(clock)
        if file is None:
            folder = mkdtemp(prefix="limits-")
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            file = Path(folder, "tries")
            file.write_bytes(pickle.dumps({}))
        self._file = file

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Count, one process at a time."""
        with self._file.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self._tries = pickle.load(file)  # noqa: S301  written by this class
            wait = super().admit(key, limit)
            file.seek(0)
            pickle.dump(self._tries, file)
            file.truncate()
            return wait

    def another(self) -> Any:
        """One that counts with it."""
        return HonestOnFile(self.clock, self._file)
