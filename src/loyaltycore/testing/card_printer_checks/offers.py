"""Orders within what a vendor says it can do, orders outside, and orders that are odd."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from attrs import evolve
from hypothesis import strategies as st

from loyaltycore.kernel.printing import Encoding, EncodingKind, PostalAddress, PrintOrder
from loyaltycore.ports.card_printing import PrinterCapabilities
from loyaltycore.testing.card_printer_checks.parts import RUDE, TELLING, sample, texts_of
from loyaltycore.testing.strategies.messages import print_orders


def plain_orders(
    capabilities: PrinterCapabilities, product: str, letter: str, ship_to: PostalAddress
) -> st.SearchStrategy[PrintOrder]:
    """Orders that use what the vendor says it can do, and nothing else: capitals, digits, one address."""
    return print_orders(capabilities, (product,), (letter,)).map(lambda order: _plain(order, ship_to))


def _plain(order: PrintOrder, ship_to: PostalAddress) -> PrintOrder:
    plain = tuple(
        evolve(encoding, value=_capitals(encoding.value)) if encoding.kind is EncodingKind.TEXT else encoding
        for encoding in order.encodings
    )
    return evolve(order, encodings=plain, ship_to=ship_to, comment="")


def _capitals(text: str) -> str:
    return "".join(letter if letter.isascii() and letter.isalnum() else "X" for letter in text).upper()


@st.composite
def any_orders(
    draw: st.DrawFn, capabilities: PrinterCapabilities, product: str, letter: str, ship_to: PostalAddress
) -> PrintOrder:
    """Orders that the vendor takes, or rejects for what is odd about them."""
    order = draw(print_orders(capabilities, (product,), (letter,)))
    if draw(st.booleans()):
        order = evolve(order, ship_to=evolve(order.ship_to, country=ship_to.country))
    for _ in range(draw(st.integers(0, 2))):
        change = draw(st.sampled_from((*texts_of(order), *_SHAPES)))
        order = change(order, draw(st.sampled_from((*TELLING, *RUDE)) | _LENGTHS | st.text(max_size=9)))
    return order


_LENGTHS: Final = st.integers(1, 600).map("x".__mul__)

_SHAPES: Final[tuple[Callable[[PrintOrder, str], PrintOrder], ...]] = (
    lambda order, text: evolve(order, letter_variables=(("name", text), ("name", "again"))),
    lambda order, text: evolve(order, encodings=order.encodings[: len(text) % 3]),
    lambda order, text: evolve(order, encodings=(*order.encodings, Encoding(EncodingKind.TEXT, text, text))),
    lambda order, text: evolve(order, encodings=order.encodings * (len(text) % 14)),
    lambda order, text: evolve(order, ship_to=evolve(order.ship_to, lines=(text,) * (len(text) % 5))),
    lambda order, _: evolve(order, bulk=not order.bulk),
)
"""Changes of how many there are of something."""


def misfits(order: PrintOrder, capabilities: PrinterCapabilities) -> Iterator[tuple[str, PrintOrder]]:
    """Orders that ask for what the vendor says it cannot do, and what that is."""
    first = order.encodings[0]
    for kind in sorted(frozenset(EncodingKind) - capabilities.encodings, key=str):
        yield (
            f"{kind.value}, which is not offered",
            evolve(order, encodings=(evolve(first, kind=kind, value=sample(kind)),)),
        )
    if not capabilities.cover_letters:
        yield "a letter", evolve(order, cover_letter="welcome")
    if not capabilities.bulk:
        yield "a collective shipment", evolve(order, bulk=True)
    for place, slot in enumerate(capabilities.slots or ()):
        rest = (*order.encodings[:place], *order.encodings[place + 1 :])
        held = order.encodings[place]
        for name in ("", "kit_nowhere", f"{slot.name}_2", f" {slot.name}", slot.name.swapcase()):
            if name not in {slot.name for slot in capabilities.slots or ()}:
                yield f"the place {name!r}", evolve(order, encodings=(*rest, evolve(held, slot=name)))
                yield (
                    f"one more place {name!r}",
                    evolve(order, encodings=(*order.encodings, evolve(held, slot=name))),
                )
        for kind in sorted(capabilities.encodings - slot.kinds, key=str):
            yield (
                f"{kind.value} in {slot.name}",
                evolve(order, encodings=(*rest, Encoding(kind, sample(kind), slot.name))),
            )
        if slot.kinds != {EncodingKind.EAN13}:
            text = "1" * (slot.limit + 1)
            yield (
                f"{len(text)} characters in {slot.name}",
                evolve(order, encodings=(*rest, evolve(held, value=text))),
            )
        yield f"two values in {slot.name}", evolve(order, encodings=(*order.encodings, held))
