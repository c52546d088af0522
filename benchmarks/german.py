"""A made-up base of German customers with doubles of every kind that shops complain of, and with families that are none.

It is ours, so what it shows is reported apart from data that others made. The same seed gives the same people.
"""

# ruff: noqa: RUF001  the dotless i of a Turkish name

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import combinations, count, product
from typing import Final

from attrs import define, evolve, field

from loyaltycore.customers.rules.customer import Customer
from loyaltycore.customers.rules.derived import with_derived
from loyaltycore.kernel.contact import Address, Phone


def _names(words: str) -> list[str]:
    return words.split()


LAST: Final = _names(
    "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter "
    "Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Krause "
    "Meier Lehmann Köhler Maier Schulze Jung Weiß Roth Vogel Friedrich Keller Günther Frank Berger Winkler "
    "Lorenz Baumann Kühn Böhm Groß Yılmaz Kaya Nowak Kowalski Łukaszewski Nguyen Özdemir Jäger Strauß Thiel "
    "Sauer Pfeiffer Größmann Übelacker Hinterseer Leutheusser Kretschmann Bräutigam Zschäpitz Dombrowski "
    "Röttgen Wieczorek Quandt Ahrendt Ostermeier "
)
FIRST: Final = _names(
    "Hans Peter Wolfgang Klaus Michael Thomas Andreas Jürgen Günter Stefan Christian Uwe Werner Horst Frank "
    "Dieter Manfred Jörg Lukas Jonas Felix Paul Björn Mehmet Ursula Karin Helga Sabine Ingrid Renate Monika "
    "Susanne Gisela Petra Birgit Andrea Anna Lena Julia Lea Käthe Zoë Ayşe Agnieszka Anneliese Friederike "
    "Hannelore Mareike "
)
STREETS: Final = [
    first + last
    for first in _names(
        "Haupt Schul Garten Bahnhof Dorf Berg Birken Linden Kirch Markt Wald Ring Schiller Goethe Mühlen Amsel "
        "Rosen Feld Wiesen Blumen Eichen Buchen Finken Lerchen Mozart Beethoven Bismarck Schloss Burg Brunnen Hafen"
    )
    for last in ("straße", "weg", "allee", "gasse", "platz", "ring")
]
TOWNS: Final = (
    (("10115", "Berlin"), 30), (("10969", "Berlin"), 20), (("80331", "München"), 10), (("50667", "Köln"), 8),
    (("01067", "Dresden"), 6), (("14467", "Potsdam"), 5), (("33602", "Bielefeld"), 4), (("89073", "Ulm"), 3),
    (("37073", "Göttingen"), 2), (("17489", "Greifswald"), 1),
)  # fmt: skip

Spoil = Callable[[random.Random, Customer], Customer]


@define
class Base:
    """The people, and which of them are one."""

    people: list[Customer] = field(factory=list)
    doubles: dict[tuple[str, str], str] = field(factory=dict)
    """Pairs of ids, the lesser first, with the pitfall."""
    families: dict[tuple[str, str], str] = field(factory=dict)
    """Pairs who share a household and are two."""


def base(size: int, seed: int = 7) -> Base:
    """A base of so many people, of whom one in five is there twice."""
    rnd, made, ids = random.Random(seed), Base(), count(1)  # noqa: S311  the same people each time
    while len(made.people) < size:
        records = [(role, list(_records(rnd, made, ids, each))) for role, each in _household(rnd, ids)]
        for (one, mine), (other, theirs) in combinations(records, 2):
            for pair in product(mine, theirs):
                made.families[_pair(*pair)] = f"{one} and {other}"
        made.people += (each for _, found in records for each in found)
    rnd.shuffle(made.people)
    return made


def _records(rnd: random.Random, made: Base, ids: Iterator[int], one: Customer) -> Iterator[Customer]:
    yield one
    if rnd.random() < 0.2:
        pitfall = rnd.choice(sorted(PITFALLS))
        twice = with_derived(evolve(PITFALLS[pitfall](rnd, _less(rnd, one)), id=_id(ids)))
        made.doubles[_pair(one, twice)] = pitfall
        yield twice


def _id(ids: Iterator[int]) -> str:
    return f"g{next(ids):07d}"


def _pair(one: Customer, other: Customer) -> tuple[str, str]:
    return (one.id, other.id) if one.id < other.id else (other.id, one.id)


def _household(rnd: random.Random, ids: Iterator[int]) -> Iterator[tuple[str, Customer]]:
    """One person, a couple, father and son of one name, twins, or people of several names in one house."""
    last, street = _often(rnd, LAST), f"{rnd.choice(STREETS)} {rnd.randrange(1, 120)}"
    (place,) = rnd.choices([town for town, _ in TOWNS], [often for _, often in TOWNS])
    address = Address(street, *place, "DE")
    email, phone = f"familie{rnd.randrange(10**6)}@example.org", _landline(rnd)
    born = date(1930, 1, 1) + timedelta(days=rnd.randrange(25_000))
    kind = rnd.choices(("one", "couple", "father and son", "twins", "house"), (60, 20, 6, 4, 10))[0]
    first = _often(rnd, FIRST)
    people = {
        "one": [("one", first, last, born)],
        "couple": [
            ("husband", first, last, born),
            ("wife", _other(rnd, first), last, born + timedelta(days=rnd.randrange(4000))),
        ],
        "father and son": [
            ("father", first, last, born),
            ("son", first, last, born + timedelta(days=rnd.randrange(7300, 14_000))),
        ],
        "twins": [("twin", first, last, born), ("twin", _other(rnd, first), last, born)],
        "house": [("neighbour", first, last, born), ("neighbour", _other(rnd, first), _often(rnd, LAST), born + timedelta(days=999))],
    }[kind]  # fmt: skip
    for role, first, last, born in people:
        own = kind in {"one", "house"} or rnd.random() < 0.3
        mail = f"{first}.{last}{rnd.randrange(10**4)}@example.org".lower() if own else email
        yield (
            role,
            with_derived(
                Customer(
                    _id(ids),
                    first_name=first,
                    last_name=last,
                    birth_date=born if rnd.random() < 0.85 else None,
                    email=mail if rnd.random() < 0.6 else "",
                    phones=tuple(
                        map(Phone, [_mobile(rnd)] * (own or rnd.random() < 0.5) + [phone] * (not own))
                    ),
                    addresses=(address,) if rnd.random() < 0.9 else (),
                )
            ),
        )


def _often(rnd: random.Random, names: list[str]) -> str:
    """The first names of the list are the frequent ones."""
    return names[min(int(rnd.expovariate(4 / len(names))), len(names) - 1)]


def _other(rnd: random.Random, name: str) -> str:
    return rnd.choice([each for each in FIRST if each != name])


def _mobile(rnd: random.Random) -> str:
    return f"+4917{rnd.randrange(10**9):09d}"


def _landline(rnd: random.Random) -> str:
    return f"+4930{rnd.randrange(10**8):08d}"


def _less(rnd: random.Random, one: Customer) -> Customer:
    """A second record knows some things and not others."""
    return evolve(
        one,
        email=one.email if rnd.random() < 0.6 else "",
        phones=one.phones if rnd.random() < 0.7 else (),
        addresses=one.addresses if rnd.random() < 0.8 else (),
        birth_date=one.birth_date if rnd.random() < 0.85 else None,
    )


def _typo(rnd: random.Random, text: str) -> str:
    """Two letters exchanged, one left out, doubled or mistyped."""
    at = rnd.randrange(max(1, len(text) - 1))
    return rnd.choice(
        (
            text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :],
            text[:at] + text[at + 1 :],
            text[:at] + text[at : at + 1] + text[at:],
            text[:at] + rnd.choice("aeinrst") + text[at + 1 :],
        )
    )


_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_BARE: Final = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "s", "Ä": "A", "Ö": "O", "Ü": "U"})


def _spelt(one: Customer, table: dict[int, str]) -> Customer:
    return evolve(
        one,
        first_name=one.first_name.translate(table),
        last_name=one.last_name.translate(table),
        addresses=tuple(evolve(each, street=each.street.translate(table)) for each in one.addresses),
    )


def _moved(rnd: random.Random, one: Customer) -> Customer:
    (place,) = rnd.choices([town for town, _ in TOWNS], [often for _, often in TOWNS])
    return evolve(one, addresses=(Address(f"{rnd.choice(STREETS)} {rnd.randrange(1, 120)}", *place, "DE"),))


def _mistyped_day(rnd: random.Random, one: Customer) -> Customer:
    born = one.birth_date
    if born is None:
        return one
    if born.day <= 12 and rnd.random() < 0.5:
        return evolve(one, birth_date=born.replace(month=born.day, day=born.month))
    return evolve(one, birth_date=born.replace(day=born.day % 28 + 1))


def _short_street(_rnd: random.Random, one: Customer) -> Customer:
    return evolve(
        one,
        addresses=tuple(evolve(each, street=each.street.replace("straße", "str.")) for each in one.addresses),
    )


PITFALLS: Final[dict[str, Spoil]] = {
    "written again": lambda _, one: one,
    "umlauts as two letters": lambda _, one: _spelt(one, _UMLAUTS),
    "umlauts without dots": lambda _, one: _spelt(one, _BARE),
    "typing error": lambda rnd, one: evolve(one, last_name=_typo(rnd, one.last_name)),
    "typing error in the first name": lambda rnd, one: evolve(one, first_name=_typo(rnd, one.first_name)),
    "double name": lambda rnd, one: evolve(one, last_name=f"{one.last_name}-{rnd.choice(LAST)}"),
    "married": lambda rnd, one: evolve(one, last_name=rnd.choice(LAST)),
    "second first name": lambda rnd, one: evolve(one, first_name=f"{one.first_name} {_other(rnd, '')}"),
    "names exchanged": lambda _, one: evolve(one, first_name=one.last_name, last_name=one.first_name),
    "moved house": _moved,
    "date mistyped": _mistyped_day,
    "street shortened": _short_street,
    "new phone": lambda rnd, one: evolve(one, phones=(Phone(_mobile(rnd)),)),
    "new e-mail": lambda rnd, one: evolve(one, email=f"neu{rnd.randrange(10**6)}@example.org"),
}
"""What makes a second record of somebody, besides what it does not know."""
