"""Orders to test with, and strategies for orders that are right or almost right."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from attrs import evolve
from hypothesis import strategies as st

from loyaltycore.kernel.printing import Encoding, EncodingKind, PostalAddress, PrintOrder
from loyaltycore_cardprint.rules import PRINTABLE, ean13_check_digit

ADDRESS = PostalAddress(
    name="Erika Größ-Müstermann",
    company="Sehhaus am Markt",
    lines=("Hinterhaus", "Lange Straße 7"),
    postal_code="10115",
    city="Berlin",
    country="DE",
)
TEXT = Encoding(EncodingKind.TEXT, "Erika Größ-Müstermann", "name_line_1")
EAN = Encoding(EncodingKind.EAN13, "4006381333931", "number")

_numbers = itertools.count(1)


def an_order(**changes: Any) -> PrintOrder:
    """An order that the vendor takes, with a reference of its own."""
    order = PrintOrder(
        reference=f"ref-{next(_numbers)}", product="gold", encodings=(TEXT, EAN), ship_to=ADDRESS
    )
    return evolve(order, **changes)


def a_key(order: PrintOrder, number: int = 0) -> str:
    """A key for an order; another number gives another key."""
    return f"key.of.an.order.{number}.{order.reference}"


def printable(limit: int) -> st.SearchStrategy[str]:
    """A text that can be printed and shows something: short, or as long as it may be."""
    short = st.text(st.sampled_from(sorted(PRINTABLE)), min_size=1, max_size=min(limit, 12))
    return short.map(lambda text: text if text.strip(" ") else "Ä") | st.just("ß" * limit)


def eans() -> st.SearchStrategy[str]:
    """A right EAN-13."""
    twelve = st.text(st.sampled_from("0123456789"), min_size=12, max_size=12)
    return twelve.map(lambda digits: digits + ean13_check_digit(digits))


def _of(kind: EncodingKind, values: st.SearchStrategy[str]) -> st.SearchStrategy[Encoding]:
    return st.builds(Encoding, st.just(kind), values)


def _ascii(most: int, characters: str = "") -> st.SearchStrategy[str]:
    allowed = characters or "".join(map(chr, range(0x20, 0x7F)))
    return st.text(st.sampled_from(allowed), min_size=1, max_size=min(most, 12)) | st.just(allowed[-1] * most)


_TRACK1 = "".join(chr(code) for code in range(0x20, 0x60) if chr(code) not in "%?")
_CODES = st.one_of(
    _of(EncodingKind.TEXT, printable(40)),
    _of(EncodingKind.EAN13, eans()),
    _of(EncodingKind.CODE128, _ascii(24)),
    _of(EncodingKind.QR, _ascii(300)),
)
_TRACKS = st.tuples(
    st.one_of(st.none(), _of(EncodingKind.MAGSTRIPE_TRACK1, _ascii(76, _TRACK1))),
    st.one_of(st.none(), _of(EncodingKind.MAGSTRIPE_TRACK2, _ascii(37, "0123456789="))),
    st.one_of(st.none(), _of(EncodingKind.MAGSTRIPE_TRACK3, _ascii(104, "0123456789="))),
)


@st.composite
def right_encodings(draw: st.DrawFn) -> tuple[Encoding, ...]:
    """Values that fit on one card, some of them in slots."""
    codes = draw(st.lists(_CODES, min_size=1, max_size=4))
    tracks = [track for track in draw(_TRACKS) if track]
    slots = draw(
        st.sampled_from(
            [[""] * len(codes), [f"Feld {number}" for number in range(len(codes))], ["Größe", *[""] * 8]]
        )
    )
    return (*(evolve(code, slot=slot) for code, slot in zip(codes, slots, strict=False)), *tracks)


def right_addresses() -> st.SearchStrategy[PostalAddress]:
    """An address that the vendor takes."""
    return st.builds(
        PostalAddress,
        name=printable(40),
        company=st.just("") | printable(40),
        lines=st.lists(printable(40), min_size=1, max_size=3).map(tuple),
        postal_code=st.just("") | st.from_regex(r"[A-Za-z0-9][A-Za-z0-9 -]{0,11}", fullmatch=True),
        city=printable(40),
        country=st.sampled_from(["DE", "AT", "IE", "ZZ"]),
    )


@st.composite
def right_orders(draw: st.DrawFn) -> PrintOrder:
    """An order that the vendor takes, with a reference of its own."""
    names = st.from_regex(r"[a-z][a-z0-9_]{0,31}", fullmatch=True)
    variables = st.lists(
        st.tuples(names, st.just("") | printable(200)), max_size=3, unique_by=lambda pair: pair[0]
    )
    comments = st.text(st.characters(exclude_categories=("Cc", "Cs")) | st.just("\n"), max_size=20)
    return an_order(
        product=draw(printable(64)),
        encodings=draw(right_encodings()),
        ship_to=draw(right_addresses()),
        bulk=draw(st.booleans()),
        cover_letter=draw(st.just("") | printable(64)),
        letter_variables=draw(variables.map(tuple)),
        language=draw(st.sampled_from(["", "de", "en"])),
        comment=draw(comments),
    )


_ANYTHING = st.one_of(
    st.sampled_from(["", " ", "a", "\n", "ab\n", "\u00a0", "\u00ad", "Łódź", "e\u0301", "\ud800", "x" * 41]),
    st.sampled_from(
        ["4006381333930", "400638133393", "40063813339310", "٤٠٠٦٣٨١٣٣٣٩٣١", "%B;1?", "DE\n", "de"]
    ),
    st.text(max_size=9),
    st.sampled_from([7, 13, 25, 33, 38, 65, 77, 105, 201, 301, 501]).map("1".__mul__),
)


def _in_address(name: str) -> Callable[[PrintOrder, str], PrintOrder]:
    return lambda order, text: evolve(order, ship_to=evolve(order.ship_to, **{name: text}))


def _in_first_encoding(name: str) -> Callable[[PrintOrder, str], PrintOrder]:
    def change(order: PrintOrder, text: str) -> PrintOrder:
        return evolve(order, encodings=(evolve(order.encodings[0], **{name: text}), *order.encodings[1:]))

    return change


def _lettered(order: PrintOrder, variables: tuple[tuple[str, str], ...]) -> PrintOrder:
    return evolve(order, cover_letter=order.cover_letter or "welcome", letter_variables=variables)


_CHANGES: list[Callable[[PrintOrder, str], PrintOrder]] = [
    lambda order, text: evolve(order, reference=text),
    lambda order, text: evolve(order, product=text),
    lambda order, text: evolve(order, language=text),
    lambda order, text: evolve(order, comment=text),
    lambda order, text: evolve(order, cover_letter=text),
    lambda order, text: _lettered(order, ((text, "value"), ("ok", text), ("ok", "again"))),
    lambda order, text: _lettered(order, (("name", text),) * min(len(text), 22)),
    lambda order, text: evolve(order, encodings=(*order.encodings, Encoding(EncodingKind.QR, text, text))),
    lambda order, text: evolve(order, encodings=(order.encodings * 13)[: len(text) % 14]),
    lambda order, text: evolve(order, ship_to=evolve(order.ship_to, lines=(text,) * (len(text) % 5))),
    _in_first_encoding("value"),
    _in_first_encoding("slot"),
    *(_in_address(name) for name in ("name", "company", "postal_code", "city", "country")),
]


@st.composite
def almost_right_orders(draw: st.DrawFn) -> PrintOrder:
    """An order with up to two changes that may or may not be wrong."""
    order = draw(st.builds(an_order, cover_letter=st.sampled_from(["", "welcome"])) | right_orders())
    for change in draw(st.lists(st.sampled_from(_CHANGES), max_size=2)):
        if order.encodings:
            order = change(order, draw(_ANYTHING))
    return order
