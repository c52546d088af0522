"""Customers, loyalty cards and card orders as a pure domain library behind ports.

A host application puts a `Loyalty` together once, from adapters for the ports it needs, and opens a session for each
workstation. The rules live in `loyaltycore.domain` as pure functions; `loyaltycore.ports` says what the library asks of
the world; nothing here imports a database, an HTTP client or any other optional dependency.

The names everybody needs:

* `Loyalty`: the house; `Loyalty.session` opens a workstation, `Loyalty.deliver` hands the outbox over.
* `Address`, `Phone`, `Money`: values that go into calls.
* `CardCosts`, `CardTemplate`, `DeliveryTarget`, `DispatchCycle`, `ValidityPeriod`: ordering cards.
* `InvalidInput`, `NotFound`, `Refused`, `Conflict`: what a call may raise; all are `LoyaltyError`.
"""

from __future__ import annotations

from loyaltycore.domain.cards import CardCosts, CardTemplate, DeliveryTarget, DispatchCycle, ValidityPeriod
from loyaltycore.domain.contact import Address, AddressKind, Channel, ConsentState, Phone, PhoneKind
from loyaltycore.domain.money import Money
from loyaltycore.errors import Conflict, InvalidInput, LoyaltyError, NotFound, Refused
from loyaltycore.services.loyalty import Loyalty

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


def __getattr__(name: str) -> str:
    """Look the version up when it is asked for."""
    if name == "__version__":
        from importlib import metadata  # noqa: PLC0415  takes as long to import as a tenth of the library

        return metadata.version("loyaltycore")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
