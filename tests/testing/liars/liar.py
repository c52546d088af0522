"""What a liar is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Self, TypeVar

from attrs import frozen

from loyaltycore.testing.citing import one_line

A_co = TypeVar("A_co", covariant=True)


@frozen
class Liar(Generic[A_co]):
    """An adapter that is wrong in one way."""

    name: str
    lie: str
    make: Callable[[], A_co]

    @classmethod
    def of(cls, kind: type, make: Callable[[], A_co]) -> Self:
        """A liar whose class says what it does wrongly."""
        return cls(kind.__name__, one_line(kind.__doc__ or ""), make)
