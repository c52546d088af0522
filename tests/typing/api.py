"""What type checkers see of the public interface. Only checked by mypy, never run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import assert_type
from wsgiref.types import WSGIApplication

from invoices import BY_MAIL, Invoice, Invoices, Line
from loyaltycore import (
    Address,
    CardCosts,
    CardTemplate,
    Committed,
    DeliveryTarget,
    Loyalty,
    Money,
    Phone,
    Refused,
    ValidityPeriod,
    WebhookReceiver,
)
from loyaltycore.activities import Activity, Feed
from loyaltycore.cards import (
    CardOrder,
    CardOrderService,
    CardStanding,
    CustomerCard,
    OrderDraft,
    OrderState,
    Presentation,
)
from loyaltycore.cards.rules.options import NUMBER_PREFIX
from loyaltycore.completeness import Completeness, CompletenessReport, CustomerGaps, Gap
from loyaltycore.completeness.rules.assess import CompletionRequest
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.customers.rules.import_report import ImportReport
from loyaltycore.desk import Desk
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.calendar import BusinessCalendar
from loyaltycore.kernel.criteria import Criterion
from loyaltycore.kernel.decisions import Decision
from loyaltycore.kernel.outbox import MessageState, OutboxMessage
from loyaltycore.kernel.settings import Option
from loyaltycore.memory import MemoryCardPrinter, MemoryMailer, MemorySmsGateway, MemoryStorage
from loyaltycore.outbox.news import Intake
from loyaltycore.outbox.worker import DeliveryReport, Worker
from loyaltycore.ports.card_printing import CardPrinter, SupportsEvents, SupportsWebhooks
from loyaltycore.ports.messaging import Mailer, SmsGateway
from loyaltycore.ports.storage import Storage
from loyaltycore.processes import (
    OfferVerdict,
    Process,
    ProcessStep,
    ProcessTemplate,
    ReloadReport,
    StepType,
)
from loyaltycore.processes.worklist import OpenSteps
from loyaltycore.properties import (
    CustomerProperty,
    PropertyType,
    PropertyValue,
    ShownProperty,
    StepReference,
    has_value,
)
from loyaltycore.selections import (
    AllOf,
    Catalogue,
    Condition,
    Explanation,
    FieldCondition,
    RelatedCondition,
    Relative,
    Selection,
)
from loyaltycore.work.paging import Page
from loyaltycore.work.unit import Unit
from loyaltycore_cardprint import HttpCardPrinter
from loyaltycore_email import SmtpMailer
from loyaltycore_holidays import BranchHolidays
from loyaltycore_sql import SqlStorage


def host(desk: Desk, lines: list[Line]) -> None:
    """A host's own capability: its service keeps its type, and so do its verbs."""
    assert_type(desk.service(Invoices), Invoices)
    assert_type(desk.keyed("till-1").service(Invoices).write("k-1", lines), Invoice)
    assert_type(desk.service(Invoices).find(number="2026", limit=10), Page[Invoice])
    assert_type(desk.settings[BY_MAIL], bool)
    desk.service(Invoices).write("k-1", ["Case"])  # type: ignore[list-item]  # must be lines
    desk.service(Invoices).pay()  # type: ignore[call-arg]  # which one?


def house(loyalty: Loyalty) -> None:
    """The house: sessions, delivery, the vendor's news."""
    assert_type(loyalty.session("anna"), Desk)
    assert_type(loyalty.session(actor="anna", branch="berlin"), Desk)
    assert_type(loyalty.deliver(limit=10), DeliveryReport)
    assert_type(loyalty.worker(), Worker)
    assert_type(loyalty.receive_webhook("card-printer", {"Webhook-Id": "1"}, b"{}"), Intake)
    assert_type(loyalty.catch_up(), Intake)
    assert_type(loyalty.session("outbox").outbox.messages(MessageState.DEAD), Page[OutboxMessage])
    assert_type(loyalty.session("outbox").outbox.status().messages, Mapping[MessageState, int])
    assert_type(loyalty.session("anna").outbox.requeue("m-1"), OutboxMessage)


def customers(desk: Desk) -> None:
    """Customers: fields by keyword, pages of results."""
    made = desk.customers.create(
        last_name="Mustermann", addresses=[Address()], phones=["030 901820", Phone("+4930901820")]
    )
    assert_type(made, Customer)
    assert_type(desk.customers.change(made.id, expected_version=made.version, notes="x"), Customer)
    assert_type(desk.customers.get("k-1"), Customer)
    assert_type(desk.customers.by_number("1"), Customer)
    assert_type(desk.customers.find(name="muster", limit=10).items, tuple[Customer, ...])
    assert_type(desk.customers.count(name="muster"), int)
    assert_type(desk.customers.import_file("kunden.csv", dry_run=True), ImportReport)
    desk.customers.create(lastname="Mustermann")  # type: ignore[call-arg]  # no such field
    desk.customers.create(last_name=5)  # type: ignore[arg-type]  # must be text


def cards(desk: Desk) -> None:
    """Cards: the unit of work is no argument of theirs."""
    assert_type(desk.cards.draft("k-1"), OrderDraft)
    order = desk.cards.order("k-1", template="gold", valid_until=date(2028, 12, 31), target="branch")
    assert_type(order, CardOrder)
    assert_type(order.state, OrderState)
    assert_type(order.costs.total, Money)
    assert_type(order.expected_dispatch, date)
    assert_type(order.dispatched_at, datetime | None)
    assert_type(
        desk.cards.order("k-1", valid_for=ValidityPeriod(24), target=DeliveryTarget.BRANCH), CardOrder
    )
    assert_type(desk.cards.replace("c-1", keep_until_active=True), CardOrder)
    assert_type(desk.cards.cancel_order("o-1", reason="x"), CardOrder)
    assert_type(desk.cards.activate("c-1"), CustomerCard)
    assert_type(desk.cards.invalidate("c-1"), CustomerCard)
    assert_type(desk.cards.of_customer("k-1"), tuple[CustomerCard, ...])
    assert_type(desk.cards.orders_of("k-1"), tuple[CardOrder, ...])
    presented = desk.cards.present("2912345678905")
    assert_type(presented, Presentation)
    assert_type(presented.standing, CardStanding)
    assert_type(presented.customer, Customer | None)
    assert_type(presented.require(), Customer)
    desk.cards.order()  # type: ignore[call-arg]  # for whom?
    desk.cards.order("k-1", valid_until=2028)  # type: ignore[arg-type]  # must be a date


async def threads(loyalty: Loyalty, desk: Desk) -> None:
    """Verbs in threads: arguments and results are those of the verb."""
    run = loyalty.aio.run
    assert_type(await run(desk.customers.get, "k-1"), Customer)
    assert_type(await run(desk.customers.create, last_name="Muster", number="7"), Customer)
    assert_type(await run(desk.cards.of_customer, "k-1"), tuple[CustomerCard, ...])
    assert_type(await run(loyalty.session, "anna", branch="berlin"), Desk)
    assert_type(await run(loyalty.deliver, limit=10), DeliveryReport)
    assert_type(await run(lambda: 7), int)
    assert_type(await loyalty.aio.close(), None)
    await run(desk.customers.get)  # type: ignore[call-arg]  # which one?
    await run(desk.customers.get, 7)  # type: ignore[arg-type]  # no id
    await run(desk.customers.create, lastname="Muster")  # type: ignore[call-arg]  # no field


def feed(desk: Desk, done: Committed) -> None:
    """All activities, and what a hook gets."""
    page = desk.activities.since("", limit=10)
    assert_type(page, Feed)
    assert_type(page.items, tuple[Activity, ...])
    assert_type(desk.activities.since(page.cursor).cursor, str)
    assert_type(done.commands, tuple[str, ...])
    assert_type(done.activities, tuple[Activity, ...])
    Loyalty(MemoryStorage(), after_commit=lambda done: done.commands)
    Loyalty(MemoryStorage(), after_commit=lambda: None)  # type: ignore[arg-type, misc]  # takes what was committed


def completeness(desk: Desk) -> None:
    """Complete data: what is missing, answers, the list and the report."""
    assert_type(desk.completeness.draft(last_name="Muster"), Completeness)
    assert_type(desk.completeness.of("k-1").due, tuple[Gap, ...])
    assert_type(desk.completeness.answer("k-1", mobile="0170 1234567", postal_address=Address()), Customer)
    assert_type(desk.completeness.gaps(field="email").items, tuple[CustomerGaps, ...])
    assert_type(desk.completeness.each_gap(), Iterator[CustomerGaps])
    assert_type(desk.completeness.report(), CompletenessReport)
    desk.completeness.answer("k-1", moblie="0170 1234567")  # type: ignore[call-arg]  # what is wrong here is refused


def properties(desk: Desk) -> None:
    """Properties: definitions, assignments, and the unit of work that is no argument."""
    defined = desk.properties.define("origin", name="Origin", values=[PropertyValue("own")])
    assert_type(defined, PropertyType)
    assert_type(desk.properties.change("origin", name="x", multi_valued=True), PropertyType)
    assert_type(desk.properties.add_value("origin", "web", label="Web"), PropertyType)
    assert_type(desk.properties.change_value("origin", "web", colour="#00ff00"), PropertyType)
    assert_type(desk.properties.order_values("origin", ["web", "own"]), PropertyType)
    assert_type(desk.properties.hide("origin", "web"), PropertyType)
    assert_type(desk.properties.all(category="customer"), tuple[PropertyType, ...])
    step = StepReference("process-1", "step-1")
    assert_type(desk.properties.assign("k-1", "origin", "own", by_step=step), CustomerProperty)
    assert_type(desk.properties.unassign("k-1", "origin"), CustomerProperty)
    assert_type(desk.properties.of_customer("k-1"), tuple[CustomerProperty, ...])
    assert_type(desk.properties.shown("k-1"), tuple[ShownProperty, ...])
    assert_type(desk.properties.history_of("k-1"), Page[CustomerProperty])
    assert_type(has_value("origin", "own"), Criterion)
    desk.properties.define("origin")  # type: ignore[call-arg]  # a property needs a name
    desk.properties.change_value("origin", "web", hidden=True)  # type: ignore[call-arg]  # that is what `hide` is for


def selections(desk: Desk) -> None:
    """Selections: conditions as values or as JSON, and every form of the answer."""
    where = AllOf(FieldCondition("age", "at_least", 18), RelatedCondition("cards", exists=False))
    assert_type(desk.selections.check(where), Condition)
    assert_type(desk.selections.count({"kind": "all_of", "parts": []}), int)
    assert_type(desk.selections.page(name="adults", limit=10), Page[Customer])
    assert_type(desk.selections.stream(where, portion=500), Iterator[Customer])
    assert_type(desk.selections.explain("k-1", where).parts, tuple[Explanation, ...])
    assert_type(desk.selections.words(where), str)
    assert_type(desk.selections.save("adults", where, comment="x"), Selection)
    assert_type(desk.selections.change("s-1", where=FieldCondition("birthday", "is", Relative())), Selection)
    assert_type(desk.selections.named("adults").where, Condition)
    assert_type(desk.selections.all(), tuple[Selection, ...])
    assert_type(desk.selections.catalogue(), Catalogue)
    desk.selections.count(7)  # type: ignore[arg-type]  # no condition


def processes(desk: Desk) -> None:
    """Processes: templates, steps, and what starting one answers."""
    templates = desk.processes.templates
    assert_type(templates.create("supply", name="Supply", kind="glasses"), ProcessTemplate)
    assert_type(templates.add_step("supply", "task", name="Call", mandatory=True), ProcessTemplate)
    assert_type(templates.find("supply"), Page[ProcessTemplate])
    assert_type(templates.step_types, tuple[StepType, ...])
    started = desk.processes.start("k-1", "supply", answers={"mobile": "0170 1234567"})
    assert_type(started.process, Process)
    assert_type(started.completion, CompletionRequest | None)
    assert_type(desk.processes.execute_step("p-1", "call", note="done"), Process)
    assert_type(desk.processes.check_offer("p-1").verdict, OfferVerdict)
    assert_type(desk.processes.complete_offer("p-1").open_mandatory, tuple[ProcessStep, ...])
    assert_type(desk.processes.reload_open_processes("supply"), ReloadReport)
    assert_type(desk.processes.open_steps(template="supply"), Page[OpenSteps])
    desk.processes.templates.add_step("supply", "task")  # type: ignore[call-arg]  # a step needs a name
    desk.processes.templates.change_step("supply", "call", type="custom")  # type: ignore[call-arg]  # it never changes


def around(desk: Desk) -> None:
    """Branches, the order service, settings and activities."""
    assert_type(desk.branches.create("berlin", name="Optik Berlin"), Branch)
    assert_type(desk.branches.all(), tuple[Branch, ...])
    euro = Money.of("1.20", "EUR")
    saved = desk.cards.setup.save(
        provider="Kartendruck GmbH", templates=[CardTemplate("gold")], costs=CardCosts(euro, euro, euro)
    )
    assert_type(saved, CardOrderService)
    assert_type(desk.settings[NUMBER_PREFIX], str)
    assert_type(desk.settings[Option("shop.return_days", 14, "Days.")], int)
    assert_type(desk.settings.stored(NUMBER_PREFIX, branch="berlin"), str | None)
    for option in desk.settings.known:
        desk.settings.change(option, desk.settings.stored(option))
    desk.settings.change(desk.settings.option("completeness.email"), True)
    desk.settings.change("completeness.email", True)  # type: ignore[arg-type]  # the key of an option is none
    assert_type(desk.activities.of_customer("k-1"), Page[Activity])
    assert_type(desk.activities.expand("k-1"), Iterator[Activity])
    assert_type(desk.keyed("till-1"), Desk)
    with desk.transaction() as unit:
        assert_type(unit, Unit)
        assert_type(unit.get(Customer, "k-1"), Customer)
        assert_type(unit.seek(Customer, "k-1"), Customer | None)
        assert_type(unit.apply(Decision(euro)), Money)


def refusal(error: Refused) -> None:
    """The facts of an error are attributes."""
    assert_type(error.code, str)
    assert_type(error.remedy, str)


def adapters() -> None:
    """The adapters of the house keep the ports."""
    storages: list[Storage] = [MemoryStorage(), SqlStorage("sqlite:///shop.db")]
    mailers: list[Mailer] = [MemoryMailer(), SmtpMailer(host="mail.example.org", sender="shop@example.org")]
    gateways: list[SmsGateway] = [MemorySmsGateway()]
    http = HttpCardPrinter(base_url="https://cards.example/v1", token="t0ken")
    printers: list[CardPrinter] = [MemoryCardPrinter(), http]
    powers: tuple[SupportsEvents, SupportsEvents, SupportsWebhooks] = (MemoryCardPrinter(), http, http)
    calendar: BusinessCalendar = BranchHolidays()(Branch("berlin", "Berlin"))
    assert_type(calendar.is_working_day(date(2026, 1, 1)), bool)
    loyalty = Loyalty(storages[0], mailer=mailers[0], sms=gateways[0], card_printer=printers[0])
    receivers: list[WSGIApplication] = [WebhookReceiver(loyalty)]
    assert_type(receivers[0], WSGIApplication)
    assert_type(powers[2].parse_webhook.__name__, str)
