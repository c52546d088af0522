"""People as rows of a table that Splink compares, in portions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

import pyarrow as pa

from loyaltycore.customers.rules.agreeing import sounds_of
from loyaltycore.customers.rules.search import fold
from loyaltycore.kernel.matching import Person
from loyaltycore.merging.rules.chances import Sample
from loyaltycore.merging.rules.pairing import keys_of

_PORTION: Final = 10_000
_TEXT, _TEXTS = pa.string(), pa.list_(pa.string())
COLUMNS: Final = pa.schema(
    [
        ("unique_id", _TEXT),
        *((name, _TEXT) for name in ("last_name", "first_name", "company")),
        *((f"{name}_sound", _TEXT) for name in ("last_name", "first_name", "company")),
        *((name, _TEXT) for name in ("birth_date", "email")),
        ("phones", _TEXTS),
        *((name, _TEXT) for name in ("street", "postal_code", "city")),
        ("keys", _TEXTS),
    ]
)


def tables_of(people: Iterable[Person], sample: Sample) -> Iterator[pa.Table]:
    """Tables with `COLUMNS`, of ten thousand rows each.

    Args:
        sample: Sees everybody.
    """
    rest = iter(people)
    while portion := list(islice(rest, _PORTION)):
        for person in portion:
            sample.see(person)
        yield pa.Table.from_pylist([_row(person) for person in portion], schema=COLUMNS)


def _row(person: Person) -> dict[str, object]:
    traits = person.traits
    names = {name: _folded(getattr(traits, name)) for name in ("last_name", "first_name", "company")}
    sounds = {f"{name}_sound": None if text is None else sounds_of(text) for name, text in names.items()}
    street, postal_code, city = traits.addresses[0] if traits.addresses else ("", "", "")
    return {
        "unique_id": person.id,
        **names,
        **sounds,
        "birth_date": None if traits.birth_date is None else f"{traits.birth_date:%Y%m%d}",
        "email": traits.email or None,
        "phones": list(traits.phones) or None,
        "street": street or None,
        "postal_code": postal_code or None,
        "city": city or None,
        "keys": list(keys_of(traits)),
    }


def _folded(name: str) -> str | None:
    return fold(name, two_letters=True) if name else None
