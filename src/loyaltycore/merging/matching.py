"""The library's own way to compare a whole base: sorted by keys in temporary files, with memory that stays flat."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain, groupby
from typing import Final

from attrs import astuple, frozen

from loyaltycore.customers.rules.model import Model, score_of
from loyaltycore.customers.rules.weights import DOUBLES
from loyaltycore.kernel.matching import Pair, Person, Traits
from loyaltycore.merging.rules.chances import Sample, chances_of
from loyaltycore.merging.rules.pairing import keys_of, order_of
from loyaltycore.merging.sorting import in_order

NEIGHBOURS: Final = 20
"""With how many of those before it, by name, somebody is compared in a group that shares one key."""


@frozen
class KeyMatcher:
    """A `loyaltycore.ports.Matcher` that needs nothing but disk space, a few kilobytes for each of the people.

    People who share a key are compared: e-mail, phone, date of birth, how names and streets sound with something beside it.
    In a group of more than twenty, those are compared whose names stand near one another. The score is that of
    `duplicates_of`, with the chances of the base at hand: that two people live in one town says little where all do.
    """

    def pairs(self, people: Iterable[Person], least: float) -> Iterator[Pair]:
        """Find the pairs whose score is at least so much; see `loyaltycore.ports.Matcher`."""
        sample = Sample()
        compared = compared_of(people, sample)
        first = next(compared, None)
        if first is None:
            return
        # All people have been read when the first two are compared.
        model = Model.of(DOUBLES, chances_of(sample.people))
        scored = (
            (one.id, other.id, score_of(model.compare(one.traits, other.traits)))
            for one, other in chain([first], compared)
        )
        likely = (
            json.dumps((min(one, other), max(one, other), score))
            for one, other, score in scored
            if score >= least
        )
        for line in in_order(likely):
            yield Pair(*json.loads(line))


def compared_of(people: Iterable[Person], sample: Sample | None = None) -> Iterator[tuple[Person, Person]]:
    """Those who are compared with one another; a pair with several keys in common may come several times."""
    for _, group in groupby(in_order(_lines(people, sample)), key=_key):
        yield from _neighbours(group)


def _neighbours(lines: Iterator[str]) -> Iterator[tuple[Person, Person]]:
    # Most are alone in their group and are not even read.
    alone = next(lines)
    before: deque[Person] = deque(maxlen=NEIGHBOURS)
    for line in lines:
        if not before:
            before.append(_person(alone))
        person = _person(line)
        yield from ((each, person) for each in before)
        before.append(person)


def _lines(people: Iterable[Person], sample: Sample | None) -> Iterator[str]:
    for person in people:
        if sample is not None:
            sample.see(person)
        written = json.dumps((person.id, *astuple(person.traits, recurse=False)), default=date.isoformat)
        order = order_of(person.traits)
        for key in keys_of(person.traits):
            yield f"{key}\t{order}\t{written}"


def _key(line: str) -> str:
    return line.partition("\t")[0]


def _person(line: str) -> Person:
    key, last, first, company, born, email, phones, addresses = json.loads(line.rpartition("\t")[2])
    return Person(
        key,
        Traits(
            last,
            first,
            company,
            date.fromisoformat(born) if born else None,
            email,
            tuple(phones),
            tuple(map(tuple, addresses)),
        ),
    )
