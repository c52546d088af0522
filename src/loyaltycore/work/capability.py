"""What a capability says of itself, once: a house derives everything else from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from attrs import field, frozen

from loyaltycore.kernel.settings import Option
from loyaltycore.storing.registry import RecordType

T = TypeVar("T")
C = TypeVar("C")


@frozen(eq=False)
class Point(Generic[T, C]):
    """A place where capabilities add to the one that names it, for example types of process steps.

    The adding capability sees the point, and the point's owner never sees who adds.
    """

    name: str
    """What is added there, for messages."""
    collect: Callable[[tuple[T, ...]], C] = field(repr=False)
    """Makes one value of all that was added; it refuses what cannot work with a `RegistrationError`."""

    def by(self, make: Callable[[Any], Iterable[T]]) -> Addition:
        """What one capability adds here.

        Args:
            make: Gives the additions for a `House`, when they are first needed; what only some programs use is
                imported in its body.
        """
        return Addition(self, make)


@frozen(eq=False)
class Addition:
    """What a capability adds at one point; made by `Point.by`."""

    point: Point[Any, Any]
    make: Callable[[Any], Iterable[Any]] = field(repr=False)


@frozen(kw_only=True, eq=False)
class Capability:
    """The declaration of one capability: of the library's own, or of the host application.

    Example:
        >>> Capability(name="invoices").records
        ()
    """

    name: str
    """Technical key, unique in a house."""
    service: Callable[[], type[Any]] | None = None
    """Gives the service that has its verbs; a function, so that a service is loaded when it is first used."""
    records: tuple[RecordType[Any], ...] = ()
    options: tuple[Option[Any], ...] = ()
    adds: tuple[Addition, ...] = ()
    """What it adds to other capabilities."""
    check: Callable[[Any], None] | None = None
    """Refuses a `House` in which the capability cannot work, with a `RegistrationError`."""
