"""The way in: created once when a program starts, it opens sessions and delivers the outbox."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, ExitStack
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Self

from loyaltycore.desk import Desk
from loyaltycore.errors import DeliveryFailed, NotFound, RegistrationError
from loyaltycore.kernel.branches import HEAD_OFFICE, Branch
from loyaltycore.kernel.given import shown, taken, text_of
from loyaltycore.kernel.naming import meant
from loyaltycore.kernel.settings import SettingSet, SettingsSnapshot, scope_of, snapshot
from loyaltycore.kernel.validation import Faults
from loyaltycore.work.blocks import refuse_inside_block
from loyaltycore.work.house import House, weekdays_of
from loyaltycore.work.mistaken import refuse_record
from loyaltycore.work.parts import check_parts
from loyaltycore.work.running import run_query
from loyaltycore.work.service import Service
from loyaltycore.work.session import own_session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import timedelta

    from loyaltycore.booking.planner import Planner
    from loyaltycore.kernel.calendar import BusinessCalendar
    from loyaltycore.kernel.custom_fields import CustomField
    from loyaltycore.kernel.invitations import InvitationWriter
    from loyaltycore.kernel.outbox import OutboxMessage, RetryPolicy
    from loyaltycore.kernel.rendering import MessageRenderer
    from loyaltycore.outbox.handler import Outcome
    from loyaltycore.outbox.news import Intake, NewsSource
    from loyaltycore.outbox.upkeep import Pruned
    from loyaltycore.outbox.worker import DeliveryReport, Worker
    from loyaltycore.ports.ambient import Clock, Ids, Tokens
    from loyaltycore.ports.card_printing import CardPrinter
    from loyaltycore.ports.limiting import RateLimiter
    from loyaltycore.ports.messaging import Mailer, SmsGateway
    from loyaltycore.ports.storage import Storage
    from loyaltycore.programs.rules.kind import ProgramKind
    from loyaltycore.vouchers.rules.codes import CodeKey
    from loyaltycore.work.aio import Aio
    from loyaltycore.work.capability import Capability
    from loyaltycore.work.committed import Committed
    from loyaltycore.work.unit import Unit


MOST_CAPABILITIES: Final = 1000
"""How many capabilities a host application may bring."""


class Loyalty(House):
    """Everything that one chain needs."""

    def __init__(
        self,
        storage: Storage,
        *,
        mailer: Mailer | None = None,
        sms: SmsGateway | None = None,
        card_printer: CardPrinter | None = None,
        renderer: MessageRenderer | None = None,
        limiter: RateLimiter | None = None,
        invitations: InvitationWriter | None = None,
        calendar: Callable[[Branch], BusinessCalendar] = weekdays_of,
        clock: Clock | None = None,
        ids: Ids | None = None,
        tokens: Tokens | None = None,
        custom_fields: Iterable[CustomField] = (),
        program_kinds: Iterable[ProgramKind] = (),
        code_keys: Iterable[CodeKey] = (),
        capabilities: Iterable[Capability] = (),
        retry: RetryPolicy | None = None,
        threads: int = 5,
        after_commit: Callable[[Committed], object] | None = None,
        slow: float = 1.0,
    ) -> None:
        """Set up the house and bind the storage to its record types.

        Args:
            mailer: Without one, mails wait in the outbox.
            sms: Without one, texts wait in the outbox.
            card_printer: Without one, print orders wait in the outbox.
            renderer: Writes messages by the shop's templates; without one, they hold values and conditions alone.
            limiter: Counts what strangers try; None for counts in the storage, for all processes together.
            invitations: Writes what calendars are told of appointments; without one, mails have no such file.
            calendar: Returns the calendar of a branch, which says on which days it works.
            clock: None for the system's clock.
            ids: None for time-ordered UUIDs.
            tokens: None for the system's cryptographic random source.
            custom_fields: Fields that the host application adds to the customer.
            program_kinds: Kinds of loyalty programs that the host application adds.
            code_keys: Secrets from which the codes of vouchers are computed: the first one makes them, all know them.
            capabilities: Capabilities that the host application adds.
            threads: How many verbs `aio` runs at the same time; at most as many as the storage has connections.
            after_commit: Called after each commit that changed something, in the thread that committed, with what was
                kept. It may call verbs. What it raises is logged and undoes nothing. It is not called where nobody knows
                whether a commit happened (`CommitUnknown`, a crash), nor for what the application commits itself
                (`joined`): whoever must see all reads `Activities.since`.
            slow: Seconds after which a verb or a block is logged as slow.

        Raises:
            RegistrationError: A declaration cannot work, or a part is of the wrong type.
            SchemaError: The tables do not fit.
        """
        from loyaltycore.capabilities import CAPABILITIES

        check_parts(
            storage=storage,
            mailer=mailer,
            sms=sms,
            card_printer=card_printer,
            renderer=renderer,
            limiter=limiter,
            invitations=invitations,
            calendar=calendar,
            clock=clock,
            ids=ids,
            tokens=tokens,
            custom_fields=custom_fields,
            program_kinds=program_kinds,
            code_keys=code_keys,
            capabilities=capabilities,
            retry=retry,
            threads=threads,
            after_commit=after_commit,
            slow=slow,
        )
        own = taken(capabilities, MOST_CAPABILITIES + 1)
        if own is None or len(own) > MOST_CAPABILITIES:
            raise RegistrationError(f"`capabilities` is a list of at most {MOST_CAPABILITIES}")
        own = (*own, *_given(program_kinds, code_keys))
        self._threads = threads
        super().__init__(
            storage,
            mailer=mailer,
            sms=sms,
            card_printer=card_printer,
            renderer=renderer,
            invitations=invitations,
            calendar=calendar,
            clock=clock,
            ids=ids,
            tokens=tokens,
            retry=retry,
            custom_fields=custom_fields,
            capabilities=(*CAPABILITIES, *own),
        )
        self.limiter = limiter
        self.after_commit = after_commit
        self.slow = slow
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
            InvalidInput: The name is empty or too long, or a record stands for the branch's key.
            NotFound: There is no such branch.
        """
        with Faults() as faults:
            name = faults.text("actor", actor, limit=100, required=True)
            refuse_record(faults, self.registry, "branch", branch)
        where, options = run_query(own_session(self, name), lambda unit: _opened(unit, branch))
        return Desk(self, name, where, options)

    def planner(self, branch: str, *, visitor: str = "") -> Planner:
        """The planner of a branch, for a page on which customers book: it gives access to nothing else.

        Args:
            visitor: Who has asked for the page, usually the network address: what one visitor may try is limited. Empty
                if the application limits that itself.

        Raises:
            NotFound: There is no such branch.
            InvalidInput: The visitor is no text, or longer than 200 characters.
        """
        from loyaltycore.booking.planner import Planner
        from loyaltycore.booking.visiting import Visiting
        from loyaltycore.work.limiting import StorageLimiter

        with Faults() as faults:
            who = faults.text("visitor", visitor, limit=200)
        session = self.session("online", branch)
        return Planner(session, Visiting(self.limiter or StorageLimiter(self), session.options, who))

    def close(self) -> None:
        """Close every port that can be closed, such as the connections of a storage.

        A ``with`` block does so at its end. Close `aio` before, if you use it.
        """
        with ExitStack() as stack:
            for port in (
                self.storage,
                self.mailer,
                self.sms,
                self.card_printer,
                self.renderer,
                self.limiter,
                self.calendar,
            ):
                close = getattr(port, "close", None)
                if callable(close):
                    stack.callback(close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def aio(self) -> Aio:
        """Runs verbs in threads, for applications with an event loop of asyncio."""
        from loyaltycore.work.aio import Aio

        return Aio(self, self._threads)

    def joined(self, connection: Any) -> AbstractContextManager[None]:
        """Work inside a transaction that the application has begun: ``with loyalty.joined(connection):``.

        While the block lasts, all verbs of this house in this thread or task belong to that transaction. They are kept
        when the application commits, and not before; nothing is committed, rolled back or tried again for it. If a verb
        fails half way, the application's commit raises `StorageError` and keeps nothing. "Share a database with your
        application" explains the rest.

        Args:
            connection: For `SqlStorage` a `Connection`, `Session` or `scoped_session` of SQLAlchemy; for `DjangoStorage`
                one of ``django.db.connections``.

        Raises:
            Refused: ``transaction.cannot_join``; the storage cannot work with this connection, or with any.
                ``transaction.not_begun``; each statement on it is a transaction of its own.
                ``transaction.inside_block``; a block of `Desk.transaction` is open in this thread.
            StorageError: The application's transaction must not be kept, because a verb failed half way.
        """
        from loyaltycore.work.joining import joined

        return joined(self, connection)

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
            InvalidInput: An argument is of the wrong type; nothing has left.
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
            InvalidInput: The headers are no mapping, or the body is no bytes.
        """
        refuse_inside_block(self, "taking in a webhook")
        found = self._source_of_news(source)
        with Faults() as faults:
            # Not read here: a header that arrives twice must reach the adapter twice.
            if not callable(getattr(headers, "items", None)):
                faults.note("headers", "wrong_type", "must be texts by the names of headers")
            if not isinstance(body, bytes):
                faults.note("body", "wrong_type", "must be bytes")
        return found.receive(headers, body)

    def receive_query(self, source: str, query: str) -> Intake:
        """Take in a call from a vendor that says everything in its address, with ``GET``; answer it with 2xx then.

        Args:
            source: The source of news, for example ``sms``.
            query: What stands behind the question mark, not decoded.

        Raises:
            NotFound: There is no such source of news.
            WebhookRejected: It does not prove that it comes from the vendor; nothing was believed.
            DeliveryFailed: ``no_webhooks``; the vendor sends none, or none like that.
            InvalidInput: The query is no text.
        """
        from loyaltycore.outbox.news import TakesQueries

        refuse_inside_block(self, "taking in a webhook")
        found = self._source_of_news(source)
        with Faults() as faults:
            if text_of(query) is None:
                faults.note("query", "wrong_type", "must be text")
        if not isinstance(found, TakesQueries):
            raise DeliveryFailed("no_webhooks", f"{found.name} takes no calls with GET", permanent=True)
        return found.receive_query(query)

    def _source_of_news(self, source: str) -> NewsSource:
        from loyaltycore.outbox.news import NEWS

        sources = self.added(NEWS)
        found = sources.get(text_of(source) or "")
        if found is None:
            raise NotFound("source of news", source, meant(source, sources))
        return found

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


def _given(program_kinds: Iterable[ProgramKind], code_keys: Iterable[CodeKey]) -> Iterator[Capability]:
    """What the host application adds without a capability of its own."""
    from loyaltycore.programs.kinds import PROGRAM_KINDS
    from loyaltycore.vouchers.keys import CODE_KEYS
    from loyaltycore.work.capability import Capability

    kinds, keys = (taken(each, MOST_CAPABILITIES) or () for each in (program_kinds, code_keys))
    if kinds or keys:
        added = (PROGRAM_KINDS.by(lambda _: kinds), CODE_KEYS.by(lambda _: keys))
        yield Capability(name="given_to_loyalty", adds=added)


def _check_service(capability: Capability) -> None:
    """Refuse a service whose verbs could not run."""
    kind: object = Service if capability.service is None else capability.service()
    if not (isinstance(kind, type) and issubclass(kind, Service)):
        raise RegistrationError(f"capability {capability.name!r}: {shown(kind)} is no subclass of Service")


def _opened(unit: Unit, branch_id: str | None) -> tuple[Branch, SettingsSnapshot]:
    """The branch, and the settings as they are there."""
    where = HEAD_OFFICE if branch_id is None else unit.seek(Branch, branch_id)
    if where is None:
        raise NotFound("branch", branch_id)
    chain = unit.seek(SettingSet, scope_of(None))
    own = unit.seek(SettingSet, scope_of(where.id)) if where.id else None
    return where, snapshot(chain, own)
