"""What it means to create and to change a customer."""

from __future__ import annotations

from datetime import datetime

from loyaltycore.customers.rules.customer import Customer, with_changes
from loyaltycore.customers.rules.numbers import number_key
from loyaltycore.errors import EditedMeanwhile, Refused
from loyaltycore.kernel.decisions import Decision, Note

CREATED = "customer.created"
IMPORTED = "customer.imported"
CHANGED = "customer.changed"


def enter_customer(draft: Customer, customer_id: str, number: str, now: datetime) -> Decision[Customer]:
    """Make a customer from a form.

    Args:
        draft: What `read_new` returned.
        customer_id: A fresh id.
        number: A number that nobody has.
        now: The instant of entry.
    """
    return note_entry(entered(draft, customer_id, number, now), CREATED)


def entered(draft: Customer, customer_id: str, number: str, now: datetime) -> Customer:
    """The customer that a form becomes; see `enter_customer`."""
    return with_changes(draft, id=customer_id, number=number, number_key=number_key(number), created_at=now)


def note_entry(customer: Customer, action: str, comment: str = "") -> Decision[Customer]:
    """Add a new customer.

    Args:
        action: `CREATED` or `IMPORTED`.
        comment: Where the data came from.
    """
    return Decision(customer, add=(customer,), notes=(Note(action, after=customer, comment=comment),))


def change_customer(before: Customer, after: Customer) -> Decision[Customer]:
    """Save a changed customer; nothing happens if nothing differs."""
    if after == before:
        return Decision(before)
    note = Note(CHANGED, before, after)
    return Decision(after, save=(after,), notes=(note,))


def require_version(customer: Customer, expected: int) -> None:
    """Make sure that the caller changes what the caller saw.

    Args:
        customer: As stored.
        expected: The version that the caller saw; 0 for any.

    Raises:
        EditedMeanwhile: The customer is at another version than expected.
    """
    if expected not in {0, customer.version}:
        raise EditedMeanwhile("customer", customer.id, expected, customer.version)


def require_free(number: str, holder: Customer | None) -> None:
    """Make sure that nobody has a number that the caller chose.

    Raises:
        Refused: ``customer.number_taken``.
    """
    if holder is not None:
        raise Refused(
            "customer.number_taken",
            f"another customer has the number {holder.number!r}",
            remedy="choose another number, or none to get the next one",
            number=number,
            customer=holder.id,
        )
