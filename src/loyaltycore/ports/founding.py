"""An optional power of a storage: it tells a house that was set up from a place where there is none yet.

A storage that sets itself up when it is bound can have it. A command that was told the wrong place then says so, where
it would otherwise open a second house, which is empty.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class SupportsSetUpCheck(Protocol):
    """A storage that knows whether it was set up before, by this process or by another one."""

    def require_set_up(self) -> None:
        """Make sure that there is something to open; called before `Storage.bind`. Makes nothing: no file, no table.

        Raises:
            NotSetUp: Nothing was set up there; names the place.
            StorageError: As `Storage`.
        """
        ...
