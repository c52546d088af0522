"""What workers, the vendor's news and upkeep write."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any, Final

from loyaltycore.cards.vendor_news import VendorNews
from loyaltycore.kernel.fates import FateState, MailReport, SmsReport
from loyaltycore.kernel.limiting import Limit
from loyaltycore.kernel.outbox import OutboxMessage
from loyaltycore.memory import FixedClock
from loyaltycore.outbox.following import take_in
from loyaltycore.outbox.handler import Outcome
from loyaltycore.outbox.rules.fates import new_fate
from loyaltycore.outbox.service import Outbox
from loyaltycore.work.limiting import StorageLimiter
from tests.faults.scene import PatientVendor, SilentVendor
from tests.faults.verbs.verb import Act, Run, Verb, nothing

_LEASE: Final = 600.0


def _deliver(run: Run) -> None:
    run.loyalty.deliver()


def _ask_twice(run: Run) -> None:
    """Put two more mails into the outbox."""
    for question in ("How?", "When?"):
        run.free.cards.request_information(question, to="karten@example.org")


def _deliver_one(run: Run) -> None:
    """Be told to stop after the first mail; what else is held is given back."""
    stop = threading.Event()

    def watch(message: OutboxMessage, _: Outcome) -> None:
        if message.kind == "email.send":
            stop.set()

    run.loyalty.worker().run_pass(stop=stop, on_message=watch)


def _deliver_when_leases_are_over(run: Run) -> None:
    clock = run.loyalty.clock
    assert isinstance(clock, FixedClock)
    clock.advance(seconds=_LEASE)
    run.loyalty.deliver()


def _take_news(run: Run) -> Any:
    vendor = run.loyalty.card_printer
    assert isinstance(vendor, PatientVendor)
    return VendorNews(run.desk)._take(vendor.told[1])


def _take_report(run: Run) -> Any:
    return take_in(run.desk, SmsReport(FateState.DELIVERED, "1", message_id="text-1"))


def _follow_mail(run: Run) -> None:
    with run.desk.transaction() as unit:
        unit.add(new_fate("fate-1", "mail-1", unit.now, recipient="a@example.org"))


def _take_bounce(run: Run) -> Any:
    report = MailReport(
        FateState.UNDELIVERABLE, "failed 5.1.1", message_id="mail-1", recipient="a@example.org"
    )
    return take_in(run.desk, report, recipient="a@example.org")


def _ask_the_vendor(run: Run) -> Any:
    run.loyalty.card_printer = SilentVendor((run.facts["sent"], run.facts["follower"]))
    return run.loyalty.catch_up()


def _worked_through(name: str, act: Act, first: Act = nothing) -> Verb:
    """A pass over the outbox: after a crash it is another one, at another time, in another order."""
    without = ("attempts", "due_at", "finished_at", "at", "version", "id", "command")
    return Verb(name, act, first=first, again=_deliver_when_leases_are_over, units=0, without=without)


VERBS: Final = (
    Verb(
        "message requeued",
        lambda run: Outbox(run.desk).requeue(run.facts["dead"]),
        "outbox.requeue",
    ),
    _worked_through("outbox delivered", _deliver),
    _worked_through(
        "wish to cancel delivered", _deliver, lambda run: run.desk.cards.cancel_order(run.facts["sent"])
    ),
    _worked_through("delivery stopped", _deliver_one, _ask_twice),
    Verb("vendor's event taken in", _take_news),
    Verb("text reported", _take_report),
    Verb("mail came back", _take_bounce, first=_follow_mail),
    Verb("caught up with the vendor", lambda run: run.loyalty.catch_up(), units=4),
    Verb("vendor asked about open orders", _ask_the_vendor, units=2),
    Verb("traces pruned", lambda run: run.loyalty.prune(older_than=timedelta(days=90)), units=3),
    Verb(
        "try counted",
        lambda run: StorageLimiter(run.loyalty).admit("203.0.113.7", Limit("calls", 3, timedelta(hours=1))),
        repeatable=False,
    ),
)
