"""What becomes of an order and its card when the vendor reports.

News may come twice and out of order: the end is the same. It moves the order along, but never brings back a card that
was put out of use here.
"""

from __future__ import annotations

from datetime import datetime

from attrs import evolve

from loyaltycore.cards.rules.card import CustomerCard, follow
from loyaltycore.cards.rules.order import Cancellation, CardOrder
from loyaltycore.cards.rules.reports import Report, added, read_report, refusal
from loyaltycore.cards.rules.settling import followed, settled
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.printing import PrintStatus


def is_news(order: CardOrder, status: PrintStatus) -> bool:
    """Whether a vendor's word says anything that was not known.

    Raises:
        InvalidInput: Its revision is no number, or its time no instant.
    """
    reports = order.dealings.reports
    return added(reports, read_report(status)) is not reports


def apply_status(
    order: CardOrder, card: CustomerCard, replaced: CustomerCard | None, status: PrintStatus, now: datetime
) -> Decision[CardOrder]:
    """Take in what the vendor says about an order.

    Args:
        replaced: The card that this one follows, or None.
        status: The vendor's news.
        now: When the news was taken in.

    Returns:
        A decision that changes nothing if all of this was known.

    Raises:
        InvalidInput: The revision is no number, or the time no instant.
    """
    report = read_report(status)
    return _taken(order, card, replaced, report, now, report.reason)


def reject_order(
    order: CardOrder, card: CustomerCard, code: str, reason: str, now: datetime
) -> Decision[CardOrder]:
    """Record that the vendor does not take an order: no card will come, unless the vendor reports on it all the same."""
    return _taken(order, card, None, refusal(code, reason, now), now, reason)


def _taken(
    order: CardOrder,
    card: CustomerCard,
    replaced: CustomerCard | None,
    report: Report,
    now: datetime,
    comment: str,
) -> Decision[CardOrder]:
    reports = added(order.dealings.reports, report)
    if reports is order.dealings.reports:
        return Decision(order)
    after = settled(evolve(order, dealings=evolve(order.dealings, reports=reports)))
    card_after = followed(after, card, now)
    came = card.activated_at is None and card_after.activated_at is not None
    cards = [(card, card_after), *(follow(replaced, now) if came else ())]
    changed = [(old, new) for old, new in cards if new != old]
    return Decision(
        after,
        save=(after, *(new for _, new in changed)),
        notes=(
            Note(
                f"card_order.{report.state.value if report.state else 'vendor_news'}", order, after, comment
            ),
            *_refusal(order, after),
            *(Note(f"card.{_happened(old, new)}", old, new) for old, new in changed),
        ),
    )


def _refusal(order: CardOrder, after: CardOrder) -> tuple[Note, ...]:
    """That our request to cancel has come to nothing, if it has only now: in words, or because the card was sent."""
    if after.cancellation is not Cancellation.REFUSED or order.cancellation is Cancellation.REFUSED:
        return ()
    return (Note("card_order.cancellation_refused", about=after),)


def _happened(before: CustomerCard, after: CustomerCard) -> str:
    """The word for a change of a card: its new state, or that it had been in use before its end."""
    was_in_use = before.state is after.state and before.activated_at != after.activated_at
    return "active" if was_in_use else after.state.value
