"""Customers, loyalty cards and card orders as a pure domain library behind ports.

A host application puts a `Loyalty` together once, from adapters for the ports it needs, and opens a session for each
workstation. The rules live in `loyaltycore.domain` as pure functions; `loyaltycore.ports` says what the library asks of
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
    from loyaltycore.domain.cards import (
        CardCosts,
        CardTemplate,
        DeliveryTarget,
        DispatchCycle,
        ValidityPeriod,
    )
    from loyaltycore.domain.contact import Address, AddressKind, Channel, ConsentState, Phone, PhoneKind
    from loyaltycore.domain.money import Money
    from loyaltycore.errors import Conflict, InvalidInput, LoyaltyError, NotFound, Refused
    from loyaltycore.services.loyalty import Loyalty

    __version__: str
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "Address": ".domain.contact",
            "AddressKind": ".domain.contact",
            "CardCosts": ".domain.cards.order_service",
            "CardTemplate": ".domain.cards.order_service",
            "Channel": ".domain.contact",
            "Conflict": ".errors",
            "ConsentState": ".domain.contact",
            "DeliveryTarget": ".domain.cards.order_service",
            "DispatchCycle": ".domain.cards.dispatch",
            "InvalidInput": ".errors",
            "Loyalty": ".services.loyalty",
            "LoyaltyError": ".errors",
            "Money": ".domain.money",
            "NotFound": ".errors",
            "Phone": ".domain.contact",
            "PhoneKind": ".domain.contact",
            "Refused": ".errors",
            "ValidityPeriod": ".domain.cards.validity",
            "__version__": "._version",
        },
    )

__all__ = [
    "Address",
    "AddressKind",
    "CardCosts",
    "CardTemplate",
    "Channel",
    "Conflict",
    "ConsentState",
    "DeliveryTarget",
    "DispatchCycle",
    "InvalidInput",
    "Loyalty",
    "LoyaltyError",
    "Money",
    "NotFound",
    "Phone",
    "PhoneKind",
    "Refused",
    "ValidityPeriod",
]
