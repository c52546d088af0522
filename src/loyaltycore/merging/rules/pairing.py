"""Who is compared with whom in a whole base: those who share a key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from loyaltycore.customers.rules.likeness import sound_of
from loyaltycore.customers.rules.search import fold
from loyaltycore.kernel.matching import Traits

_MOST_WORDS: Final = 3
_OTHER_THAN_DIGITS: Final = re.compile(r"\D+")


def keys_of(traits: Traits) -> tuple[str, ...]:
    """The keys of somebody.

    They are: e-mail and phones; the date of birth; how both names sound, in either order; how one of them sounds, with the
    postal code or the town; how the street sounds, with its number or the town.
    """
    return tuple(dict.fromkeys(_keys(traits)))


def order_of(traits: Traits) -> str:
    """How those of one group are sorted: by names."""
    return fold(traits.last_name, traits.company, traits.first_name, two_letters=True)


def _keys(traits: Traits) -> Iterator[str]:
    if traits.email:
        yield f"e.{traits.email}"
    for number in traits.phones:
        yield f"p.{number}"
    if traits.birth_date is not None:
        yield f"b.{traits.birth_date.isoformat()}"
    first = _sounds(traits.first_name)[:1]
    last = (*_sounds(traits.last_name), *_sounds(traits.company))
    for sound in last if first else ():
        yield "n." + ".".join(sorted((sound, first[0])))
    for street, postal_code, city in traits.addresses:
        sounds = _sounds(street)[:1]
        for sound in dict.fromkeys((*first, *last)):
            if postal_code:
                yield f"np.{sound}.{postal_code}"
            if city:
                yield f"nc.{sound}.{city}"
        for sound in sounds:
            yield f"sn.{sound}.{_OTHER_THAN_DIGITS.sub('', street)}"
            yield f"sc.{sound}.{city}"


@lru_cache(maxsize=65536)
def _sounds(name: str) -> tuple[str, ...]:
    """How the first words of a name sound."""
    words = [word for word in fold(name, two_letters=True).split(" ") if not word.isdigit()] if name else []
    return tuple(sound for word in words[:_MOST_WORDS] if (sound := sound_of(word)))
