"""A card as it will be printed, as a PDF and, where pypdfium2 is installed, as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from loyaltycore import Loyalty
from loyaltycore.cards import CardOrder
from loyaltycore.outbox import MessageState
from loyaltycore.ports import PrintOrder, from_json
from order_cards.drawing import CardDesign, draw

_DESIGN: Final = CardDesign(title="Optik Beispiel", label="Goldkarte", colour="#b98f3a")
_SCALE: Final = 4.0


def save_preview(loyalty: Loyalty, order: CardOrder, folder: Path) -> list[Path]:
    """Draw what the vendor was sent for an order; answers the files."""
    pdf = folder / "card.pdf"
    draw(_print_order(loyalty, order), _DESIGN, pdf)
    return [pdf, *_pictures(pdf)]


def _print_order(loyalty: Loyalty, order: CardOrder) -> PrintOrder:
    """The print order as it left: it stands in the outbox."""
    after = ""
    while True:
        page = loyalty.session("outbox").outbox.messages(MessageState.DONE, limit=500, after=after)
        for message in page.items:
            if message.kind == "card_print.submit" and message.about_key == order.id:
                return from_json(message.payload, PrintOrder)
        after = page.next
        if not after:
            raise LookupError(order.id)


def _pictures(pdf: Path) -> list[Path]:
    try:
        import pypdfium2  # noqa: PLC0415  a picture is nice to have, no more
    except ImportError:
        return []
    pictures = []
    with pypdfium2.PdfDocument(pdf) as document:
        for number, side in enumerate(("front", "back")):
            picture = pdf.with_name(f"card-{side}.png")
            page = document[number]
            page.render(scale=_SCALE).to_pil().save(picture)
            pictures.append(picture)
    return pictures
