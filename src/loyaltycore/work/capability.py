"""What a capability declares about itself, once: a house derives everything else from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Generic, TypeVar

from attrs import field, frozen

from loyaltycore.errors import RegistrationError
from loyaltycore.kernel.given import shown
from loyaltycore.kernel.settings import Option
from loyaltycore.kernel.validation import Faults
from loyaltycore.storing.registry import RecordType

T = TypeVar("T")
C = TypeVar("C")


@frozen(eq=False)
class Point(Generic[T, C]):
    """A place where capabilities add to the one that owns it, for example types of process steps.

    The adding capability sees the point; the point's owner never sees who adds.
    """

    name: str
    """What is added there, for messages."""
    collect: Callable[[tuple[T, ...]], C] = field(repr=False)
    """Combines all additions into one value; raises `RegistrationError` if they cannot work."""

    def by(self, make: Callable[[Any], Iterable[T]]) -> Addition:
        """What one capability adds here.

        Args:
            make: Gives the additions for a `House`, new ones at each call: it is called when they are first needed,
                and perhaps again. What only some programs use is imported in its body.

        Raises:
            RegistrationError: `make` is not a function.
        """
        if not callable(make):
            raise RegistrationError(
                f"{self.name}: {shown(make)} is no function of the house: lambda house: [...]"
            )
        return Addition(self, make)


def functions(what: str) -> Callable[[tuple[T, ...]], tuple[T, ...]]:
    """Make the `Point.collect` of a point at which functions are added."""

    def collect(added: tuple[T, ...]) -> tuple[T, ...]:
        if odd := [each for each in added if not callable(each)]:
            raise RegistrationError(f"{what}: {shown(odd[0])} is no function")
        return added

    return collect


@frozen(eq=False)
class Addition:
    """What a capability adds at one point; made by `Point.by`."""

    point: Point[Any, Any]
    make: Callable[[Any], Iterable[Any]] = field(repr=False)


@frozen(kw_only=True, eq=False)
class Capability:
    """The declaration of one capability: of the library's own, or of the host application.

    Raises:
        RegistrationError: A part is of the wrong type.

    Example:
        >>> Capability(name="invoices").records
        ()
    """

    name: str
    """Technical key, unique in a house."""
    service: Callable[[], type[Any]] | None = None
    """Returns the class that has its verbs; a function, so that the service is loaded when it is first used."""
    records: tuple[RecordType[Any], ...] = ()
    options: tuple[Option[Any], ...] = ()
    adds: tuple[Addition, ...] = ()
    """What it adds to other capabilities."""
    check: Callable[[Any], None] | None = None
    """Raises `RegistrationError` for a `House` in which the capability cannot work."""

    def __attrs_post_init__(self) -> None:
        """Refuse a wrong declaration where it is written."""
        faults = Faults()
        faults.key("name", self.name)
        if faults.found:
            raise RegistrationError(f"capability {shown(self.name)}: its name {faults.found[0].message}")
        if type(self.name) is not str or self.name != self.name.strip():
            raise RegistrationError(f"capability {shown(self.name)}: its name has blanks around it")
        for part in ("service", "check"):
            given = getattr(self, part)
            if given is not None and not callable(given):
                raise RegistrationError(
                    f"capability {self.name!r}: `{part}` is a function, not {shown(given)}"
                )
        if isinstance(self.service, type):
            raise RegistrationError(
                f"capability {self.name!r}: `service` is a function that gives the class: "
                f"lambda: {self.service.__name__}"
            )
        for part, kind in _PARTS.items():
            given = getattr(self, part)
            if not isinstance(given, tuple):
                raise RegistrationError(f"capability {self.name!r}: `{part}` is a tuple, not {shown(given)}")
            if odd := [each for each in given if not isinstance(each, kind)]:
                raise RegistrationError(
                    f"capability {self.name!r}: `{part}` holds {shown(odd[0])}, which is no {kind.__name__}"
                )


_PARTS: Final[Mapping[str, type[Any]]] = {"records": RecordType, "options": Option, "adds": Addition}
