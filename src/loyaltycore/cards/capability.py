"""Customer cards: ordered, made by a vendor, presented, replaced."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from loyaltycore.cards.records import CARD_ORDER_SERVICES, CARD_ORDERS, CARDS, INFORMATION_REQUESTS
from loyaltycore.cards.rules.options import CARD_OPTIONS
from loyaltycore.cards.rules.order import CardOrder, OrderState
from loyaltycore.customers.leaving import FORBIDS_ERASURE, ForbidsErasure
from loyaltycore.outbox.handler import HANDLERS, Handler
from loyaltycore.outbox.news import NEWS, NewsSource
from loyaltycore.outbox.service import COUNTED, REQUEUE_CHECKS, Counted, RequeueCheck
from loyaltycore.processes.steps.registry import STEP_TYPES
from loyaltycore.processes.steps.step_type import StepType
from loyaltycore.templates.adding import PURPOSES
from loyaltycore.work.capability import Capability
from loyaltycore.work.house import House

if TYPE_CHECKING:
    from loyaltycore.cards.service import Cards
    from loyaltycore.templates.rules.purposes import Purpose


def _service() -> type[Cards]:
    from loyaltycore.cards.service import Cards

    return Cards


def _handlers(house: House) -> Iterator[Handler]:
    from loyaltycore.cards.printing import CancelHandler, SubmitHandler
    from loyaltycore.work.running import run_query
    from loyaltycore.work.session import own_session

    if house.card_printer is not None:
        session = own_session(house, "outbox")
        yield SubmitHandler(house.card_printer, lambda body: run_query(session, body))
        yield CancelHandler(house.card_printer, lambda body: run_query(session, body))


def _news(house: House) -> Iterator[NewsSource]:
    from loyaltycore.cards.vendor_news import VendorNews
    from loyaltycore.work.session import own_session

    yield VendorNews(own_session(house, "card vendor"))


def _requeue_checks(_: House) -> Iterator[RequeueCheck]:
    from loyaltycore.cards.printing import require_open_order

    yield require_open_order


def _purposes(_: House) -> Iterator[Purpose]:
    from loyaltycore.cards.rules.letters import CARD_ORDERED

    yield CARD_ORDERED


def _step_types(_: House) -> Iterator[StepType]:
    from loyaltycore.cards.step import EncodeCard, OrderCard

    yield OrderCard()
    yield EncodeCard()


def _forbids_erasure(_: House) -> Iterator[ForbidsErasure]:
    from loyaltycore.cards.leaving import card_on_order

    yield card_on_order


CAPABILITY: Final = Capability(
    name="cards",
    service=_service,
    records=(CARD_ORDER_SERVICES, CARD_ORDERS, CARDS, INFORMATION_REQUESTS),
    options=CARD_OPTIONS,
    adds=(
        HANDLERS.by(_handlers),
        NEWS.by(_news),
        REQUEUE_CHECKS.by(_requeue_checks),
        COUNTED.by(lambda _: (Counted("Card orders", CardOrder, OrderState),)),
        STEP_TYPES.by(_step_types),
        PURPOSES.by(_purposes),
        FORBIDS_ERASURE.by(_forbids_erasure),
    ),
)
