"""The lookup keys by which customers are found who may be the same as another one.

A key is a letter, a point and a value: ``n`` for how the name sounds, each part of a double name with the first name;
``a`` for where somebody lives. E-mail, phones and the date of birth are looked up by keys and columns of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from loyaltycore.customers.rules.customer import Customer
from loyaltycore.customers.rules.search import fold
from loyaltycore.kernel.contact import Address
from loyaltycore.kernel.phonetics import cologne

_MOST_PARTS: Final = 3
_LETTERS: Final = re.compile("[^0-9]+")


def likeness_keys(customer: Customer) -> tuple[str, ...]:
    """The keys of a customer."""
    return (*sound_keys(customer), *place_keys(customer))


def sound_keys(customer: Customer) -> tuple[str, ...]:
    """Those of how the name sounds."""
    return tuple(dict.fromkeys(_sounds(customer)))


def place_keys(customer: Customer) -> tuple[str, ...]:
    """Those of where somebody lives."""
    return tuple(dict.fromkeys(_places(customer)))


@lru_cache(maxsize=4096)
def sound_of(word: str) -> str:
    """How a folded word sounds, digits as they are; a word of another script as it is written."""
    return cologne(word) + _LETTERS.sub("", word) if word.isascii() else word


def _place(address: Address) -> str:
    """Street and postal code or town, folded; empty if one of them is missing."""
    place = address.postal_code or address.city
    return fold(address.street, place) if address.street and place else ""


def _sounds(customer: Customer) -> Iterator[str]:
    first = fold(customer.first_name).partition(" ")[0] if customer.first_name else ""
    for name in (customer.last_name, customer.company):
        for word in fold(name).split(" ")[:_MOST_PARTS] if name else ():
            if sound := sound_of(word):
                yield f"n.{sound}.{sound_of(first)}"


def _places(customer: Customer) -> Iterator[str]:
    for address in customer.addresses:
        if key := _place(address):
            yield f"a.{key}"
