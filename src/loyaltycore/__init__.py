"""Customers, loyalty cards and card orders as a pure domain library behind ports.

A host application puts a `Loyalty` together once, from adapters for the ports it needs, and opens a session for each
workstation. The rules live in `loyaltycore.kernel` as pure functions; `loyaltycore.ports` says what the library asks of
the world; nothing here imports a database, an HTTP client or any other optional dependency. A name is loaded when it is
first asked for, so a shop that needs no CSV import does not pay for one.

The names everybody needs:

* `Loyalty`: the house; `Loyalty.session` opens a workstation, `Loyalty.deliver` hands the outbox over.
* `Address`, `Phone`, `Money`: values that go into calls.
* `CardCosts`, `CardTemplate`, `DeliveryTarget`, `DispatchCycle`, `ValidityPeriod`: ordering cards.
* `InvalidInput`, `NotFound`, `Refused`, `Conflict`: what a call may raise; all are `LoyaltyError`.
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
    from loyaltycore.work.capability import Capability as Capability, Point as Point
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
            ".errors": "CommitUnknown Conflict DeliveryFailed DuplicateKey EditedMeanwhile Fault InvalidInput KeyReused LoyaltyError MissingExtra NotFound PluginError Refused RegistrationError SchemaError SchemaTooNew SchemaTooOld SlotTaken StaleRecord StorageBusy StorageError StorageUnreachable WebhookRejected",
            ".kernel.contact": "Address AddressKind Channel ConsentState Phone PhoneKind",
            ".kernel.custom_fields": "CustomField FieldKind",
            ".kernel.decisions": "Decision Dispatch Note",
            ".kernel.money": "Money total",
            ".kernel.outbox": "RetryPolicy",
            ".kernel.validation": "Faults",
            ".loyalty": "Loyalty",
            ".work.capability": "Capability Point",
            ".work.house": "House",
            ".work.paging": "Page find_page read_portion",
            ".work.running": "command query",
            ".work.service": "Service",
            ".work.session": "Session own_session",
            ".work.unit": "Unit",
        },
    )
