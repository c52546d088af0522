"""Orders in which one part after the other stands out, so that it shows where one gets lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, TypeAlias

from attrs import evolve, fields

from loyaltycore.kernel.printing import Encoding, EncodingKind, PostalAddress, PrintOrder
from loyaltycore.ports.card_printing import PrinterCapabilities

Change: TypeAlias = Callable[[PrintOrder, str], PrintOrder]
"""Puts a text into an order."""

TELLING: Final = (
    " A1 ",
    "A  1",
    "e\u0301 \u00e9",
    "Größe",
    "Ł中\U0001f600",
    "a\nb",
    "a\tb",
    "0012",
    "null",
    "=1+1",
    "a;b,c\"d'e|f\\g",
    "<b>&amp;</b>",
    "100%s {0} $1",
    "a.b. c?",
    "x" * 24,
    "x" * 40,
    "Xy" * 80,
)
"""Texts that show whether they were cut, trimmed, escaped, composed, converted or read as something else."""

RUDE: Final = ("", " ", "\x00", "\ud800", "\r\nX-Injected: yes", "\u00a0", "\u2028", "x" * 600)
"""Texts that vendors have no room or no letters for."""

_LINES: Final = ("Sehhaus am Markt", "Hinterhaus, 3. Stock", "Lange Straße 7")
_PLACES: Final = (
    ("AT", "1010", "Wien"),
    ("CH", "8001", "Zürich"),
    ("GB", "SW1A 1AA", "London"),
    ("DE", "01067", "Dresden"),
)
_SAYS: Final = (("name", "Erika Größ-Müstermann"), ("card_number", "4711"))


def one_by_one(order: PrintOrder, letter: str, capabilities: PrinterCapabilities) -> Iterator[PrintOrder]:
    """The order with one part after the other that a printer might forget, and at last with all of them."""
    to = order.ship_to
    for times in (1, 3, 10, 40):
        yield evolve(order, comment=("Two, please. " * times).strip())
    yield evolve(order, bulk=True)
    for language in ("", "de", "en", "fr"):
        yield evolve(order, cover_letter=letter, language=language)
    yield evolve(order, cover_letter=letter, letter_variables=_SAYS)
    yield evolve(order, ship_to=evolve(to, company=_LINES[0]))
    for count in range(1, len(_LINES) + 1):
        yield evolve(order, ship_to=evolve(to, lines=_LINES[:count]))
    for country, code, city in _PLACES:
        yield evolve(order, ship_to=evolve(to, country=country, postal_code=code, city=city))
    for on_card in _on_cards(order, capabilities):
        yield evolve(order, encodings=on_card)
    yield evolve(
        order,
        bulk=True,
        cover_letter=letter,
        letter_variables=_SAYS,
        language="en",
        comment="Today",
        ship_to=evolve(to, company=_LINES[0], lines=_LINES),
    )


def too_many(order: PrintOrder, letter: str) -> Iterator[PrintOrder]:
    """The order with nothing, one thing twice, or a lot of something."""
    for count in (0, 2, 5, 13, 30):
        yield evolve(order, encodings=order.encodings * count)
        yield evolve(order, ship_to=evolve(order.ship_to, lines=_LINES[:1] * count))
        many = tuple((f"name_{number}", "Erika") for number in range(count))
        yield evolve(_lettered(order, letter), letter_variables=many)
    for kind in EncodingKind:
        twice = (Encoding(kind, sample(kind), f"place_{number}") for number in range(2))
        yield evolve(order, encodings=tuple(twice))
    yield evolve(_lettered(order, letter), letter_variables=_SAYS * 2)


def word_by_word(order: PrintOrder, letter: str, texts: Iterable[str]) -> Iterator[PrintOrder]:
    """The order with each of some texts in each place in turn."""
    for text in texts:
        yield from (change(start, text) for start, change in places_of(order, letter))


def places_of(order: PrintOrder, letter: str) -> Sequence[tuple[PrintOrder, Change]]:
    """Every place for a text, with the order to put it into: one with a letter if the place is in the letter."""
    return [
        *((order, change) for change in (*_ORDER, *_card(order))),
        *((_lettered(order, letter), change) for change in _LETTER),
    ]


def places_for_words(order: PrintOrder, letter: str) -> Sequence[tuple[PrintOrder, Change]]:
    """Those for words that people read."""
    values = (_on_card(place, "value") for place in range(len(order.encodings)))
    return [
        *((order, change) for change in (_field("comment"), _address("name"), _line, *values)),
        (_lettered(order, letter), _says),
    ]


def texts_of(order: PrintOrder) -> tuple[Change, ...]:
    """What puts a text into each place of an order, whether or not it has a letter."""
    return (*_ORDER, *_LETTER, *_card(order))


def _lettered(order: PrintOrder, letter: str) -> PrintOrder:
    return evolve(order, cover_letter=letter, letter_variables=_SAYS, language="en")


def _card(order: PrintOrder) -> Iterator[Change]:
    for place in range(len(order.encodings)):
        yield from (_on_card(place, name) for name in ("value", "slot"))


def _line(order: PrintOrder, text: str) -> PrintOrder:
    return evolve(order, ship_to=evolve(order.ship_to, lines=(text,)))


def _says(order: PrintOrder, text: str) -> PrintOrder:
    return evolve(order, letter_variables=(("name", text), ("card_number", "4711")))


def _field(name: str) -> Change:
    def change(order: PrintOrder, text: str) -> PrintOrder:
        changes: dict[str, Any] = {name: text}
        return evolve(order, **changes)

    return change


def _address(name: str) -> Change:
    def change(order: PrintOrder, text: str) -> PrintOrder:
        changes: dict[str, Any] = {name: text}
        return evolve(order, ship_to=evolve(order.ship_to, **changes))

    return change


def _on_card(place: int, name: str) -> Change:
    def change(order: PrintOrder, text: str) -> PrintOrder:
        changes: dict[str, Any] = {name: text}
        changed = (evolve(encoding, **changes) for encoding in order.encodings[place : place + 1])
        return evolve(order, encodings=(*order.encodings[:place], *changed, *order.encodings[place + 1 :]))

    return change


_ORDER: Final[tuple[Change, ...]] = (
    *(_field(name) for name in ("product", "comment")),
    *(_address(name) for name in ("name", "company", "postal_code", "city", "country")),
    _line,
    lambda order, text: evolve(order, ship_to=evolve(order.ship_to, lines=(*_LINES[:2], text))),
)
_LETTER: Final[tuple[Change, ...]] = (
    *(_field(name) for name in ("cover_letter", "language")),
    _says,
    lambda order, text: evolve(order, letter_variables=((text, "Erika"),)),
)


def _on_cards(order: PrintOrder, capabilities: PrinterCapabilities) -> Iterator[tuple[Encoding, ...]]:
    """What might stand on a card: values that are long or unusual, and many at once."""
    for place, encoding in enumerate(order.encodings):
        for changed in ("1234567890" * 3, *_full(encoding, capabilities)):
            others = order.encodings[:place], order.encodings[place + 1 :]
            yield (*others[0], evolve(encoding, value=changed), *others[1])
    if capabilities.slots is None:
        kinds = sorted(capabilities.encodings, key=str)
        yield tuple(Encoding(kind, sample(kind), f"place_{kind.value}") for kind in kinds)
        yield tuple(Encoding(EncodingKind.TEXT, f"A{number}", f"line_{number}") for number in range(5))
        yield tuple(Encoding(EncodingKind.TEXT, "A1", f"line_{number}") for number in range(2))


def _full(encoding: Encoding, capabilities: PrinterCapabilities) -> Iterable[str]:
    """A value that takes all the room of its place."""
    if encoding.kind is EncodingKind.EAN13:
        return ()
    digits = "1234567890" * 40
    return (digits[: slot.limit] for slot in capabilities.slots or () if slot.name == encoding.slot)


def sample(kind: EncodingKind) -> str:
    """A value that such a code can hold."""
    return "4006381333931" if kind is EncodingKind.EAN13 else f"{1000 + len(kind.value)}"


def assert_as_ordered(made: PrintOrder, order: PrintOrder) -> None:
    """Demand that the vendor has what was ordered; what is said about a letter means nothing if there is none."""
    found, wanted = _comparable(made), _comparable(order)
    _assert_same(found.ship_to, wanted.ship_to, "ship_to.")
    _assert_same(found, wanted)


def _assert_same(
    found: PostalAddress | PrintOrder, wanted: PostalAddress | PrintOrder, within: str = ""
) -> None:
    for field in fields(type(wanted)):
        has, asked = getattr(found, field.name), getattr(wanted, field.name)
        assert has == asked, (
            f"the vendor has another `{within}{field.name}` than was ordered: {has!r}, not {asked!r}"
        )


def _comparable(order: PrintOrder) -> PrintOrder:
    """The order without what makes no difference."""
    letter = bool(order.cover_letter)
    return evolve(
        order,
        encodings=tuple(
            sorted(order.encodings, key=lambda found: (found.slot, found.kind.value, found.value))
        ),
        letter_variables=tuple(sorted(order.letter_variables)) if letter else (),
        language=order.language if letter else "",
    )
