"""What must be true at the end; the program's exit code says whether it is."""

from __future__ import annotations

from collections.abc import Sequence
from email.message import EmailMessage

from attrs import frozen

from loyaltycore.cards import Cancellation, CardState, OrderState
from loyaltycore.customers import ImportReport
from loyaltycore.outbox import Intake, MessageState, Status
from order_cards.fixtures import BOOKING, VENDOR_MAIL
from order_cards.table import Result

_FINISHED = frozenset({OrderState.DELIVERED, OrderState.CANCELLED})


@frozen(kw_only=True)
class Outcome:
    """Everything that the checks look at."""

    first: Sequence[ImportReport]
    """Reports of the first import."""
    second: Sequence[ImportReport]
    """Reports of the second import of the same tables."""
    results: Sequence[Result]
    """One for each customer, or each card where there is one."""
    mails: Sequence[EmailMessage]
    """What the mail server has taken."""
    prints: Sequence[str]
    """The orders for which the vendor has made a card, one entry for each card."""
    status: Status
    """How the outbox and the orders stand."""
    missed: Intake
    """What the vendor's list of events had that no webhook had brought."""
    exit_codes: Sequence[int]


def print_checks(outcome: Outcome) -> bool:
    """Print every check, and answer whether all of them hold."""
    checks = {**_people(outcome), **_cards(outcome), **_messages(outcome)}
    for sentence, holds in checks.items():
        print(f"  {'ok    ' if holds else 'FAILED'}  {sentence}")
    return all(checks.values())


def _people(outcome: Outcome) -> dict[str, bool]:
    added = sum(report.added for report in outcome.first)
    rows = sum(report.rows for report in outcome.first)
    rejected = sum(report.rejected_rows for report in outcome.first)
    again = outcome.second
    return {
        "every customer of the tables is here, and has one card or a reason why not": len(outcome.results)
        == len({result.customer.id for result in outcome.results})
        == added
        and all((result.card is None) == bool(result.refusal) for result in outcome.results),
        "broken rows were rejected and the others kept": 0 < rejected < added < rows,
        "the second import added nobody": sum(report.added for report in again) == 0
        and sum(report.skipped for report in again) == rows - rejected,
        "one order was refused for want of an address": [r.refusal for r in outcome.results if r.refusal]
        == ["card_order.incomplete_address"],
    }


def _cards(outcome: Outcome) -> dict[str, bool]:
    orders = [result.order for result in outcome.results if result.order]
    cards = [result.card for result in outcome.results if result.card]
    cancellations = sorted(order.cancellation.value for order in orders if order.cancelled_at)
    to_print = {order.id for order in orders if order.cancellation is not Cancellation.CONFIRMED}
    out_of_use = {order.card_id for order in orders if order.cancelled_at}
    return {
        "the vendor has reported the end of every order": all(order.state in _FINISHED for order in orders),
        "one order was cancelled in time, one too late": cancellations == ["confirmed", "refused"],
        "every card was printed once, and the cancelled one not at all": sorted(outcome.prints)
        == sorted(to_print),
        "every card is in use but the two whose orders were cancelled": all(
            card.state is (CardState.CANCELLED if card.id in out_of_use else CardState.ACTIVE)
            for card in cards
        ),
    }


def _messages(outcome: Outcome) -> dict[str, bool]:
    expected = [result.customer.email for result in outcome.results if result.order and result.customer.email]
    ids = [mail["Message-ID"] for mail in outcome.mails]
    open_ = outcome.status.messages[MessageState.PENDING] + outcome.status.messages[MessageState.DEAD]
    return {
        "each customer with an address for mail got one, so did the vendor, and so did who booked": sorted(
            mail["To"].addresses[0].addr_spec for mail in outcome.mails
        )
        == sorted([*expected, VENDOR_MAIL, BOOKING["email"]]),
        "no mail came twice": len(set(ids)) == len(ids),
        "nothing is left in the outbox, and nothing was given up": open_ == 0,
        "the webhooks had brought everything that the vendor has to tell": outcome.missed.taken == 0
        and outcome.missed.repeated > 0,
        "the workers ended in order": set(outcome.exit_codes) == {0},
    }
