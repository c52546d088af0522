"""Writes the weights by which customers are compared: ``python scripts/train_weights.py``, with recordlinkage.

It is told of no pair whether it is one person. How often people agree by chance is counted among random pairs. How often two
records of one person agree is what explains best the pairs that share a date of birth, or a name: that is expectation
maximisation, for all fields but the one that they share. Names and dates of birth are learnt from the first two sets of
FEBRL; e-mail and phones, which those lack, from our own German customers; addresses, of which nobody moves there, from both.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import febrl, german

from loyaltycore.customers.rules.agreeing import ADDRESS_LEVELS, FAR, FIELDS, NEAR, OTHER, SAME, levels
from loyaltycore.customers.rules.comparing import traits_of
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.matching import Person, Traits
from loyaltycore.merging.matching import compared_of

TABLE = Path(__file__).parents[1] / "src" / "loyaltycore" / "customers" / "rules" / "weights.py"

LEVELS = {
    **dict.fromkeys(("last_name", "first_name", "company", "birth_date"), (SAME, NEAR, FAR, OTHER)),
    **dict.fromkeys(("email", "phones"), (SAME, OTHER)),
    "addresses": ADDRESS_LEVELS,
}
OURS = ("email", "phones")
"""The fields that no public set has."""

RANDOM_PAIRS = 100_000
ROUNDS = 100
SEED = 1

Shares = dict[str, dict[str, float]]
Pattern = tuple[tuple[str, str], ...]
"""The fields that can be compared, each with its level."""


def pattern(one: Traits, other: Traits) -> Pattern:
    """How two people agree."""
    return tuple(
        (name, level) for name, level in zip(FIELDS, levels(one, other), strict=True) if level is not None
    )


def by_chance(people: Sequence[Traits]) -> Shares:
    """How often each level is seen between two people taken at random."""
    rnd = random.Random(SEED)  # noqa: S311  the same pairs each time
    found = Counter(each for _ in range(RANDOM_PAIRS) for each in pattern(*rnd.sample(people, 2)))
    return _shares(
        {name: {level: found[name, level] + 0.5 for level in some} for name, some in LEVELS.items()}
    )


def among_doubles(pairs: Mapping[Pattern, int], chance: Shares, names: Iterable[str]) -> Shares:
    """How often each level is seen between two records of one person: expectation maximisation over some pairs.

    Args:
        pairs: How many pairs agree in each way.
        chance: How often each level is seen between two people.
        names: The fields to learn; those that all pairs share cannot be learnt from them.
    """
    fields = tuple(names)
    learnt = _shares(
        {name: {level: 4.0 if level is LEVELS[name][0] else 1.0 for level in LEVELS[name]} for name in fields}
    )
    share = 0.5
    for _ in range(ROUNDS):
        weighed = {name: dict.fromkeys(LEVELS[name], 0.5) for name in fields}
        whole = 0.0
        for each, count in pairs.items():
            seen = [(name, level) for name, level in each if name in learnt]
            one, two = share, 1 - share
            for name, level in seen:
                one, two = one * learnt[name][level], two * chance[name][level]
            likely = count * one / (one + two)
            whole += likely
            for name, level in seen:
                weighed[name][level] += likely
        learnt, share = _shares(weighed), whole / sum(pairs.values())
    return learnt


def train(customers: Sequence[Customer]) -> tuple[Shares, Shares]:
    """What some customers teach: how often doubles agree, and how often strangers do."""
    people = {each.id: traits_of(each) for each in customers}
    chance = by_chance(list(people.values()))
    born, named = Counter[Pattern](), Counter[Pattern]()
    # A pair comes once for each key that the two have in common, and counts once.
    pairs = {
        (one.id, other.id) for one, other in compared_of(Person(key, each) for key, each in people.items())
    }
    for one, other in sorted(pairs):
        found = pattern(people[one], people[other])
        level = dict(found)
        if level.get("birth_date") == SAME:
            born[found] += 1
        if {level.get("last_name"), level.get("first_name")} <= {SAME, NEAR}:
            named[found] += 1
    first = among_doubles(born, chance, set(LEVELS) - {"birth_date"})
    second = among_doubles(named, chance, set(LEVELS) - {"last_name", "first_name"})
    both = {
        name: {
            level: sum(each[name][level] for each in (first, second) if name in each)
            for level in LEVELS[name]
        }
        for name in LEVELS
    }
    return _shares(both), chance


def _shares(counts: Shares) -> Shares:
    return {
        name: {level: count / sum(some.values()) for level, count in some.items()}
        for name, some in counts.items()
    }


def _mean(tables: Sequence[Shares]) -> Shares:
    return _shares(
        {
            name: {level: sum(each[name][level] for each in tables) for level in LEVELS[name]}
            for name in LEVELS
        }
    )


def text(doubles: Shares, chance: Shares) -> str:
    """The module that holds both tables."""
    lines = [
        '"""How often customers agree in each field, by degree. Written by ``scripts/train_weights.py``."""',
        "",
        "from __future__ import annotations",
        "",
        "from collections.abc import Mapping",
        "from typing import Final",
    ]
    for name, words, table in (
        ("DOUBLES", "Between two records of one person.", doubles),
        ("CHANCE", "Between two people.", chance),
    ):
        lines += ["", f"{name}: Final[Mapping[str, Mapping[str, float]]] = {{"]
        for each, shares in table.items():
            said = ", ".join(f'"{level}": {share:.6f}' for level, share in shares.items())
            lines.append(f'    "{each}": {{{said}}},')
        lines += ["}  # fmt: skip", f'"""{words}"""']
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    public = [train(febrl.people(number)) for number in febrl.SETS]
    ours = train(german.base(5000).people)
    learnt, strangers = _mean([each for each, _ in public]), _mean([ours[1], *(each for _, each in public)])
    learnt |= {name: ours[0][name] for name in OURS}
    learnt["addresses"] = _mean([ours[0], *(each for each, _ in public)])["addresses"]
    strangers |= {name: ours[1][name] for name in OURS}
    # Nobody has a base of companies to learn from; their names are mistyped as people's are.
    learnt["company"], strangers["company"] = learnt["last_name"], strangers["last_name"]
    TABLE.write_text(text(learnt, strangers), "utf-8")
