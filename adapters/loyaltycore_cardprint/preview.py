"""Shows a card as it will be printed, before anybody pays for it.

Needs the extra ``preview`` and nothing of the vendor.
"""

from __future__ import annotations

import re
from os import PathLike, fspath
from typing import Final

from attrs import field, frozen
from attrs.validators import matches_re

from loyaltycore.errors import Fault, InvalidInput, MissingExtra
from loyaltycore.kernel.printing import PrintOrder
from loyaltycore_cardprint.rules import PRINTABLE, check_order

_COLOUR: Final = r"#[0-9a-fA-F]{6}"

_COLOURS: Final = {
    "basic": "#2f6f73",
    "silver": "#8f9aa5",
    "gold": "#b98f3a",
    "platinum": "#5d6673",
    "black": "#1c1c20",
}
_OTHER: Final = "#1f3a5f"


@frozen(kw_only=True)
class CardDesign:
    """What the design of a product looks like; an approximation of what was agreed with the vendor.

    Attributes:
        title: The name of the shop or of the club, top left.

        label: The name of the card, top right.

        colour: The card's colour as ``#rrggbb``.

        accent: The colour of the line under the title; the colour of the writing, thinner, where it is empty.
    """

    title: str
    label: str = ""
    colour: str = field(default=_OTHER, validator=matches_re(_COLOUR))
    accent: str = field(default="", validator=matches_re(f"({_COLOUR})?"))

    @classmethod
    def of(cls, product: str) -> CardDesign:
        """A design for a product that says no more than its name."""
        words = re.split(r"[-_. ]+", product)
        colour = next((colour for name, colour in _COLOURS.items() if name in product.lower()), _OTHER)
        return cls(title=" ".join(map(_capital, words)), colour=colour)


def render_card(order: PrintOrder, path: str | PathLike[str], *, design: CardDesign | None = None) -> None:
    """Draw front and back of a card, in its true size (ID-1, 85.6 by 54 mm), as a PDF of two pages.

    Text slots stand on the front, those that begin with ``back`` on the back; QR codes on the front, bar codes and
    the magnetic stripe on the back. Codes are vectors with their quiet zones, so that a scanner reads them from the
    screen and from paper.

    Args:
        order: What the vendor would get.

        path: The file to write.

        design: What the product looks like; made from its name where it is left out.

    Raises:
        InvalidInput: The vendor would not print this card; all faults are named.

        MissingExtra: The extra ``preview`` is not installed.
    """
    chosen = design or CardDesign.of(order.product)
    faults = check_order(order) + _check_design(chosen)
    if faults:
        raise InvalidInput(faults)
    try:
        from loyaltycore_cardprint.drawing import draw  # noqa: PLC0415  reportlab comes with an extra that few install
    except ImportError as error:
        raise MissingExtra("preview", error.name or "reportlab") from error
    draw(order, fspath(path), chosen)


def _capital(word: str) -> str:
    """Begin with a capital, unless it is one that cannot be printed (that of the micro sign is Greek)."""
    first = word[:1].upper()
    return (first if PRINTABLE.issuperset(first) else word[:1]) + word[1:]


def _check_design(design: CardDesign) -> tuple[Fault, ...]:
    """The font of the preview has the characters that can be printed, and hardly more."""
    texts = {"design.title": design.title, "design.label": design.label}
    return tuple(
        Fault(name, "unprintable_character", "cannot be printed")
        for name, text in texts.items()
        if not PRINTABLE.issuperset(text)
    )
