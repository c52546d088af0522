"""Every verb that writes, each with something to do in the scene of `tests.faults.scene`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from attrs import evolve, frozen

from loyaltycore import Loyalty
from loyaltycore.domain.cards.options import INFORMATION_EMAIL, NUMBER_SCHEME
from loyaltycore.memory import FixedClock
from loyaltycore.ports.storage import Storage
from loyaltycore.services.delivery.outbox import Outbox
from loyaltycore.services.delivery.vendor_news import VendorNews
from loyaltycore.services.desk import Desk
from tests.faults.scene import Facts, PatientVendor, open_run
from tests.house import BASIC, COSTS, GOLD

KEY: Final = "till-1"
FIRST, SECOND, THIRD = 1, 2, 3
"""The processes that prepare, run and repeat a verb."""

_ROWS: Final = b"last_name;first_name;email\nMuster;Max;max@example.org\nMuster;Eva;\nAdler;Udo;\n"
_LEASE: Final = 600.0


@frozen
class Run:
    """What a verb is given.

    Attributes:
        loyalty: The house.

        desk: A desk whose next command has a key.

        facts: What is in the scene.
    """

    loyalty: Loyalty
    desk: Desk
    facts: Facts


Act = Callable[[Run], Any]


def open_verb(storage: Storage, facts: Facts, process: int) -> Run:
    """What a verb is given in one of the processes."""
    loyalty, desk = open_run(storage, facts, process)
    return Run(loyalty, desk.keyed(KEY), facts)


def _nothing(_: Run) -> None:
    return None


@frozen
class Verb:
    """One verb that writes.

    Attributes:
        name: For people, and as the id of the test.

        act: Calls it.

        command: The name of its command; empty for what leaves no trace.

        first: What happens before, undisturbed.

        again: How it is repeated after a crash; None for the same call under the same key.

        repeatable: Whether repeating it after it was kept changes nothing.

        without: Columns in which a repetition may differ from an undisturbed run.
    """

    name: str
    act: Act
    command: str = ""
    first: Act = _nothing
    again: Act | None = None
    repeatable: bool = True
    without: tuple[str, ...] = ()

    def repeat(self, run: Run) -> Any:
        """Repeat it as a caller would after a crash."""
        return (self.again or self.act)(run)


def _deliver(run: Run) -> None:
    run.loyalty.deliver()


def _deliver_one(run: Run) -> None:
    """Be told to stop after the first message; what else is held is given back."""
    stop = threading.Event()
    run.loyalty.worker().run_pass(stop=stop, on_message=lambda *_: stop.set())


def _deliver_when_leases_are_over(run: Run) -> None:
    clock = run.loyalty.clock
    assert isinstance(clock, FixedClock)
    clock.advance(seconds=_LEASE)
    run.loyalty.deliver()


def _several(run: Run) -> None:
    desk = evolve(run.desk, command_key="")
    with desk.transaction():
        customer = desk.customers.create(last_name="Neu", email="neu@example.org")
        desk.customers.change(customer.id, notes="in one block")
        desk.cards.cancel_order(run.facts["placed"])
        desk.settings.change(NUMBER_SCHEME, "luhn", branch="hamburg")


def _take_news(run: Run) -> Any:
    vendor = run.loyalty.card_printer
    assert isinstance(vendor, PatientVendor)
    return VendorNews(run.desk, vendor)._take(vendor.told[1])


def _worked_through(name: str, act: Act, first: Act = _nothing) -> Verb:
    """A pass over the outbox: after a crash it is another one, at another time, in another order."""
    without = ("attempts", "due_at", "finished_at", "at", "version", "id", "command")
    return Verb(name, act, first=first, again=_deliver_when_leases_are_over, without=without)


VERBS: Final = (
    Verb(
        "customer created",
        lambda run: run.desk.customers.create(last_name="Neu", phones=["030 1234567"]),
        "customers.create",
    ),
    Verb(
        "customer changed",
        lambda run: run.desk.customers.change(run.facts["erika"], last_name="Musterfrau", notes="neu"),
        "customers.change",
    ),
    Verb(
        "customers imported in two units",
        lambda run: run.desk.customers.import_file([_ROWS], batch_size=2).added,
        "customers.import",
    ),
    Verb(
        "branch opened",
        lambda run: run.desk.branches.create("bonn", name="Optik Bonn"),
        "branches.create",
    ),
    Verb(
        "branch changed",
        lambda run: run.desk.branches.change("berlin", name="Optik Mitte"),
        "branches.change",
    ),
    Verb(
        "first setting of a branch",
        lambda run: run.desk.settings.change(NUMBER_SCHEME, "ean13", branch="hamburg"),
        "settings.change",
    ),
    Verb(
        "setting changed",
        lambda run: run.desk.settings.change(INFORMATION_EMAIL, "karten@example.org"),
        "settings.change",
    ),
    Verb(
        "card service set up for a branch",
        lambda run: run.desk.cards.setup.save(
            provider="Druck", templates=[BASIC], costs=COSTS, branch="hamburg"
        ),
        "card_setup.save",
    ),
    Verb(
        "card service changed",
        lambda run: run.desk.cards.setup.save(
            provider="Kartendruck GmbH", templates=[GOLD, BASIC], costs=COSTS
        ),
        "card_setup.save",
    ),
    Verb("card service removed", lambda run: run.desk.cards.setup.remove(), "card_setup.remove"),
    Verb("card ordered", lambda run: run.desk.cards.order(run.facts["erika"]), "cards.order"),
    Verb(
        "lost card replaced",
        lambda run: run.desk.cards.replace(run.facts["spare card"], reason="lost"),
        "cards.replace",
    ),
    Verb(
        "worn card replaced",
        lambda run: run.desk.cards.replace(run.facts["spare card"], keep_until_active=True),
        "cards.replace",
    ),
    Verb(
        "waiting order cancelled",
        lambda run: run.desk.cards.cancel_order(run.facts["placed"], reason="error"),
        "cards.cancel_order",
    ),
    Verb(
        "order at the vendor cancelled",
        lambda run: run.desk.cards.cancel_order(run.facts["sent"]),
        "cards.cancel_order",
    ),
    Verb(
        "following card activated",
        lambda run: run.desk.cards.activate(run.facts["follower card"]),
        "cards.activate",
    ),
    Verb(
        "card invalidated",
        lambda run: run.desk.cards.invalidate(run.facts["spare card"], reason="stolen"),
        "cards.invalidate",
    ),
    Verb(
        "information requested",
        lambda run: run.desk.cards.request_information("How?", to="karten@example.org"),
        "cards.request_information",
    ),
    Verb(
        "message requeued",
        lambda run: Outbox(run.desk).requeue(run.facts["dead"]),
        "outbox.requeue",
    ),
    Verb("several verbs in one block", _several, repeatable=False),
    _worked_through("outbox delivered", _deliver),
    _worked_through(
        "wish to cancel delivered", _deliver, lambda run: run.desk.cards.cancel_order(run.facts["sent"])
    ),
    _worked_through("delivery stopped", _deliver_one),
    Verb("vendor's event taken in", _take_news),
    Verb("caught up with the vendor", lambda run: run.loyalty.catch_up()),
    Verb("traces pruned", lambda run: run.loyalty.prune(older_than=timedelta(days=90))),
)

BY_NAME: Final = {verb.name: verb for verb in VERBS}
