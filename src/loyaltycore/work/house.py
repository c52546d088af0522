"""The house: the ports, and what its capabilities declare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from loyaltycore.errors import RegistrationError
from loyaltycore.kernel.given import shown, taken
from loyaltycore.kernel.outbox import RetryPolicy
from loyaltycore.kernel.settings import OptionCatalogue
from loyaltycore.storing.registry import Registry
from loyaltycore.work.ambient import SecretTokens, SystemClock, TimeOrderedIds
from loyaltycore.work.capability import Capability
from loyaltycore.work.records import JOURNAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from loyaltycore.kernel.branches import Branch
    from loyaltycore.kernel.calendar import BusinessCalendar
    from loyaltycore.kernel.custom_fields import CustomField
    from loyaltycore.kernel.invitations import InvitationWriter
    from loyaltycore.kernel.rendering import MessageRenderer
    from loyaltycore.ports.ambient import Clock, Ids, Tokens
    from loyaltycore.ports.card_printing import CardPrinter
    from loyaltycore.ports.limiting import RateLimiter
    from loyaltycore.ports.messaging import Mailer, SmsGateway
    from loyaltycore.ports.storage import Storage
    from loyaltycore.work.capability import Point
    from loyaltycore.work.committed import Committed

T = TypeVar("T")
C = TypeVar("C")

MOST_ADDITIONS: Final = 10_000
"""How much a capability may add at one point."""


def weekdays_of(branch: Branch) -> BusinessCalendar:
    """The default calendar: the branch's weekdays and dates, without public holidays."""
    from loyaltycore.kernel.calendar import WeekdayCalendar  # noqa: PLC0415  most programs bring a calendar of their own

    return WeekdayCalendar(
        frozenset(branch.working_weekdays),
        closed_on=frozenset(branch.closed_on),
        open_on=frozenset(branch.open_on),
    )


class House:
    """What sessions work with: ports, record types, options, and what capabilities add to one another."""

    after_commit: Callable[[Committed], object] | None = None
    """Called with what a unit of work has kept."""
    limiter: RateLimiter | None = None
    """Counts what strangers try; None for the storage."""
    slow: float = 1.0
    """Seconds after which a verb or a block is logged as slow."""

    def __init__(
        self,
        storage: Storage,
        *,
        mailer: Mailer | None,
        sms: SmsGateway | None,
        card_printer: CardPrinter | None,
        renderer: MessageRenderer | None,
        invitations: InvitationWriter | None,
        calendar: Callable[[Branch], BusinessCalendar],
        clock: Clock | None,
        ids: Ids | None,
        tokens: Tokens | None,
        retry: RetryPolicy | None,
        custom_fields: Iterable[CustomField],
        capabilities: Iterable[Capability],
    ) -> None:
        """Combine the ports and the declarations.

        Raises:
            RegistrationError: A declaration cannot work, or two say the same thing.
        """
        from loyaltycore.kernel.custom_fields import CustomFields  # noqa: PLC0415  loaded with the record types

        self.storage = storage
        self.mailer = mailer
        self.sms = sms
        self.card_printer = card_printer
        self.renderer = renderer
        self.invitations = invitations
        self.calendar = calendar
        self.clock = clock or SystemClock()
        self.ids = ids or TimeOrderedIds()
        self.tokens = tokens or SecretTokens()
        self.retry = retry or RetryPolicy()
        self.custom_fields = CustomFields(custom_fields)
        self.capabilities = tuple(capabilities)
        _check_names(self.capabilities)
        self.registry = Registry([*JOURNAL, *(each for one in self.capabilities for each in one.records)])
        self.known_options = OptionCatalogue(each for one in self.capabilities for each in one.options)
        self._added: dict[Point[Any, Any], Any] = {}

    def each(self, point: Point[T, Any]) -> Iterator[T]:
        """What capabilities add at a point, newly made, in the order of the capabilities."""
        for capability in self.capabilities:
            for addition in capability.adds:
                if addition.point is point:
                    yield from _made(addition.make(self), capability, point)

    def collected(self, point: Point[Any, C]) -> C:
        """What capabilities add at a point, made and collected afresh."""
        try:
            return point.collect(tuple(self.each(point)))
        except RecursionError:
            raise RegistrationError(f"{point.name}: additions ask for one another") from None

    def added(self, point: Point[Any, C]) -> C:
        """What capabilities add at a point, collected once."""
        if point not in self._added:
            # Of several threads that come here at once the first one counts for all.
            self._added.setdefault(point, self.collected(point))
        return cast("C", self._added[point])

    def offers(self, service: object) -> bool:
        """Whether a class is the service of one of the capabilities."""
        # The host's own stand last: where it is one of them, none of the library's is loaded for the answer.
        return any(
            each.service is not None and each.service() is service for each in reversed(self.capabilities)
        )


def _check_names(capabilities: Iterable[object]) -> None:
    """Refuse what is not a capability, and two with the same name."""
    seen = set()
    for each in capabilities:
        if not isinstance(each, Capability):
            raise RegistrationError(f"{shown(each)} is no Capability")
        if each.name in seen:
            raise RegistrationError(f"capability {each.name!r} is registered twice")
        seen.add(each.name)


def _made(found: Iterable[T], capability: Capability, point: Point[T, Any]) -> Iterable[T]:
    """What a capability adds; refused if it is None."""
    items = taken(found, MOST_ADDITIONS + 1)
    if items is None:
        raise RegistrationError(
            f"capability {capability.name!r}: {shown(found)} is no series of {point.name}"
        )
    if len(items) > MOST_ADDITIONS:
        raise RegistrationError(f"capability {capability.name!r}: more than {MOST_ADDITIONS} {point.name}")
    return items
