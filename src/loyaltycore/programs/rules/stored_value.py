"""Stored value: money that a customer has with the shop."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Any, ClassVar

from attrs import field, frozen
from typing_extensions import override

from loyaltycore.kernel.given import member_of
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.validation import Faults
from loyaltycore.programs.rules.kind import Credit, Opened, Opening, Pays, ProgramKind, Use
from loyaltycore.programs.rules.periods import Expiry, check_expiry
from loyaltycore.programs.rules.terms import WORD_LENGTH


class VoucherTax(Enum):
    """When value added tax falls due."""

    MULTI_PURPOSE = "multi_purpose"
    """When it is redeemed: it is a means of payment."""
    SINGLE_PURPOSE = "single_purpose"
    """When it is sold."""


def _tax(given: object) -> Any:
    return member_of(VoucherTax, given)


@frozen
class StoredValueTerms:
    """Money that was paid in or given and is spent bit by bit: a gift card, or a balance of one customer."""

    currency: str
    """Three capital letters of ISO 4217."""
    expiry: Expiry | None = None
    tax: VoucherTax = field(default=VoucherTax.MULTI_PURPOSE, converter=_tax)
    by_code: bool = False
    """Whether what is sold is a voucher with a code, and not a balance of its buyer."""
    tax_key: str = ""
    """The tax key of what a single-purpose voucher is for; orders name their taxes by it."""


class StoredValue(ProgramKind):
    """A balance of money, spent bit by bit."""

    key: ClassVar[str] = "stored_value"
    label: ClassVar[str] = "Stored value"
    terms: ClassVar[type[Any]] = StoredValueTerms
    sells_value: ClassVar[bool] = True

    @override
    def check(self, faults: Faults, terms: StoredValueTerms) -> None:
        """Check currency and expiry."""
        faults.parsed("currency", lambda: Money(0, terms.currency), Money(0, "EUR"))
        check_expiry(faults, "expiry", terms.expiry)
        single = terms.tax is VoucherTax.SINGLE_PURPOSE
        faults.text("tax_key", terms.tax_key, limit=WORD_LENGTH, required=single)

    @override
    def open(self, faults: Faults, terms: StoredValueTerms, opening: Opening) -> tuple[Opened, ...]:
        """One assignment with the value that was sold or given."""
        value = opening.value
        if value is None:
            return (Opened(unit=terms.currency),)
        if not isinstance(value, Money) or value.currency != terms.currency or value.amount < 1:
            faults.note("value", "wrong_type", f"must be an amount in {terms.currency}")
            return ()
        last = self.expiry(terms, opening.starts_on)
        return (Opened(unit=terms.currency, credits=(Credit(value.amount, opening.funding, None, last),)),)

    @override
    def takes(self, terms: StoredValueTerms, item: str, use: Use) -> Money | None:
        """The amount."""
        return use.quantity if isinstance(use.quantity, Money) else None

    @override
    def by_code(self, terms: StoredValueTerms) -> bool:
        """As the terms say."""
        return terms.by_code

    @override
    def pays(self, terms: StoredValueTerms) -> Pays:
        """Its money."""
        return Pays(tax=terms.tax_key if terms.tax is VoucherTax.SINGLE_PURPOSE else "")

    @override
    def expiry(self, terms: StoredValueTerms, on: date) -> date | None:
        """As the terms say."""
        return terms.expiry.last_day(on) if terms.expiry else None

    @override
    def renewed(self, terms: StoredValueTerms, on: date) -> date | None:
        """For expiry after a time without use."""
        return terms.expiry.last_day(on) if terms.expiry and terms.expiry.idle else None
