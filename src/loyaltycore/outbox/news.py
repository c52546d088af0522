"""What vendors report: where it arrives, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol, runtime_checkable

from attrs import frozen

from loyaltycore.errors import RegistrationError
from loyaltycore.kernel.given import shown
from loyaltycore.kernel.validation import Faults
from loyaltycore.work.capability import Point


@frozen
class Intake:
    """What became of a vendor's news."""

    taken: int = 0
    """Events taken in for the first time."""
    repeated: int = 0
    """Events that were known already."""
    unknown: int = 0
    """Events that cannot be understood, or about records that are not ours."""

    def __add__(self, other: Intake) -> Intake:
        return Intake(self.taken + other.taken, self.repeated + other.repeated, self.unknown + other.unknown)


@runtime_checkable
class NewsSource(Protocol):
    """A vendor that reports what becomes of the messages handed over to it."""

    @property
    def name(self) -> str:
        """The port's name with hyphens, for example ``card-printer``; the URL for the vendor's calls ends with it."""
        ...

    @property
    def is_set_up(self) -> bool:
        """Whether there is an adapter."""
        ...

    @property
    def sends_webhooks(self) -> bool:
        """Whether the vendor calls us."""
        ...

    def receive(self, headers: Mapping[str, str], body: bytes) -> Intake:
        """Take in a call of the vendor.

        Raises:
            WebhookRejected: It does not prove that it comes from the vendor; nothing was believed.
            DeliveryFailed: ``no_webhooks``; the vendor sends none.
        """
        ...

    def catch_up(self) -> Intake:
        """Take in everything that the vendor has reported since the last time.

        Raises:
            DeliveryFailed: The vendor gave no usable answer; what came before is kept.
        """
        ...


@runtime_checkable
class TakesQueries(Protocol):
    """An optional protocol for a source of news whose vendor calls with ``GET`` and says everything in the query."""

    def receive_query(self, query: str) -> Intake:
        """Take in a call of the vendor.

        Args:
            query: What stands behind the question mark, not decoded.

        Raises:
            WebhookRejected: It does not prove that it comes from the vendor; nothing was believed.
            DeliveryFailed: ``no_webhooks``; the vendor sends none.
        """
        ...


def _by_name(sources: tuple[NewsSource, ...]) -> Mapping[str, NewsSource]:
    found: dict[str, NewsSource] = {}
    for source in sources:
        if isinstance(source, type) or not isinstance(source, NewsSource):
            raise RegistrationError(
                f"{shown(source)} is no source of news: give an instance with all that `NewsSource` names"
            )
        faults = Faults()
        faults.key("name", source.name)
        if faults.found or source.name != source.name.strip():
            reason = faults.found[0].message if faults.found else "has blanks around it"
            raise RegistrationError(f"news source {shown(source.name)}: its name {reason}")
        if source.name in found:
            raise RegistrationError(f"news source {source.name!r} is registered twice")
        found[source.name] = source
    return found


NEWS: Final = Point[NewsSource, Mapping[str, NewsSource]]("sources of news", _by_name)
