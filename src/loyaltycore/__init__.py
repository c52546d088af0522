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
    from loyaltycore.cards import (
        CardCosts,
        CardTemplate,
        DeliveryTarget,
        DispatchCycle,
        ValidityPeriod,
    )
    from loyaltycore.errors import Conflict, InvalidInput, LoyaltyError, NotFound, Refused
    from loyaltycore.kernel.contact import Address, AddressKind, Channel, ConsentState, Phone, PhoneKind
    from loyaltycore.kernel.money import Money
    from loyaltycore.loyalty import Loyalty

    __version__: str
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "Address": ".kernel.contact",
            "AddressKind": ".kernel.contact",
            "CardCosts": ".cards.rules.order_service",
            "CardTemplate": ".cards.rules.order_service",
            "Channel": ".kernel.contact",
            "Conflict": ".errors",
            "ConsentState": ".kernel.contact",
            "DeliveryTarget": ".cards.rules.order_service",
            "DispatchCycle": ".cards.rules.dispatch",
            "InvalidInput": ".errors",
            "Loyalty": ".loyalty",
            "LoyaltyError": ".errors",
            "Money": ".kernel.money",
            "NotFound": ".errors",
            "Phone": ".kernel.contact",
            "PhoneKind": ".kernel.contact",
            "Refused": ".errors",
            "ValidityPeriod": ".cards.rules.validity",
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
