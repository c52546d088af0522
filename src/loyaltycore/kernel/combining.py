"""What becomes of two records that cannot both stand after a merge."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from attrs import frozen

T = TypeVar("T")


@frozen
class Combining:
    """Who merges, and when."""

    actor: str
    now: datetime


Combine = Callable[[T, T, Combining], tuple[T, T | None]]
"""Given the survivor's record and the loser's, already under the survivor: both as they are to be afterwards, or None in
place of the second if all that it held is in the first. It is a pure function; a merge keeps both records as they were.
"""
