"""The way in: created once when a program starts, it opens sessions and delivers the outbox."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from loyaltycore.desk import Desk
from loyaltycore.errors import NotFound, RegistrationError
from loyaltycore.kernel.branches import HEAD_OFFICE, Branch
from loyaltycore.kernel.settings import SettingSet, SettingsSnapshot, scope_of, snapshot
from loyaltycore.kernel.validation import Faults
from loyaltycore.work.blocks import refuse_inside_block
from loyaltycore.work.house import House, weekdays_of
from loyaltycore.work.running import run_query
from loyaltycore.work.service import Service
from loyaltycore.work.session import own_session

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta

    from loyaltycore.kernel.calendar import BusinessCalendar
    from loyaltycore.kernel.custom_fields import CustomField
    from loyaltycore.kernel.outbox import OutboxMessage, RetryPolicy
    from loyaltycore.outbox.handler import Outcome
    from loyaltycore.outbox.news import Intake
    from loyaltycore.outbox.upkeep import Pruned
    from loyaltycore.outbox.worker import DeliveryReport, Worker
    from loyaltycore.ports.ambient import Clock, Ids, Tokens
    from loyaltycore.ports.card_printing import CardPrinter
    from loyaltycore.ports.messaging import Mailer, SmsGateway
    from loyaltycore.ports.storage import Storage
    from loyaltycore.work.capability import Capability
    from loyaltycore.work.unit import Unit


class Loyalty(House):
    """Everything that one chain needs."""

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
        custom_fields: Iterable[CustomField] = (),
        capabilities: Iterable[Capability] = (),
        retry: RetryPolicy | None = None,
    ) -> None:
        """Set up the house and bind the storage to its record types.

        Args:
            mailer: Without one, mails wait in the outbox.
            sms: Without one, texts wait in the outbox.
            card_printer: Without one, print orders wait in the outbox.
            calendar: Returns the calendar of a branch, which says on which days it works.
            clock: None for the system's clock.
            ids: None for time-ordered UUIDs.
            tokens: None for the system's cryptographic random source.
            custom_fields: Fields that the host application adds to the customer.
            capabilities: Capabilities that the host application adds.

        Raises:
            RegistrationError: A declaration cannot work.
            SchemaError: The tables do not fit.
        """
        from loyaltycore.capabilities import CAPABILITIES

        if not isinstance(capabilities, Iterable):
            raise RegistrationError(f"`capabilities` is a list of them, not {capabilities!r}")
        own = tuple(capabilities)
        super().__init__(
            storage,
            mailer=mailer,
            sms=sms,
            card_printer=card_printer,
            calendar=calendar,
            clock=clock,
            ids=ids,
            tokens=tokens,
            retry=retry,
            custom_fields=custom_fields,
            capabilities=(*CAPABILITIES, *own),
        )
        # What the host brings is checked at once; what is the library's own is loaded when something needs it.
        for capability in own:
            _check_service(capability)
            for addition in capability.adds:
                self.added(addition.point)
        for capability in self.capabilities:
            if capability.check is not None:
                capability.check(self)
        storage.bind(self.registry)

    def session(self, actor: str, branch: str | None = None) -> Desk:
        """Open a session, with the settings as they are now.

        Args:
            actor: Who works; every change is logged under this name.
            branch: The branch's key; None for the head office.

        Raises:
            InvalidInput: The name is empty or too long.
            NotFound: There is no such branch.
        """
        with Faults() as faults:
            name = faults.text("actor", actor, limit=100, required=True)
        where, options = run_query(own_session(self, name), lambda unit: _opened(unit, branch))
        return Desk(self, name, where, options)

    def worker(self) -> Worker:
        """A new outbox worker, for use in one thread."""
        from loyaltycore.outbox.handler import HANDLERS
        from loyaltycore.outbox.worker import Worker

        handlers = self.collected(HANDLERS)
        return Worker(own_session(self, "outbox"), handlers, self.retry)

    def deliver(
        self, *, limit: int | None = None, on_message: Callable[[OutboxMessage, Outcome], None] | None = None
    ) -> DeliveryReport:
        """Hand over everything in the outbox that is due, once.

        What cannot be handed over now is put back with a growing pause; call again later, or run ``loyaltycore deliver
        --watch``.

        Args:
            limit: Try at most about this many messages.
            on_message: Called after each try, for a display.

        Raises:
            Refused: ``outbox.inside_transaction``; nothing leaves while a block may still be rolled back.
        """
        refuse_inside_block(self, "delivering")
        return self.worker().run_pass(limit=limit, on_message=on_message)

    def receive_webhook(self, source: str, headers: Mapping[str, str], body: bytes) -> Intake:
        """Take in a call from a vendor; answer the vendor with 2xx once this returns.

        Args:
            source: The source of news, for example ``card-printer``.
            body: Byte for byte as received.

        Raises:
            NotFound: There is no such source of news.
            WebhookRejected: It does not prove that it comes from the vendor; nothing was believed.
            DeliveryFailed: ``no_webhooks``; the vendor sends none.
        """
        from loyaltycore.outbox.news import NEWS

        refuse_inside_block(self, "taking in a webhook")
        sources = self.added(NEWS)
        if source not in sources:
            raise NotFound("source of news", source)
        return sources[source].receive(headers, body)

    def catch_up(self) -> Intake:
        """Ask every vendor for what it has reported since the last time.

        Raises:
            DeliveryFailed: A vendor gave no usable answer; what came before is kept.
        """
        from loyaltycore.outbox.news import NEWS, Intake

        refuse_inside_block(self, "catching up")
        return sum((source.catch_up() for source in self.added(NEWS).values()), Intake())

    def prune(self, *, older_than: timedelta) -> Pruned:
        """Remove traces that have served their purpose, in small portions.

        Args:
            older_than: At least a day, and longer than any till or vendor repeats a call. Ninety days are ample.

        Raises:
            InvalidInput: The span is shorter than a day.
        """
        from loyaltycore.outbox.upkeep import prune

        refuse_inside_block(self, "pruning")
        return prune(own_session(self, "upkeep"), older_than)


def _check_service(capability: Capability) -> None:
    """Refuse a service whose verbs could not run."""
    kind: object = Service if capability.service is None else capability.service()
    if not (isinstance(kind, type) and issubclass(kind, Service)):
        raise RegistrationError(f"capability {capability.name!r}: {kind!r} is no subclass of Service")


def _opened(unit: Unit, branch_id: str | None) -> tuple[Branch, SettingsSnapshot]:
    """The branch, and the settings as they are there."""
    where = HEAD_OFFICE if branch_id is None else unit.seek(Branch, branch_id)
    if where is None:
        raise NotFound("branch", branch_id)
    chain = unit.seek(SettingSet, scope_of(None))
    own = unit.seek(SettingSet, scope_of(branch_id)) if branch_id else None
    return where, snapshot(chain, own)
