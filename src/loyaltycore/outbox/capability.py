"""The outbox: messages that leave the house after the commit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from loyaltycore.outbox.handler import HANDLERS, Handler
from loyaltycore.outbox.service import check_counted
from loyaltycore.work.capability import Capability
from loyaltycore.work.house import House

if TYPE_CHECKING:
    from loyaltycore.outbox.service import Outbox


def _service() -> type[Outbox]:
    from loyaltycore.outbox.service import Outbox

    return Outbox


def _handlers(house: House) -> Iterator[Handler]:
    """The handlers for which there is an adapter."""
    from loyaltycore.outbox.mailing import MailHandler, SmsHandler

    if house.mailer is not None:
        yield MailHandler(house.mailer)
    if house.sms is not None:
        yield SmsHandler(house.sms)


CAPABILITY: Final = Capability(
    name="outbox", service=_service, adds=(HANDLERS.by(_handlers),), check=check_counted
)
