"""Waiting for what other processes do: with a bar, and never for ever."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from order_cards.progress import Progress

_PAUSE: Final = 0.1
_PATIENCE: Final = 60.0


class TookTooLong(Exception):
    """Something did not happen in time."""


def wait_until(label: str, done: Callable[[], int], total: int) -> None:
    """Wait until as many are done as there are.

    Args:
        label: What is waited for.

        done: Counts what is done.

        total: How much there is.

    Raises:
        TookTooLong: Nothing moved for a minute.
    """
    best, moved_at = -1, time.monotonic()
    with Progress(f"  {label}") as progress:
        while (count := done()) < total:
            progress.show(count / total, f"{count} of {total}")
            if count > best:
                best, moved_at = count, time.monotonic()
            if time.monotonic() - moved_at > _PATIENCE:
                raise TookTooLong(f"{label}: {count} of {total}, and no more within {_PATIENCE:.0f} seconds")
            time.sleep(_PAUSE)
        progress.show(1, f"{count} of {total}")


def wait_for(label: str, done: Callable[[], bool]) -> None:
    """Wait until something is the case.

    Raises:
        TookTooLong: It was not within a minute.
    """
    until = time.monotonic() + _PATIENCE
    while not done():
        if time.monotonic() > until:
            raise TookTooLong(f"{label}: not within {_PATIENCE:.0f} seconds")
        time.sleep(_PAUSE)
