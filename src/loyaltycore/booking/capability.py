"""Online booking: planners, appointments, and reminders of what customers did."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final

from loyaltycore.booking.adding import SUSPICIONS
from loyaltycore.booking.records import (
    APPOINTMENT_LINKS,
    APPOINTMENT_NOTICES,
    APPOINTMENT_TEMPLATES,
    APPOINTMENTS,
    DAY_SHEETS,
    REMINDERS,
    RESOURCES,
    WAITING_ENTRIES,
)
from loyaltycore.booking.rules.message_options import MESSAGE_OPTIONS
from loyaltycore.booking.rules.options import BOOKING_OPTIONS
from loyaltycore.customers.leaving import ALSO_ERASES, FORBIDS_ERASURE, AlsoErases, ForbidsErasure
from loyaltycore.customers.retaining import RETENTIONS, Retention
from loyaltycore.outbox.handler import HANDLERS, Handler
from loyaltycore.templates.adding import PURPOSES
from loyaltycore.work.capability import Capability
from loyaltycore.work.house import House

if TYPE_CHECKING:
    from loyaltycore.booking.rules.suspicion import Suspects
    from loyaltycore.booking.service import Appointments
    from loyaltycore.templates.rules.purposes import Purpose
    from loyaltycore.work.unit import Unit


def _service() -> type[Appointments]:
    from loyaltycore.booking.service import Appointments

    return Appointments


def _purposes(_: House) -> Iterable[Purpose]:
    from loyaltycore.booking.rules.messages import PURPOSES as OWN

    return OWN


def _handlers(house: House) -> Iterator[Handler]:
    """Messages about appointments leave by whatever mails and texts leave by."""
    from loyaltycore.booking.rules.booking import kind_of, news_stands
    from loyaltycore.booking.rules.reminding import reminder_stands
    from loyaltycore.booking.sending import AppointmentHandler, FewMessages
    from loyaltycore.kernel.contact import Channel
    from loyaltycore.outbox.mailing import MailHandler, SmsHandler
    from loyaltycore.work.running import run_query
    from loyaltycore.work.session import own_session

    session = own_session(house, "outbox")

    def read(body: Callable[[Unit], bool]) -> bool:
        return run_query(session, body)

    for verb, stands in (("tell", news_stands), ("remind", reminder_stands)):
        if house.mailer is not None:
            mails = MailHandler(house.mailer, house.invitations)
            yield AppointmentHandler(kind_of(verb, Channel.EMAIL), mails, stands, read)
        if house.sms is not None:
            texts = SmsHandler(house.sms, read)
            yield FewMessages(kind_of(verb, Channel.SMS), texts, stands, read, at_once=texts.at_once)


def _forbids_erasure(_: House) -> Iterator[ForbidsErasure]:
    from loyaltycore.booking.leaving import appointment_to_come

    yield appointment_to_come


def _also_erases(_: House) -> Iterator[AlsoErases]:
    from loyaltycore.booking.leaving import forget_reminders_and_links

    yield forget_reminders_and_links


def _suspicions(_: House) -> Iterable[Suspects]:
    from loyaltycore.booking.rules.suspicion import OWN

    return OWN


def _retentions(_: House) -> Iterator[Retention]:
    from loyaltycore.booking.leaving import kept

    yield from kept()


CAPABILITY: Final = Capability(
    name="booking",
    service=_service,
    records=(
        RESOURCES,
        APPOINTMENT_TEMPLATES,
        DAY_SHEETS,
        APPOINTMENTS,
        APPOINTMENT_LINKS,
        REMINDERS,
        APPOINTMENT_NOTICES,
        WAITING_ENTRIES,
    ),
    options=(*BOOKING_OPTIONS, *MESSAGE_OPTIONS),
    adds=(
        HANDLERS.by(_handlers),
        PURPOSES.by(_purposes),
        SUSPICIONS.by(_suspicions),
        FORBIDS_ERASURE.by(_forbids_erasure),
        ALSO_ERASES.by(_also_erases),
        RETENTIONS.by(_retentions),
    ),
)
