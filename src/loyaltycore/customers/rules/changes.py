"""What it means to create and to change a customer."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve

from loyaltycore.customers.rules.customer import Customer
from loyaltycore.errors import EditedMeanwhile, Refused
from loyaltycore.kernel.decisions import Decision, Note

CREATED = "customer.created"
IMPORTED = "customer.imported"
CHANGED = "customer.changed"


def enter_customer(
    draft: Customer, customer_id: str, number: str, now: datetime, *, action: str = CREATED, comment: str = ""
) -> Decision[Customer]:
    """Make a customer from a form.

    Args:
        draft: What `read_new` returned.
        customer_id: A fresh id.
        number: A number that nobody has.
        action: `CREATED` or `IMPORTED`.
        comment: Where the data came from.
    """
    customer = evolve(draft, id=customer_id, number=number, created_at=now)
    note = Note(action, after=customer, comment=comment)
    return Decision(customer, add=(customer,), notes=(note,))


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
            f"another customer has the number {number!r}",
            remedy="choose another number, or none to get the next one",
            number=number,
            customer=holder.id,
        )
