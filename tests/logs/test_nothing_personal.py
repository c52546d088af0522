"""Nobody is named in the log: neither customers nor staff, whatever is done with their data and whatever goes wrong."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any, Final

import pytest
from attrs import evolve

from loyaltycore import (
    Address,
    CustomField,
    Decision,
    DeliveryFailed,
    Dispatch,
    Fault,
    InvalidInput,
    LoyaltyError,
    Phone,
    RetryPolicy,
    StaleRecord,
    StorageBusy,
    WebhookRejected,
)
from loyaltycore.kernel.printing import PrintEvent, PrintState
from loyaltycore.memory import MemoryCardPrinter
from loyaltycore.outbox import NEWS, Intake
from loyaltycore.ports import DeliveryStatus, Email, Receipt, SmsText, Storage
from loyaltycore.work.capability import Capability
from loyaltycore.work.committed import Committed
from tests.house import House, build_house
from tests.logs.hearing import all_of, hearing
from tests.webhooks.test_receiver import ask

pytestmark = [
    pytest.mark.filterwarnings("ignore::loyaltycore.BlocksEventLoop"),
    pytest.mark.usefixtures("no_pauses"),
]

MARK: Final = "zq"
"""Stands in all that a person typed or another system said."""

NUMBER: Final = "+491709876543"
MARKS: Final = (MARK, NUMBER[3:], "1964-08-12")

PERSON: Final[Mapping[str, Any]] = {
    "title": "Zqdr.",
    "first_name": "Zqerika",
    "last_name": "Zqmustermann",
    "email": "zqerika@example.org",
    "phones": [Phone(NUMBER)],
    "addresses": [Address("Zqstraße 5", "10969", "Zqstadt", "DE", extra="Zqhof")],
    "birth_date": date(1964, 8, 12),
    "notes": "Zqnotiz",
    "custom": {"hobby": "Zqsegeln"},
}


def said(*_: object) -> str:
    """What another system says: it names people."""
    return "550 5.1.1 <zqerika@example.org> Zqerika 'O'Zqmustermann' unknown"


class Spiteful:
    """A mailer, a gateway and a vendor of cards that fail in every way, and name people as they do."""

    def __init__(self) -> None:
        self.turn = 0

    def send(self, message: Email | SmsText) -> Any:
        """Fail in another way at each turn."""
        self.turn += 1
        match self.turn % 6:
            case 0:
                raise RuntimeError(said(message))
            case 1:
                raise DeliveryFailed("zq@example.org", said(message), permanent=False)
            case 2:
                raise OSError(111, "Connection refused", said())
            case 3:
                status, code = DeliveryStatus.REJECTED, said()
            case 4:
                status, code = DeliveryStatus.NOT_SENT, "mailbox_full"
            case _:
                status, code = DeliveryStatus.UNKNOWN, ""
        one = Receipt(status, recipient=said(), code=code, detail=said(), raw=said(), vendor_id=said())
        return (one,) if isinstance(message, Email) else one


class Rivals:
    """A storage on which others are faster now and then, and which names people as it says so."""

    def __init__(self, inner: Storage) -> None:
        self.inner = inner
        self.faults: list[Exception] = []
        self.bind = inner.bind

    def transaction(self, *, read_only: bool = False) -> Any:
        """Fail once for each fault."""
        if self.faults:
            raise self.faults.pop()
        return self.inner.transaction(read_only=read_only)


class Stranger:
    """A source of news that believes nobody."""

    name = "zqstranger".removeprefix(MARK)
    is_set_up = sends_webhooks = True

    def receive(self, headers: Mapping[str, str], body: bytes) -> Intake:
        """Take it, refuse it, or fail."""
        if body == b"take":
            return Intake(taken=1)
        if body == b"fail":
            raise StorageBusy(said())
        raise WebhookRejected("malformed", said())

    def catch_up(self) -> Intake:
        """Nothing new."""
        return Intake()


def fail(_: Committed) -> None:
    """A hook of the host."""
    raise ValueError(said())


class Talking(MemoryCardPrinter):
    """A vendor of cards whose news cannot be kept."""

    def say(self, reference: str) -> None:
        """Report something under an id that no field can hold."""
        self.move(reference, PrintState.IN_PRODUCTION, reason_code=said())
        last: PrintEvent = self._events[-1]
        self._events[-1] = evolve(last, event_id=said() * 10)


def story(house: House, storage: Rivals) -> None:
    """A day at the desk on which all goes wrong."""
    desk, loyalty, printer = house.desk, house.loyalty, house.printer
    assert isinstance(printer, Talking)
    house.set_up_cards()
    erika = desk.keyed("zqkey").customers.create(**PERSON)
    other = desk.customers.create(**{**PERSON, "first_name": "Zqhans", "birth_date": None})
    refused = [
        lambda: desk.customers.create(last_name="Zq" * 100, email="zq@@", phones=["zq"]),
        lambda: desk.customers.get("zqnobody"),
        lambda: desk.customers.create(last_name="Zq", number=erika.number),
        lambda: desk.customers.change(erika.id, notes="zq", expected_version=99),
        lambda: desk.keyed("zqkey").customers.create(last_name="Zqandere"),
        lambda: desk.cards.order("zqnobody"),
        lambda: desk.cards.present("zq123").require(),
    ]
    for call in refused:
        with pytest.raises(LoyaltyError):
            call()
    desk.customers.find(name="Zqmuster", email="zqerika@example.org", phone=NUMBER)
    desk.customers.import_file(
        [b"Vorname;Nachname;E-Mail;Telefon\nZqa;Zqb;zq@;zq\nZqc;Zqd;zqc@example.org;\n"]
    )
    storage.faults = [StaleRecord("customers", "zqkey"), StorageBusy(said())]
    desk.customers.change(erika.id, notes="Zqneu")
    storage.faults = [StorageBusy(said())] * 12
    with pytest.raises(StorageBusy):
        desk.customers.change(erika.id, notes="Zqneuer")
    order = desk.cards.order(erika.id, comment="Zqkommentar")
    printer.answers.append(DeliveryStatus.REJECTED)
    desk.cards.order(other.id)
    with desk.transaction() as unit:
        text = SmsText("zqsms", NUMBER, "Liebe Zqerika")
        unit.apply(Decision(None, dispatch=(Dispatch("sms.send", text, "zqsms", about=erika),)))
    for _ in range(12):
        loyalty.deliver()
    for message in desk.outbox.messages().items:
        with suppress(LoyaltyError):
            desk.outbox.requeue(message.id)
    printer.say(order.id)
    loyalty.catch_up()
    for body in (b"take", b"fail", said().encode()):
        ask(loyalty, body, PATH_INFO="/stranger")
    ask(loyalty, b"x", PATH_INFO=f"/{said()}")
    loyalty.after_commit = fail
    desk.customers.change(erika.id, notes="Zqnochmals")
    loyalty.after_commit = None

    async def careless() -> None:
        with desk.transaction():
            desk.customers.change(erika.id, notes="Zqzuletzt")
            await asyncio.sleep(0)

    with pytest.raises(LoyaltyError):
        asyncio.run(careless())


@pytest.mark.every_engine
def test_nobody_is_named(storage: Storage) -> None:
    """A whole story of marked people, failing in every place at every level: no record holds a mark anywhere."""
    rivals = Rivals(storage)
    with hearing() as heard:
        house = build_house(
            rivals,
            mailer=Spiteful(),
            sms=Spiteful(),
            card_printer=(printer := Talking()),
            capabilities=[Capability(name="strange", adds=(NEWS.by(lambda _: (Stranger(),)),))],
            custom_fields=[CustomField("hobby")],
            retry=RetryPolicy(max_attempts=3),
            slow=1e-9,
        )
        house = evolve(house, printer=printer, desk=house.loyalty.session("Zqanna", "berlin"))
        house.loyalty.retry = RetryPolicy(max_attempts=3)
        story(house, rivals)
    assert heard.events >= EXPECTED, EXPECTED - heard.events
    found = [
        (mark, record.getMessage())
        for record in heard.records
        for mark in MARKS
        if mark in all_of(record).lower()
    ]
    assert found == []


EXPECTED: Final = frozenset(
    {
        "after_commit failed",
        "adapter failed",
        "block given up",
        "kind of message has to wait",
        "message delivered",
        "message given up",
        "message put back",
        "news not taken in",
        "verb done",
        "verb failed",
        "verb gave up",
        "verb tried again",
        "verb was slow",
        "webhook not taken in",
        "webhook refused",
        "webhook taken in",
    }
)
"""What the story has to meet, or it would prove little."""


def test_a_mark_is_found_wherever_it_is() -> None:
    """The check above is no blind one: a mark in a fact, in an argument or in the words of an error is seen."""
    logger = logging.getLogger("loyaltycore.x")
    with hearing() as heard:
        logger.error("x %s", "Zqerika")
        logger.error("x", extra={"loyalty": {"event": "x", "name": "Zqerika"}})
        logger.error("x", exc_info=InvalidInput([Fault("name", "x", "Zqerika")]))
    assert [MARK in all_of(record).lower() for record in heard.records] == [True] * 3
