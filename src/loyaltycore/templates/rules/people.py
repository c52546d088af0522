"""What messages say about customers and branches."""

from __future__ import annotations

from collections.abc import Mapping
from string import Template
from typing import Any, Final

from loyaltycore.customers.rules.customer import Customer, CustomerKind, Salutation
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.rendering import Placeholder

_GREETING: Final = {
    "de": {
        Salutation.FEMALE: "Sehr geehrte Frau $name,",
        Salutation.MALE: "Sehr geehrter Herr $name,",
        Salutation.DIVERSE: "Guten Tag $name,",
        None: "Guten Tag $name,",
    },
    "en": {
        Salutation.FEMALE: "Dear Ms $name,",
        Salutation.MALE: "Dear Mr $name,",
        Salutation.DIVERSE: "Dear $name,",
        None: "Dear $name,",
    },
}

CUSTOMER: Final = (
    Placeholder("greeting", "Sehr geehrte Frau Mustermann,", says="A whole line, German or else English"),
    Placeholder("customer.name", "Erika Mustermann", says="As it stands on a letter"),
    Placeholder("customer.first_name", "Erika", may_be_empty=True),
    Placeholder("customer.last_name", "Mustermann", may_be_empty=True),
    Placeholder("customer.company", "Optik AG", may_be_empty=True),
    Placeholder("customer.number", "10042", may_be_empty=True),
)
BRANCH: Final = (
    Placeholder("branch.name", "Optik Berlin", may_be_empty=True),
    Placeholder("branch.address", "Ladenweg 1, Berlin", may_be_empty=True, says="Street and town"),
    Placeholder("branch.phone", "+49301234567", may_be_empty=True),
    Placeholder("branch.email", "laden@example.org", may_be_empty=True),
)


def greeting(customer: Customer, language: str) -> str:
    """The line with which a letter begins: by surname where the salutation is formal, else by the full name."""
    known = "de" if language == "de" else "en"
    if customer.kind is CustomerKind.COMPANY:
        return {"de": "Sehr geehrte Damen und Herren,", "en": "Dear Sir or Madam,"}[known]
    formal = customer.salutation in {Salutation.FEMALE, Salutation.MALE}
    surname = " ".join(part for part in (customer.title, customer.name_extension, customer.last_name) if part)
    name = surname if formal else customer.display_name
    return Template(_GREETING[known][customer.salutation]).substitute(name=name)


def plain_greeting(name: str, language: str) -> str:
    """The line for somebody of whom only the name is known."""
    return f"Guten Tag {name}," if language == "de" else f"Dear {name},"


def about_customer(customer: Customer, language: str) -> dict[str, Any]:
    """The values of `CUSTOMER`."""
    return {
        "greeting": greeting(customer, language),
        "customer": {
            "name": customer.display_name,
            "first_name": customer.first_name,
            "last_name": customer.last_name,
            "company": customer.company,
            "number": customer.number,
        },
    }


def about_branch(branch: Branch) -> Mapping[str, Any]:
    """The values of `BRANCH`."""
    address = branch.address
    place = (
        ", ".join(part for part in (address.street, address.city) if part) if address and address.city else ""
    )
    return {"branch": {"name": branch.name, "address": place, "phone": branch.phone, "email": branch.email}}
