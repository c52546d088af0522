"""A small shop in a known state, in which every verb that writes finds something to do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from invoices import Entry, Invoices, Line, invoicing
from loyaltycore import Capability, Loyalty, Money
from loyaltycore.capabilities import core_record_types
from loyaltycore.cards.rules.options import NUMBER_PREFIX
from loyaltycore.cards.vendor_news import VendorNews
from loyaltycore.desk import Desk
from loyaltycore.errors import Fault
from loyaltycore.kernel.printing import EncodingKind, PrintEvent, PrintState, PrintStatus
from loyaltycore.memory import CountedIds, FixedClock, MemoryMailer
from loyaltycore.ports.card_printing import (
    CancelOutcome,
    CancelReceipt,
    EventPage,
    PrintCancellation,
    PrinterCapabilities,
    PrintOrder,
    PrintReceipt,
)
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from loyaltycore.ports.storage import Storage
from loyaltycore.programs import Earn, PointsTerms, Quota, QuotaTerms, StoredValueTerms
from loyaltycore.sales import AmountOff, Limit, Order, OrderLine, PromotionTerms, Rule, of_articles
from loyaltycore.vouchers import CodeKey, DiscountVoucherTerms
from tests.house import COSTS, GOLD, HOME, SHOP

FIRST_DAY: Final = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
TODAY: Final = FIRST_DAY + timedelta(days=100)
LATER: Final = 30_000_000
"""How far the ids of one process begin behind those of the process before it."""
BETWEEN: Final = 0.5
"""The process that adds to the scene before the first one."""


CODE_KEYS: Final = (CodeKey("2026", "an old secret, only for tests"),)


class Paper:
    """Books that take every entry."""

    def post(self, entry: Entry, key: str) -> Receipt:
        """Take an entry."""
        return Receipt(DeliveryStatus.ACCEPTED, vendor_id=entry.number)


HOSTED: Final[tuple[Capability, ...]] = (invoicing(Paper()),)
"""What a host brings: its verbs are tested like the library's own."""

RECORD_TYPES: Final = (*core_record_types(), *(each for one in HOSTED for each in one.records))
"""Everything that is stored in the scene."""

Facts = Mapping[str, str]
"""What is in the scene: ids by name."""


class LaterIds(CountedIds):
    """Ids behind those that are stored."""

    def __init__(self, start: int) -> None:
        super().__init__()
        self._count = start


class SameDigits:
    """Chance that is none: every try draws the same card number."""

    def __init__(self, digit: str) -> None:
        self.digit = digit
        """What all numbers consist of."""

    def digits(self, count: int) -> str:
        """So many times the same digit."""
        return self.digit * count

    def token(self) -> str:
        """Always the same."""
        return self.digit * 24


class SilentVendor:
    """A card vendor that takes everything, and has to be asked what became of it."""

    source = "vendor"

    def __init__(self, orders: tuple[str, ...] = ()) -> None:
        self.told = tuple(
            PrintEvent(self.source, f"event-{number}", _status(order, 2, PrintState.DISPATCHED))
            for number, order in enumerate(orders)
        )
        """The events that it would report."""

    @property
    def capabilities(self) -> PrinterCapabilities:
        """It can do everything."""
        return PrinterCapabilities(encodings=frozenset(EncodingKind))

    def validate(self, order: PrintOrder) -> tuple[Fault, ...]:
        """Find nothing wrong."""
        return ()

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Take an order."""
        status = _status(order.reference, 1, PrintState.RECEIVED)
        return PrintReceipt(Receipt(DeliveryStatus.ACCEPTED, vendor_id=status.vendor_id), status)

    def find(self, reference: str) -> PrintStatus | None:
        """Answer what there would be to report."""
        return next((event.status for event in self.told if event.status.reference == reference), None)

    def cancel(self, cancellation: PrintCancellation) -> CancelReceipt:
        """Cancel."""
        status = _status(cancellation.reference, 3, PrintState.CANCELLED)
        return CancelReceipt(CancelOutcome.CANCELLED, status)


class PatientVendor(SilentVendor):
    """The same, and it can be asked for its events."""

    def events_after(self, cursor: str, limit: int = 100) -> EventPage:
        """One event on each page."""
        start = int(cursor or 0)
        page = self.told[start : start + 1]
        return EventPage(page, str(start + len(page)), start + 1 < len(self.told))


def _status(order: str, revision: int, state: PrintState) -> PrintStatus:
    return PrintStatus(
        reference=order,
        vendor_id=f"v-{order}",
        revision=revision,
        state=state,
        raw_state=state.value,
        occurred_at=TODAY,
    )


def build_scene(storage: Storage) -> Facts:
    """Fill an empty storage."""
    clock, mailer, tokens, vendor = FixedClock(FIRST_DAY), MemoryMailer(), SameDigits("1"), PatientVendor()
    loyalty = Loyalty(
        storage,
        mailer=mailer,
        card_printer=vendor,
        clock=clock,
        ids=CountedIds(),
        tokens=tokens,
        capabilities=HOSTED,
        code_keys=CODE_KEYS,
    )
    head = loyalty.session("admin")
    for branch in ("berlin", "hamburg"):
        head.branches.create(branch, name=f"Optik {branch}", address=SHOP, email="laden@example.org")
    head.cards.setup.save(provider="Kartendruck GmbH", templates=[GOLD], costs=COSTS)
    head.settings.change(NUMBER_PREFIX, "77")
    desk = loyalty.session("anna", "berlin")
    erika = desk.customers.create(last_name="Mustermann", email="erika@example.org", addresses=[HOME])
    facts = {"erika": erika.id}

    def order(name: str, *, follows: str = "") -> None:
        tokens.digit = str(int(tokens.digit) + 1)
        if follows:
            placed = desk.cards.replace(facts[f"{follows} card"], keep_until_active=True)
        else:
            placed = desk.cards.order(erika.id)
        facts[name], facts[f"{name} card"] = placed.id, placed.card_id

    # Long ago: a card in use, with all the traces that pruning removes.
    order("old")
    desk.cards.activate(facts["old card"])
    loyalty.deliver()
    VendorNews(desk)._take(PrintEvent("vendor", "first", _status(facts["old"], 2, PrintState.DISPATCHED)))
    clock.instant = TODAY
    # Today: a card in use that nobody follows, two orders at the vendor, a mail that was given up, a fresh order.
    order("spare")
    desk.cards.activate(facts["spare card"])
    order("sent")
    order("follower", follows="old")
    mailer.answers.append(DeliveryStatus.REJECTED)
    loyalty.deliver()
    facts["dead"] = loyalty.session("outbox").outbox.messages().items[0].id
    order("placed")
    facts |= _loyalty(head, desk, facts)
    bought = Line("Glasses", Money(24900, "EUR"))
    facts["invoice"] = desk.service(Invoices).write(erika.id, [bought]).id
    return facts


def _loyalty(head: Desk, desk: Desk, known: Facts) -> dict[str, str]:
    """Programs, what the customer has of them, a reservation and vouchers."""
    facts: dict[str, str] = {}
    erika = desk.customers.get(known["erika"])
    quota = QuotaTerms([Quota(30, groups=["batteries"])])
    head.programs.define("batteries", quota, name="Batteries", on_card="count", sold_by=["P-BAT"])
    head.programs.define("club", PointsTerms(Earn(1, per=Money(100, "EUR"))), name="Club")
    head.programs.define("gift", StoredValueTerms("EUR"), name="Gift")
    head.programs.define("autumn", DiscountVoucherTerms(percent=20, uses=2), name="Autumn")
    limits = [Limit(uses=5000), Limit(amount=Money(500, "EUR"), per="customer", every="year")]
    spring = Rule("frame", AmountOff(Money(100, "EUR")), where=of_articles("frame"), limits=limits)
    head.programs.define("spring", PromotionTerms([spring]), name="Spring")
    head.programs.publish("batteries", "club", "gift", "autumn", "spring")
    head.programs.define("draft", quota, name="Draft")
    mine = desk.programs.assign(erika.id, "batteries", card=known["spare card"])
    facts["batteries"] = mine.id
    facts["used"] = desk.programs.use(mine.id).id
    facts["club"] = desk.programs.assign(erika.id, "club").id
    facts["gift"] = desk.programs.assign(erika.id, "gift", value=Money(5000, "EUR")).id
    frame = OrderLine("1", "frame", Money(1000, "EUR"))
    facts["reservation"] = desk.sales.reserve(Order("R-6", erika.id, [frame], spend={"gift": 1000})).id
    voucher = desk.vouchers.issue("autumn", customer=erika.id, reason="campaign", code="AUTUMN26")
    facts["voucher"] = voucher.id
    facts["redeemed"] = desk.vouchers.redeem("AUTUMN26").id
    facts["batch"] = desk.vouchers.generate("autumn", 3).id
    return facts


def add_double(storage: Storage, facts: Facts) -> str:
    """The id of somebody who may be the customer of the scene, and has as much of everything."""
    desk = open_run(storage, facts, BETWEEN)[1]
    double = desk.customers.create(
        number="E1", first_name="Erica", last_name="Mustermann", phones=["0170 1234567"]
    )
    desk.cards.encode(double.id, "4712")
    for program in ("batteries", "club"):
        desk.programs.assign(double.id, program)
    desk.programs.assign(double.id, "gift", value=Money(700, "EUR"))
    desk.vouchers.issue("autumn", customer=double.id, reason="campaign", code="WINTER26")
    desk.sales.settle(Order("R-20", double.id, [OrderLine("1", "lens", Money(9900, "EUR"))]))
    return double.id


def open_run(storage: Storage, facts: Facts, process: float) -> tuple[Loyalty, Desk]:
    """A house on the filled storage, as a process that has just started would open it.

    Args:
        storage: Filled by `build_scene`.

        facts: What is in it.

        process: Counts the processes, from 1: later ones give later ids. One in between belongs to the scene.
    """
    loyalty = Loyalty(
        storage,
        mailer=MemoryMailer(),
        card_printer=PatientVendor((facts["sent"], facts["follower"])),
        clock=FixedClock(TODAY),
        ids=LaterIds(int(process * LATER)),
        tokens=SameDigits("9"),
        capabilities=HOSTED,
        code_keys=CODE_KEYS,
    )
    return loyalty, loyalty.session("anna", "berlin")
