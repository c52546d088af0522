"""From the order to the vendor's receipt: orders per second with one and with four workers, memory over 100,000 messages."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks.databases import ENGINES, database
from benchmarks.memory import figures_of, peak
from benchmarks.timing import Result
from loyaltycore import Address, CardCosts, CardTemplate, Desk, Loyalty, Money
from loyaltycore.kernel.decisions import Decision, Dispatch
from loyaltycore.kernel.messages import Email
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from loyaltycore_cardprint import HttpCardPrinter
from loyaltycore_cardvendor import RunningVendor, running_vendor
from loyaltycore_sql import SqlStorage

ORDERS = 300
MESSAGES = 100_000
PORTION = 1000
WORKERS = 4
GROWTH = 1.2
"""How much more memory the last tenth may need than the first."""


def run() -> Iterator[Result]:
    """Real orders to a real vendor process over HTTP, then a long queue."""
    for name in ENGINES:
        yield from _orders(name)
    yield _memory()


def _orders(name: str) -> Iterator[Result]:
    with database(name) as url, running_vendor() as vendor:
        printer = HttpCardPrinter(base_url=vendor.url, token=vendor.token, webhook_secrets=(vendor.secret,))
        storage = SqlStorage(url)
        loyalty = Loyalty(storage, card_printer=printer)
        bare = _post_alone(loyalty, printer)
        rates = [_rate(loyalty, url, vendor, workers) for workers in (1, WORKERS)]
        storage.close()
    single, several = rates
    for what, ours, peer, base in (
        (f"orders with one worker, {name}", single, f"{bare:.0f}/s bare POST", bare),
        (f"orders with {WORKERS} workers, {name}", several, f"{single:.0f}/s with one", single),
    ):
        yield Result(what, f"{ours:.0f}/s", peer, f"{ours / base:.2f}", "-", kept=True)


def _place(loyalty: Loyalty, count: int) -> None:
    desk = loyalty.session("bench")
    costs = CardCosts(card=Money(1, "EUR"), print=Money(1, "EUR"), dispatch=Money(1, "EUR"))
    desk.cards.setup.save(provider="Bench", templates=[CardTemplate("gold")], costs=costs)
    home = Address("Weg 1", "10115", "Berlin", "DE")
    buyer = desk.customers.create(last_name="Muster", addresses=[home])
    for _ in range(count):
        desk.cards.order(buyer.id)


def _post_alone(loyalty: Loyalty, printer: HttpCardPrinter) -> float:
    """How many orders a second go over the same wire with nothing around them."""
    from loyaltycore.kernel.outbox import MessageState
    from loyaltycore.kernel.printing import PrintOrder
    from loyaltycore.storing.codec import from_json

    _place(loyalty, ORDERS)
    waiting = loyalty.session("outbox").outbox.messages(MessageState.PENDING, limit=ORDERS).items
    start = time.perf_counter()
    for message in waiting:
        printer.submit(from_json(message.payload, PrintOrder), message.key)
    rate = len(waiting) / (time.perf_counter() - start)
    loyalty.deliver()
    return rate


def _rate(loyalty: Loyalty, url: str, vendor: RunningVendor, workers: int) -> float:
    """How many orders a second a clerk and so many workers bring from `cards.order` to the receipt."""
    arguments = [url, vendor.url, vendor.token, str(workers), str(ORDERS)]
    command = [sys.executable, "-m", "benchmarks.worker", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None  # noqa: S101  it was asked for
        if process.stdout.readline() != "ready\n":
            raise AssertionError("the workers did not start")
        start = time.perf_counter()
        _place(loyalty, ORDERS)
        done = int(process.stdout.readline())
        seconds = time.perf_counter() - start
    if done != ORDERS:
        raise AssertionError(f"{done} of {ORDERS} orders were delivered")
    return ORDERS / seconds


class _Sink:
    """A mailer that forgets everything at once."""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        return tuple(Receipt(DeliveryStatus.ACCEPTED, recipient=address) for address in email.to)


def _memory() -> Result:
    """Memory of a process after the first tenth and at the end of a queue of 100,000 mails on SQLite."""
    with database("sqlite") as url:
        early, late, rate = figures_of("benchmarks.outbox", url)
    return Result(
        f"memory over {MESSAGES:,} messages, sqlite",
        f"{late:.0f} MB at the end ({rate:.0f}/s)",
        f"{early:.0f} MB after a tenth",
        f"{late / early:.2f}",
        f"at most {GROWTH:g} times",
        late <= GROWTH * early,
    )


def main(url: str) -> None:
    """Queue the mails and deliver them."""
    storage = SqlStorage(url)
    loyalty = Loyalty(storage, mailer=_Sink())
    desk = loyalty.session("bench")
    for start in range(0, MESSAGES, PORTION):
        _queue(desk, start)
    worker = loyalty.worker()
    worker.run_pass(limit=MESSAGES // 10)
    early = peak()
    began = time.perf_counter()
    done = worker.run_pass().done
    print(early, peak(), done / (time.perf_counter() - began))
    storage.close()


def _queue(desk: Desk, start: int) -> None:
    mails = [
        Dispatch("email.send", Email(f"m{n}", ("a@example.org",), "Hello", "Text"), f"m{n}", desk.branch)
        for n in range(start, start + PORTION)
    ]
    with desk.transaction() as unit:
        unit.apply(Decision(None, dispatch=tuple(mails)))


if __name__ == "__main__":
    main(sys.argv[1])
