"""Comparing whole bases for doubles: our two matchers, and Splink called directly, each in a process of its own."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from attrs import frozen

from benchmarks import febrl, german
from benchmarks.memory import figures_of, peak
from benchmarks.timing import Result
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.merging import KeyMatcher
from loyaltycore.ports import Matcher, Person

LEAST: Final = 0.5
"""The score from which a pair counts."""

DIRECTLY: Final = 0.9
"""The same for Splink called directly, as its own examples set it."""

Pairs = set[tuple[str, str]]


@frozen
class Figures:
    """What one way made of one base."""

    f1: float
    precision: float
    seconds: float
    """Of the processor."""
    memory: float
    """The most that the process took, in MB."""


def run() -> Iterator[Result]:
    """F1, precision, processor time and memory on FEBRL 1 and 2; then on our own German customers."""
    for base in BASES:
        peer = _figures("splink", base)
        for name, way in (("KeyMatcher", "keys"), ("SplinkMatcher", "adapter")):
            ours = _figures(way, base)
            # What is ours is reported, and promises nothing.
            is_public = base != "german"
            kept = not is_public or (ours.f1 >= peer.f1 - 0.01 and ours.precision >= 0.99)
            target = "F1 as the peer's but for 0.01, precision 0.99" if is_public else "-"
            yield Result(
                f"{name}, {base}",
                _shown(ours),
                _shown(peer),
                f"{ours.seconds / peer.seconds:.2f}",
                target,
                kept,
            )


def _figures(way: str, base: str) -> Figures:
    return Figures(*figures_of("benchmarks.duplicates", way, base))


def _shown(figures: Figures) -> str:
    return f"F1 {figures.f1:.4f}, precision {figures.precision:.4f}, {figures.seconds:.2f} s, {figures.memory:.0f} MB"


def _base(name: str) -> tuple[list[Customer], Pairs]:
    if name == "german":
        made = german.base(5000, seed=11)
        return made.people, set(made.doubles)
    found = febrl.people(int(name.removeprefix("febrl")))
    return found, febrl.doubles(found)


BASES: Final = ("febrl1", "febrl2", "german")


def _by(matcher: Matcher) -> Callable[[list[Customer]], Pairs]:
    from loyaltycore.customers.rules.comparing import traits_of

    def pairs(people: list[Customer]) -> Pairs:
        given = (Person(each.id, traits_of(each)) for each in people)
        return {(each.one, each.other) for each in matcher.pairs(given, LEAST)}

    return pairs


def _by_adapter(people: list[Customer]) -> Pairs:
    from loyaltycore_splink import SplinkMatcher

    return _by(SplinkMatcher())(people)


def _directly(people: list[Customer]) -> Pairs:
    """Splink as its documentation shows it: trained on the base itself."""
    import pyarrow as pa
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    table = pa.Table.from_pylist([_row(each) for each in people])
    names = [
        name
        for name in (
            "first_name",
            "last_name",
            "birth_date",
            "street",
            "postal_code",
            "city",
            "email",
            "phone",
        )
        if table.column(name).null_count < len(people)
    ]
    compared = {
        "first_name": cl.NameComparison("first_name"),
        "last_name": cl.NameComparison("last_name"),
        "birth_date": cl.DateOfBirthComparison("birth_date", input_is_string=True),
        "street": cl.JaroWinklerAtThresholds("street", [0.9, 0.7]),
        "postal_code": cl.DamerauLevenshteinAtThresholds("postal_code", [1, 2]),
        "city": cl.JaroWinklerAtThresholds("city", [0.9, 0.7]),
        "email": cl.ExactMatch("email"),
        "phone": cl.ExactMatch("phone"),
    }
    rules = [
        block_on("birth_date"),
        block_on("first_name", "last_name"),
        block_on("first_name", "postal_code"),
        block_on("last_name", "postal_code"),
        block_on("street", "postal_code"),
        block_on("street", "city"),
        *(block_on(name) for name in ("email", "phone") if name in names),
    ]
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[compared[name] for name in names],
        blocking_rules_to_generate_predictions=rules,
        retain_matching_columns=False,
    )
    linker = Linker(DuckDBAPI().register(table), settings, log_level=None)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("first_name", "last_name", "birth_date"), block_on("street", "postal_code", "last_name")],
        recall=0.6,
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("birth_date"), block_on("first_name", "last_name")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_probability=DIRECTLY)
    return {
        (min(one, other), max(one, other))
        for one, other in found.as_duckdbpyrelation().select("unique_id_l", "unique_id_r").fetchall()
    }


def _row(one: Customer) -> Mapping[str, str | None]:
    address = one.addresses[0] if one.addresses else None
    return {
        "unique_id": one.id,
        "first_name": one.first_name or None,
        "last_name": one.last_name or None,
        "birth_date": one.birth_date.isoformat() if one.birth_date else None,
        "street": address.street if address else None,
        "postal_code": (address.postal_code or None) if address else None,
        "city": (address.city or None) if address else None,
        "email": one.email or None,
        "phone": one.phones[0].number if one.phones else None,
    }


WAYS: Final[Mapping[str, Callable[[list[Customer]], Pairs]]] = {
    "keys": _by(KeyMatcher()),
    "adapter": _by_adapter,
    "splink": _directly,
}


def main(way: str, base: str) -> None:
    """Compare one base in one way, and print the figures."""
    people, doubles = _base(base)
    start = time.process_time()
    found = WAYS[way](people)
    seconds = time.process_time() - start
    right = len(found & doubles)
    print(2 * right / (len(found) + len(doubles)), right / len(found), seconds, peak())


if __name__ == "__main__":
    main(*sys.argv[1:])
