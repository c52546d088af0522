"""Strategies for print orders."""

from __future__ import annotations

from typing import Final

from attrs import evolve
from hypothesis import strategies as st

from loyaltycore.kernel.check_digits import ean13
from loyaltycore.kernel.printing import Encoding, EncodingKind, PostalAddress, PrintOrder
from loyaltycore.ports.card_printing import CardSlot, PrinterCapabilities
from loyaltycore.testing.strategies.mails import own_ids

_LETTERS: Final = "aAbBzZ äÄößéñøÇ0123456789-.,&/'"

EVERYTHING: Final = PrinterCapabilities(encodings=frozenset(EncodingKind))
"""What a vendor can do that can do everything."""

EAN: Final = 13
"""The characters of an EAN-13."""


def printed(limit: int = 40) -> st.SearchStrategy[str]:
    """A text that any card printer can print."""
    text = st.text(st.sampled_from(_LETTERS), min_size=1, max_size=limit)
    return text.map(lambda found: found if found.strip() else "A")


def postal_addresses() -> st.SearchStrategy[PostalAddress]:
    """Addresses that a shipment can go to."""
    return st.builds(
        PostalAddress,
        name=printed(),
        lines=st.lists(printed(), min_size=1, max_size=3).map(tuple),
        postal_code=st.from_regex(r"[0-9]{5}", fullmatch=True),
        city=printed(),
        country=st.sampled_from(["DE", "AT", "CH"]),
        company=st.just("") | printed(),
    )


_CODES: Final = {
    EncodingKind.CODE128: ("ABCabc0123-", 20),
    EncodingKind.QR: ("ABCabc0123-:/", 60),
    EncodingKind.MAGSTRIPE_TRACK1: ("ABC0123^ ", 60),
    EncodingKind.MAGSTRIPE_TRACK2: ("0123456789=", 30),
    EncodingKind.MAGSTRIPE_TRACK3: ("0123456789=", 90),
}
"""What any vendor that offers such a code can put into it: characters, and how many."""

_TRACKS: Final = frozenset(kind for kind in EncodingKind if kind.value.startswith("magstripe"))
_MOST_VALUES: Final = 4


def encodings(kind: EncodingKind, limit: int = 300) -> st.SearchStrategy[Encoding]:
    """A value of that kind that fits on a card, in no slot.

    Args:
        limit: Greatest number of characters; an EAN-13 always has 13.
    """
    return st.builds(Encoding, st.just(kind), _values(kind, limit))


def _values(kind: EncodingKind, limit: int) -> st.SearchStrategy[str]:
    if kind is EncodingKind.TEXT:
        return printed(min(limit, 40))
    if kind is EncodingKind.EAN13:
        return st.integers(0, 10**12 - 1).map(lambda body: f"{body:012d}{ean13(f'{body:012d}')}")
    characters, most = _CODES[kind]
    text = st.text(st.sampled_from(characters), min_size=1, max_size=min(limit, most))
    # Nobody orders a card with nothing but blanks on it.
    return text.filter(lambda value: not value.isspace())


@st.composite
def print_orders(
    draw: st.DrawFn,
    capabilities: PrinterCapabilities = EVERYTHING,
    products: tuple[str, ...] = ("gold",),
    letters: tuple[str, ...] = ("welcome",),
) -> PrintOrder:
    """Orders for a vendor that can do this, with one of these designs and, if it encloses letters, of these.

    A value stands in each of the vendor's places or, if an order may name any, in up to four.
    """
    letter = draw(st.sampled_from(("", *letters))) if capabilities.cover_letters else ""
    return PrintOrder(
        reference=draw(own_ids()),
        product=draw(st.sampled_from(products)),
        encodings=draw(_on_a_card(capabilities)),
        ship_to=draw(postal_addresses()),
        bulk=capabilities.bulk and draw(st.booleans()),
        cover_letter=letter,
        letter_variables=draw(letter_variables()) if letter else (),
        language=draw(st.sampled_from(["", "de", "en", "fr"])) if letter else "",
        comment=draw(st.just("") | printed()),
    )


def letter_variables() -> st.SearchStrategy[tuple[tuple[str, str], ...]]:
    """Values for the letters of this library."""
    return st.tuples(
        st.tuples(st.just("name"), printed()), st.tuples(st.just("card_number"), st.just("") | printed(20))
    )


def _on_a_card(capabilities: PrinterCapabilities) -> st.SearchStrategy[tuple[Encoding, ...]]:
    if capabilities.slots is not None:
        return st.tuples(*(_in_slot(slot) for slot in capabilities.slots))
    kinds = st.lists(
        st.sampled_from(sorted(capabilities.encodings, key=str)), min_size=1, max_size=_MOST_VALUES
    )
    return kinds.map(_each_track_once).flatmap(_side_by_side)


def _side_by_side(kinds: list[EncodingKind]) -> st.SearchStrategy[tuple[Encoding, ...]]:
    """A value of each kind, each in a place of its own."""
    return st.tuples(*map(encodings, kinds)).map(
        lambda found: tuple(evolve(encoding, slot=f"slot_{place}") for place, encoding in enumerate(found))
    )


def _in_slot(slot: CardSlot) -> st.SearchStrategy[Encoding]:
    fitting = [
        kind for kind in sorted(slot.kinds, key=str) if kind is not EncodingKind.EAN13 or slot.limit >= EAN
    ]
    found = st.sampled_from(fitting).flatmap(lambda kind: encodings(kind, slot.limit))
    return found.map(lambda encoding: evolve(encoding, slot=slot.name))


def _each_track_once(kinds: list[EncodingKind]) -> list[EncodingKind]:
    """A card has one of each magnetic track, and may have several texts."""
    return [kind for place, kind in enumerate(kinds) if kind not in _TRACKS or kind not in kinds[:place]]
