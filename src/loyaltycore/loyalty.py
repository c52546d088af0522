"""The house: the ports, what is registered, and the door to sessions, delivery and vendors' news."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from loyaltycore.desk import Desk
from loyaltycore.errors import NotFound
from loyaltycore.kernel.branches import HEAD_OFFICE, Branch
from loyaltycore.kernel.outbox import RetryPolicy
from loyaltycore.kernel.settings import OptionCatalogue, SettingSet, SettingsSnapshot, scope_of, snapshot
from loyaltycore.kernel.validation import Faults
from loyaltycore.storing.registry import Registry
from loyaltycore.work.ambient import SecretTokens, SystemClock, TimeOrderedIds
from loyaltycore.work.blocks import refuse_inside_block
from loyaltycore.work.running import run_query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import timedelta

    from loyaltycore.cards.vendor_news import Intake, VendorNews
    from loyaltycore.kernel.calendar import BusinessCalendar
    from loyaltycore.kernel.custom_fields import CustomField
    from loyaltycore.kernel.outbox import OutboxMessage
    from loyaltycore.kernel.settings import Option
    from loyaltycore.outbox.handler import Handler, Outcome
    from loyaltycore.outbox.service import Outbox
    from loyaltycore.outbox.upkeep import Pruned
    from loyaltycore.outbox.worker import DeliveryReport, Worker
    from loyaltycore.ports.ambient import Clock, Ids, Tokens
    from loyaltycore.ports.card_printing import CardPrinter
    from loyaltycore.ports.messaging import Mailer, SmsGateway
    from loyaltycore.ports.storage import Storage
    from loyaltycore.processes.steps.registry import StepTypes
    from loyaltycore.processes.steps.step_type import StepType
    from loyaltycore.storing.registry import RecordType
    from loyaltycore.work.unit import Unit


def weekdays_of(branch: Branch) -> BusinessCalendar:
    """The calendar that is used where none is given: the branch's weekdays and dates, without public holidays."""
    from loyaltycore.kernel.calendar import WeekdayCalendar

    return WeekdayCalendar(
        frozenset(branch.working_weekdays),
        closed_on=frozenset(branch.closed_on),
        open_on=frozenset(branch.open_on),
    )


class Loyalty:
    """Everything that one chain needs, put together once at the start of a program.

    What only some programs need, such as the outbox worker, is loaded by the method that needs it.

    Attributes:
        storage: Keeps the records.

        mailer: Sends mail; None leaves mails in the outbox until there is one.

        sms: Sends texts; None likewise.

        card_printer: Has cards made; None likewise.

        calendar: A function from a branch to its calendar, which says on which days the branch works.

        registry: All record types.

        options: All options of the chain.

        custom_fields: The fields that the host application adds to the customer.

        retry: How messages of the outbox are tried again.
    """

    def __init__(
        self,
        storage: Storage,
        *,
        mailer: Mailer | None = None,
        sms: SmsGateway | None = None,
        card_printer: CardPrinter | None = None,
        calendar: Callable[[Branch], BusinessCalendar] = weekdays_of,
        clock: Clock | None = None,
        ids: Ids | None = None,
        tokens: Tokens | None = None,
        record_types: Iterable[RecordType[Any]] = (),
        options: Iterable[Option[Any]] = (),
        custom_fields: Iterable[CustomField] = (),
        step_types: Iterable[StepType] = (),
        handlers: Iterable[Handler] = (),
        retry: RetryPolicy | None = None,
    ) -> None:
        """Put the house together and bind the storage to its record types.

        Raises:
            RegistrationError: A record type, an option, a custom field or a step type cannot work.

            SchemaError: The tables do not fit.
        """
        from loyaltycore.all_options import CORE_OPTIONS
        from loyaltycore.all_records import core_record_types
        from loyaltycore.kernel.custom_fields import CustomFields

        self.storage = storage
        self.mailer = mailer
        self.sms = sms
        self.card_printer = card_printer
        self.calendar = calendar
        self.clock = clock or SystemClock()
        self.ids = ids or TimeOrderedIds()
        self.tokens = tokens or SecretTokens()
        self.registry = Registry([*core_record_types(), *record_types])
        own_options = tuple(options)
        self.options = OptionCatalogue([*CORE_OPTIONS, *own_options])
        self.custom_fields = CustomFields(custom_fields)
        if any(option.watches for option in own_options):
            self._check_watching(own_options)
        self.retry = retry or RetryPolicy()
        self._handlers = tuple(handlers)
        self._own_step_types = tuple(step_types)
        if self._own_step_types:
            # Those of the host application are checked at once; the library's own are loaded when a process needs them.
            _ = self.step_types
        storage.bind(self.registry)

    @cached_property
    def step_types(self) -> StepTypes:
        """What steps of processes can do: the library's own types, and those of the host application."""
        from loyaltycore.processes.steps.registry import StepTypes

        return StepTypes(self._own_step_types, self.custom_fields)

    def session(self, actor: str, branch: str | None = None) -> Desk:
        """Open a session: who works, where, with the settings as they are now.

        Args:
            actor: Who; every change is recorded under this name.

            branch: The branch's key; None for the head office.

        Raises:
            InvalidInput: The name is empty or too long.

            NotFound: There is no such branch.
        """
        faults = Faults()
        name = faults.text("actor", actor, limit=100, required=True)
        faults.raise_if_any()
        where, options = run_query(self._desk(name), lambda unit: self._open(unit, branch))
        return Desk(self, name, where, options)

    @property
    def outbox(self) -> Outbox:
        """The outbox under the name of the worker: how full it is, and what was given up."""
        return self.outbox_of("outbox")

    def outbox_of(self, actor: str) -> Outbox:
        """The outbox under the name of a person who looks after it."""
        from loyaltycore.outbox.service import Outbox

        return Outbox(self.session(actor))

    def worker(self) -> Worker:
        """A new outbox worker; use each in one thread."""
        from loyaltycore.outbox.worker import Worker

        return Worker(self._desk("outbox"), self.handlers(), self.retry)

    def handlers(self) -> tuple[Handler, ...]:
        """The handlers for which there is an adapter, and the host's own."""
        from loyaltycore.cards.printing import CancelHandler, SubmitHandler
        from loyaltycore.outbox.mailing import MailHandler, SmsHandler

        found: list[Handler] = []
        desk = self._desk("outbox")
        if self.card_printer is not None:
            found.append(SubmitHandler(self.card_printer, lambda body: run_query(desk, body)))
            found.append(CancelHandler(self.card_printer, lambda body: run_query(desk, body)))
        if self.mailer is not None:
            found.append(MailHandler(self.mailer))
        if self.sms is not None:
            found.append(SmsHandler(self.sms))
        return (*found, *self._handlers)

    def deliver(
        self, *, limit: int | None = None, on_message: Callable[[OutboxMessage, Outcome], None] | None = None
    ) -> DeliveryReport:
        """Hand the outbox over: everything that is due, once.

        What cannot be handed over now is put back with a growing pause; call again, or let
        ``loyaltycore deliver --watch`` run.

        Args:
            limit: Try at most about so many messages.

            on_message: Called after each try, for a display.

        Raises:
            Refused: ``outbox.inside_transaction``; nothing leaves while a block may still be taken back.
        """
        refuse_inside_block(self, "delivering")
        return self.worker().run_pass(limit=limit, on_message=on_message)

    def receive_card_webhook(self, headers: Mapping[str, str], body: bytes) -> Intake:
        """Take in a call of the card vendor; answer it with 2xx when this returns.

        Args:
            headers: The HTTP headers.

            body: The body, byte for byte.

        Raises:
            WebhookRejected: It does not prove that it comes from the vendor; nothing was believed.

            DeliveryFailed: The card printer sends no webhooks.
        """
        refuse_inside_block(self, "taking in a webhook")
        return self._news().receive(headers, body)

    def catch_up(self) -> Intake:
        """Ask the card vendor for everything that it has reported meanwhile.

        Raises:
            DeliveryFailed: The vendor gave no usable answer; what came before it is kept.
        """
        refuse_inside_block(self, "catching up")
        return self._news().catch_up()

    def prune(self, *, older_than: timedelta) -> Pruned:
        """Remove the traces that have served their purpose, in small portions.

        Args:
            older_than: At least a day; longer than any till or vendor repeats a call. Ninety days are ample.

        Raises:
            InvalidInput: The span is shorter than a day.
        """
        from loyaltycore.outbox.upkeep import prune

        refuse_inside_block(self, "pruning")
        return prune(self._desk("upkeep"), older_than)

    def _check_watching(self, options: Iterable[Option[Any]]) -> None:
        # Few programs have such options, and the others need not load what can be watched.
        from loyaltycore.completeness.rules.fields import watchable
        from loyaltycore.completeness.rules.watching import check_watching

        check_watching(options, watchable(self.custom_fields))

    def _news(self) -> VendorNews:
        from loyaltycore.cards.vendor_news import VendorNews

        return VendorNews(self._desk("card vendor"), self.card_printer)

    def _desk(self, actor: str) -> Desk:
        """A session of the house itself, which needs no settings."""
        return Desk(self, actor, HEAD_OFFICE, SettingsSnapshot())

    def _open(self, unit: Unit, branch_id: str | None) -> tuple[Branch, SettingsSnapshot]:
        where = HEAD_OFFICE if branch_id is None else unit.seek(Branch, branch_id)
        if where is None:
            raise NotFound("branch", branch_id)
        chain = unit.seek(SettingSet, scope_of(None))
        own = unit.seek(SettingSet, scope_of(branch_id)) if branch_id else None
        return where, snapshot(chain, own)
