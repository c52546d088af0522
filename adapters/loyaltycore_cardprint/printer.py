"""The card printer for vendors with the contract in `cardprint.openapi.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, Self
from urllib.parse import urlsplit

from attrs import field, frozen

from loyaltycore.errors import DeliveryFailed, Fault, InvalidInput, WebhookRejected
from loyaltycore.kernel.declared import settle_types
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.printing import (
    EncodingKind,
    PrintCancellation,
    PrintEvent,
    PrintOrder,
    PrintStatus,
)
from loyaltycore.kernel.validation import Faults, require_aware
from loyaltycore.ports.card_printing import (
    UNKNOWN_CURSOR,
    CancelReceipt,
    EventPage,
    PrinterCapabilities,
    PrintReceipt,
)
from loyaltycore_cardprint import options, receipts, wire
from loyaltycore_cardprint.calls import Calls
from loyaltycore_cardprint.rules import ALL_ENCODINGS, check_order
from loyaltycore_cardprint.webhooks import verify
from loyaltycore_http import options as shared
from loyaltycore_http.opening import open_transport
from loyaltycore_http.strict_json import NotStrict, parse_object

_KEY: Final = re.compile(r"[A-Za-z0-9._-]{16,128}")
_MOST_EVENTS: Final = 200


def _names(values: Iterable[str]) -> Any:
    return shared.items_of(values, frozenset)


def _kinds(values: Iterable[EncodingKind]) -> Any:
    return shared.items_of(values, frozenset, EncodingKind)


@frozen(kw_only=True, eq=False)
class HttpCardPrinter:
    """Has cards made by a vendor that follows the contract.

    One instance serves any number of threads. It ignores proxies, `.netrc` and certificate settings of the environment:
    only the options here count.

    Raises:
        InvalidInput: An option is wrong; all of them are named.
        MissingExtra: The extra ``cardprint`` is not installed.
    """

    base_url: str = field(converter=shared.without_slash)
    """Address of the vendor, up to the version: ``https://cards.example/v1``. Unencrypted only on
    loopback."""
    token: str = field(repr=False)
    webhook_secrets: tuple[str, ...] = field(default=(), converter=shared.texts_of, repr=False)
    """Secrets ``whsec_…`` that are valid today, newest first: two while one is being replaced. None: every
    webhook is refused."""
    source: str = field()
    """The vendor's name in events; by default the host."""
    timeouts: tuple[float, float] = (5.0, 20.0)
    """Seconds for connecting, and seconds without a byte while reading."""
    deadline: float = 60.0
    """Seconds for a whole call, however slowly the answer drips in."""
    max_response_bytes: int = 1_048_576
    """A longer answer proves nothing; one that comes packed is measured packed and unpacked."""
    ca_file: str = field(default="", converter=shared.path_of)
    """PEM file with the only trusted authorities; empty for the usual ones."""
    tolerance: float = 300.0
    """Greatest distance of a webhook from now in seconds, in both directions; one that is exactly so far away is
    believed."""
    encodings: frozenset[EncodingKind] = field(default=ALL_ENCODINGS, converter=_kinds)
    """What was agreed with the vendor; `validate` refuses the rest."""
    products: frozenset[str] = field(default=frozenset(), converter=_names)
    """The designs agreed with the vendor; empty if `validate` need not know them."""
    _calls: Calls = field(init=False, repr=False)

    @source.default
    def _host(self) -> str:
        try:
            return urlsplit(text_of(self.base_url) or "").hostname or ""
        except ValueError:  # named as a fault of `base_url` when all options are checked
            return ""

    @_calls.default
    def _open(self) -> Calls:
        """Check the options and prepare the calls."""
        self._check()
        headers = {
            "Accept": "application/json, application/problem+json",
            "Authorization": f"Bearer {self.token}",
        }
        transport = open_transport("cardprint", self, self.base_url, headers)
        return Calls(transport, self.source)

    @property
    def capabilities(self) -> PrinterCapabilities:
        """Everything, with the agreed encodings."""
        return PrinterCapabilities(encodings=self.encodings)

    def validate(self, order: PrintOrder) -> tuple[Fault, ...]:
        """Name everything that the vendor would reject, without I/O."""
        return check_order(order, self.encodings, self.products)

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Place an order; `loyaltycore_cardprint.outcomes` lists what each answer means.

        Raises:
            DeliveryFailed: The credentials or the address are wrong. Transient: the order goes through once a person
                has corrected the set-up.
            InvalidInput: `key` is not a valid key.
        """
        if not _KEY.fullmatch(key):
            raise InvalidInput([Fault("key", "bad_format", f"must match {_KEY.pattern}")])
        return receipts.submit(self._calls, order, key)

    def find(self, reference: str) -> PrintStatus | None:
        """Look an order up by our reference."""
        if not wire.REFERENCE.fullmatch(reference):
            return None  # the vendor cannot have accepted it
        return receipts.find(self._calls, reference)

    def cancel(self, cancellation: PrintCancellation) -> CancelReceipt:
        """Ask that an order not be carried out; it is looked up if the vendor's id is missing or unknown there."""
        return receipts.cancel(self._calls, cancellation)

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> tuple[PrintEvent, ...]:
        """Prove and read a call from the vendor; a repeated event has the same id."""
        keys = [options.secret_key(secret) for secret in self.webhook_secrets]
        signed_id = verify(headers, body, require_aware(now), keys, self.tolerance)
        try:
            event = wire.read_event(parse_object(body), self.source)
        except (NotStrict, wire.ContractViolation) as error:
            raise WebhookRejected("malformed", f"signed, but not an event: {error}") from error
        if event is None:
            return ()
        if event.event_id != signed_id:
            raise WebhookRejected("malformed", "webhook-id is not the id of the event")
        return (event,)

    def events_after(self, cursor: str, limit: int = 100) -> EventPage:
        """Read the events after `cursor`, at most 200 at once whatever the `limit`."""
        if cursor and not wire.CURSOR.fullmatch(cursor):
            raise DeliveryFailed(UNKNOWN_CURSOR, "that is no cursor of this vendor", permanent=True)
        page = self._calls.events(cursor, max(1, min(limit, _MOST_EVENTS)))
        if isinstance(page, EventPage):
            return page
        raise page.as_error()

    def close(self) -> None:
        """Close idle connections; the printer can still be used and opens new ones."""
        self._calls.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check(self) -> None:
        with Faults() as faults:
            settle_types(faults, self)
        connect, read = self.timeouts
        shared.raise_if_any(
            shared.check_base_url(self.base_url)
            + options.check_token(self.token)
            + options.check_secrets(self.webhook_secrets)
            + shared.check_numbers(
                connect_timeout=connect,
                read_timeout=read,
                deadline=self.deadline,
                max_response_bytes=self.max_response_bytes,
                tolerance=self.tolerance,
            )
            + shared.check_ca_file(self.ca_file)
        )
