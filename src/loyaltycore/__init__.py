"""Customers, loyalty cards and everything a shop does with them, as a library for applications.

A host application creates one `Loyalty` from adapters for the ports it needs, and opens a session for each workstation:

    from loyaltycore import Loyalty
    from loyaltycore.memory import MemoryStorage

    loyalty = Loyalty(MemoryStorage())
    desk = loyalty.session("anna")
    erika = desk.customers.create(first_name="Erika", last_name="Mustermann")

Each capability is a package with the names that its users need: `loyaltycore.customers`, `loyaltycore.cards` and so on.
`loyaltycore.ports` says what the library asks of the world and has what authors of adapters need; `loyaltycore.memory`
has an adapter for every port, and `loyaltycore.testing` checks other adapters against the same contracts.

Here are the names that everybody needs:

* `Loyalty`, `Desk`, and values that go into calls: `Address`, `Phone`, `Money`, `CardTemplate`, ...
* what a call may raise, all subclasses of `LoyaltyError`: `InvalidInput`, `NotFound`, `Refused`, `Conflict`, ...
* `to_data` and `from_data`, which turn records into plain data for JSON and back
* `BlocksEventLoop`, the only warning; `Committed`, what a hook after the commit gets
* what a capability of your own is built from: `Capability`, `Service`, `command`, `query`, `Decision`, `Note`, `Faults`

A name is loaded when it is first used; no optional dependency is imported before it is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.cards.rules.dispatch import DispatchCycle as DispatchCycle
    from loyaltycore.cards.rules.order_service import (
        CardCosts as CardCosts,
        CardTemplate as CardTemplate,
        DeliveryTarget as DeliveryTarget,
    )
    from loyaltycore.cards.rules.validity import ValidityPeriod as ValidityPeriod
    from loyaltycore.desk import Desk as Desk
    from loyaltycore.errors import (
        BlocksEventLoop as BlocksEventLoop,
        CommitUnknown as CommitUnknown,
        Conflict as Conflict,
        DeliveryFailed as DeliveryFailed,
        DuplicateKey as DuplicateKey,
        EditedMeanwhile as EditedMeanwhile,
        Fault as Fault,
        InvalidInput as InvalidInput,
        KeyReused as KeyReused,
        LoyaltyError as LoyaltyError,
        MissingExtra as MissingExtra,
        NotFound as NotFound,
        PluginError as PluginError,
        Refused as Refused,
        RegistrationError as RegistrationError,
        SchemaError as SchemaError,
        SchemaTooNew as SchemaTooNew,
        SchemaTooOld as SchemaTooOld,
        SlotTaken as SlotTaken,
        StaleRecord as StaleRecord,
        StorageBusy as StorageBusy,
        StorageError as StorageError,
        StorageFull as StorageFull,
        StorageUnreachable as StorageUnreachable,
        WebhookRejected as WebhookRejected,
    )
    from loyaltycore.kernel.contact import (
        Address as Address,
        AddressKind as AddressKind,
        Channel as Channel,
        ConsentState as ConsentState,
        Phone as Phone,
        PhoneKind as PhoneKind,
    )
    from loyaltycore.kernel.custom_fields import CustomField as CustomField, FieldKind as FieldKind
    from loyaltycore.kernel.decisions import Decision as Decision, Dispatch as Dispatch, Note as Note
    from loyaltycore.kernel.money import Money as Money, total as total
    from loyaltycore.kernel.outbox import RetryPolicy as RetryPolicy
    from loyaltycore.kernel.validation import Faults as Faults
    from loyaltycore.loyalty import Loyalty as Loyalty
    from loyaltycore.storing.codec import from_data as from_data, to_data as to_data
    from loyaltycore.webhooks import WebhookReceiver as WebhookReceiver
    from loyaltycore.work.capability import Capability as Capability, Point as Point
    from loyaltycore.work.committed import Committed as Committed
    from loyaltycore.work.house import House as House
    from loyaltycore.work.paging import (
        Page as Page,
        find_page as find_page,
        read_portion as read_portion,
    )
    from loyaltycore.work.running import command as command, query as query
    from loyaltycore.work.service import Service as Service
    from loyaltycore.work.session import Session as Session, own_session as own_session
    from loyaltycore.work.unit import Unit as Unit

    __version__: str
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__, __all__ = lazy_names(
        __name__,
        {
            "._version": "__version__",
            ".cards.rules.dispatch": "DispatchCycle",
            ".cards.rules.order_service": "CardCosts CardTemplate DeliveryTarget",
            ".cards.rules.validity": "ValidityPeriod",
            ".desk": "Desk",
            ".errors": "BlocksEventLoop CommitUnknown Conflict DeliveryFailed DuplicateKey EditedMeanwhile Fault InvalidInput KeyReused LoyaltyError MissingExtra NotFound PluginError Refused RegistrationError SchemaError SchemaTooNew SchemaTooOld SlotTaken StaleRecord StorageBusy StorageError StorageFull StorageUnreachable WebhookRejected",
            ".kernel.contact": "Address AddressKind Channel ConsentState Phone PhoneKind",
            ".kernel.custom_fields": "CustomField FieldKind",
            ".kernel.decisions": "Decision Dispatch Note",
            ".kernel.money": "Money total",
            ".kernel.outbox": "RetryPolicy",
            ".kernel.validation": "Faults",
            ".loyalty": "Loyalty",
            ".storing.codec": "from_data to_data",
            ".webhooks": "WebhookReceiver",
            ".work.capability": "Capability Point",
            ".work.committed": "Committed",
            ".work.house": "House",
            ".work.paging": "Page find_page read_portion",
            ".work.running": "command query",
            ".work.service": "Service",
            ".work.session": "Session own_session",
            ".work.unit": "Unit",
        },
    )
