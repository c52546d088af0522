"""Hypothesis strategies for the values of the library, for records of every type, and for criteria over them.

All shrink towards short and plain values. Records and criteria are made from the declarations in
`loyaltycore.storing`, so a host's own record types work as well:

    from hypothesis import given
    from loyaltycore.testing import strategies

    @given(strategies.record_of(INVOICES))
    def test_invoices_print(invoice): ...
"""

from __future__ import annotations

from loyaltycore.testing.strategies.answers import in_order, matching, place_of
from loyaltycore.testing.strategies.mail_samples import INJECTIONS
from loyaltycore.testing.strategies.mails import attachments, email_addresses, emails, lines, own_ids
from loyaltycore.testing.strategies.messages import encodings, postal_addresses, print_orders, printed
from loyaltycore.testing.strategies.queries import criteria, orders, queries
from loyaltycore.testing.strategies.records import (
    json_values,
    present_values,
    record_of,
    records,
    stored_values,
    value_of,
)
from loyaltycore.testing.strategies.texting import sms_texts
from loyaltycore.testing.strategies.values import (
    addresses,
    card_numbers,
    characters,
    currencies,
    dates,
    instants,
    integers,
    keys,
    money,
    phone_numbers,
    phones,
    texts,
    validity_periods,
    zones,
)

__all__ = [
    "INJECTIONS",
    "addresses",
    "attachments",
    "card_numbers",
    "characters",
    "criteria",
    "currencies",
    "dates",
    "email_addresses",
    "emails",
    "encodings",
    "in_order",
    "instants",
    "integers",
    "json_values",
    "keys",
    "lines",
    "matching",
    "money",
    "orders",
    "own_ids",
    "phone_numbers",
    "phones",
    "place_of",
    "postal_addresses",
    "present_values",
    "print_orders",
    "printed",
    "queries",
    "record_of",
    "records",
    "sms_texts",
    "stored_values",
    "texts",
    "validity_periods",
    "value_of",
    "zones",
]
