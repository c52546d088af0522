"""The outbox: messages that leave the house after the commit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from loyaltycore.kernel.fates import FateState, MessageFate
from loyaltycore.outbox.handler import HANDLERS, Handler
from loyaltycore.outbox.news import NEWS, NewsSource
from loyaltycore.outbox.records import MESSAGE_FATES
from loyaltycore.outbox.service import COUNTED, Counted, check_counted
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
    from loyaltycore.work.running import run_query
    from loyaltycore.work.session import own_session

    if house.mailer is not None:
        yield MailHandler(house.mailer, house.invitations)
    if house.sms is not None:
        session = own_session(house, "outbox")
        yield SmsHandler(house.sms, lambda body: run_query(session, body))


def _news(house: House) -> Iterator[NewsSource]:
    from loyaltycore.outbox.mail_news import MailNews
    from loyaltycore.outbox.text_news import TextNews
    from loyaltycore.work.session import own_session

    yield MailNews(own_session(house, "mail server"))
    yield TextNews(own_session(house, "sms gateway"))


CAPABILITY: Final = Capability(
    name="outbox",
    service=_service,
    records=(MESSAGE_FATES,),
    adds=(
        HANDLERS.by(_handlers),
        NEWS.by(_news),
        COUNTED.by(lambda _: (Counted("Followed messages", MessageFate, FateState),)),
    ),
    check=check_counted,
)
