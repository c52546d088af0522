"""The story from beginning to end."""

from __future__ import annotations

import argparse
import io
import signal
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final, TextIO

from loyaltycore import DispatchCycle, LoyaltyError
from loyaltycore.cards import CardOrder, OrderState, expected_dispatch
from loyaltycore.outbox import MessageState
from order_cards import booking, cancelling, checks, importing, ordering, preview, table
from order_cards.fixtures import GOLD, SHOPS, open_branches, set_up_card_service
from order_cards.servers import stop_workers
from order_cards.stage import Stage, set_stage
from order_cards.waiting import TookTooLong, wait_for, wait_until

WORKERS: Final = 2
_EVE_OF_EPIPHANY: Final = date(2027, 1, 5)
_STEP_SECONDS: Final = 0.3
_INTERRUPTED: Final = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Tell the story; answers 0 only if everything came out as it should."""
    parser = argparse.ArgumentParser(description="Order a card for every customer of two branches.")
    parser.add_argument(
        "--output", type=Path, default=Path("demo-output"), help="where files go (demo-output)"
    )
    options = parser.parse_args(arguments)
    _be_tolerant(sys.stdout)
    # Ended from outside, it takes its processes down as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    begin = time.monotonic()
    try:
        with set_stage(options.output) as stage:
            is_well = tell(stage)
    except KeyboardInterrupt:
        print("\ninterrupted")
        return _INTERRUPTED
    except (LoyaltyError, TookTooLong) as error:
        print(f"\nit went wrong: {error}")
        return 1
    print(
        f"\n{'All is well' if is_well else 'SOMETHING IS WRONG'}, after {time.monotonic() - begin:.0f} seconds."
    )
    return 0 if is_well else 1


def tell(stage: Stage) -> bool:
    """Tell it, and answer whether it ended well."""
    loyalty = stage.loyalty
    _title("Two branches")
    open_branches(loyalty)
    _show_calendars(stage)

    _title("Customers come in from the tables of the programs before")
    first = importing.import_all(loyalty)
    second = importing.import_again(loyalty)

    _title("Somebody books a hearing test online")
    booking.set_up_planner(loyalty)
    booking.book_online(loyalty)

    _title("A card for each of them")
    ordering.ask_for_information(loyalty)
    set_up_card_service(loyalty)
    entries = ordering.order_all(loyalty)
    orders = [entry.order for entry in entries if entry.order]

    _title(f"{WORKERS} processes hand over mails and print orders")
    workers = stage.start_workers(WORKERS)
    _wait_for_outbox(stage)

    _title("Two customers change their mind")
    cancelling.cancel_in_time(stage, orders[10])
    cancelling.cancel_too_late(stage, orders[20])

    _title("The vendor makes the cards and reports by webhook")
    _let_vendor_work(stage, orders)
    missed = loyalty.catch_up()
    print(f"  asked afterwards: {missed.taken} missed, {missed.repeated} known already")
    exit_codes = stop_workers(workers)

    _title("How it ended")
    outcome = checks.Outcome(
        first=first,
        second=second,
        results=table.read_results(loyalty, entries),
        mails=stage.mail_server.mails(),
        prints=stage.vendor.prints(),
        status=loyalty.session("outbox").outbox.status(),
        missed=missed,
        exit_codes=exit_codes,
    )
    table.print_table(outcome.results)
    print()
    table.print_totals(outcome.results, len(outcome.mails), outcome.prints)
    gold = next(order for order in orders if order.template == GOLD.key and order.valid_until)
    for path in preview.save_preview(loyalty, gold, stage.folder):
        print(f"  a card as it is printed: {path}")
    print()
    return checks.print_checks(outcome)


def _show_calendars(stage: Stage) -> None:
    for shop in SHOPS:
        desk = stage.loyalty.session("anna", shop.key)
        leaves = expected_dispatch(_EVE_OF_EPIPHANY, DispatchCycle.DAILY, desk.calendar)
        print(
            f"  {desk.branch.name}: ordered on {_EVE_OF_EPIPHANY:%d.%m.%Y}, a card leaves on {leaves:%d.%m.%Y}"
        )


def _wait_for_outbox(stage: Stage) -> None:
    status = stage.loyalty.session("outbox").outbox.status()
    total = sum(status.messages.values())
    wait_until(
        "handing over",
        lambda: total - stage.loyalty.session("outbox").outbox.status().messages[MessageState.PENDING],
        total,
    )


def _let_vendor_work(stage: Stage, orders: Sequence[CardOrder]) -> None:
    """Let every order go its way by itself, and wait until the vendor has told the end of it."""
    stage.vendor.control("settings", step_seconds=_STEP_SECONDS)
    stage.vendor.control("advance")
    finished = (OrderState.DELIVERED, OrderState.CANCELLED)

    def count() -> int:
        states = stage.loyalty.session("outbox").outbox.status().records["Card orders"]
        return sum(states[state] for state in finished)

    wait_until("delivered", count, len(orders))
    wait_for("the last webhooks", lambda: bool(stage.vendor.control("webhooks")["owed"] == 0))


def _be_tolerant(stream: TextIO) -> None:
    """Let a terminal that knows no umlauts show something else instead of failing, and a pipe get whole lines at once."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace", line_buffering=True)


def _title(text: str) -> None:
    print(f"\n{text}")
