"""A card drawn in its true size (ID-1, 85.6 by 54 mm): where each value stands on it.

Texts and QR codes stand on the front; bar codes, the magnetic stripe and the texts of slots that begin with ``back``
on the back. Codes are vectors with their quiet zones, so that a scanner reads them from the screen and from paper.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from attrs import frozen
from reportlab.graphics.barcode import createBarcodeDrawing
from reportlab.lib.colors import Color, HexColor, black, linearlyInterpolatedColor, white
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from loyaltycore.ports import Encoding, EncodingKind, PrintOrder

WIDTH: Final = 85.6 * mm
HEIGHT: Final = 54.0 * mm
_CORNER: Final = 3.18 * mm
_MARGIN: Final = 6.5 * mm

# ISO 7811-6: the stripe begins 5.54 mm below the edge at the latest; with three tracks it is 10.28 mm high at least.
_STRIPE_TOP: Final = 4.5 * mm
_STRIPE_HEIGHT: Final = 12.7 * mm

_REGULAR: Final = "CardPreview"
_BOLD: Final = "CardPreviewBold"
_QR: Final = 19.0 * mm
_BLOCK: Final = 29.0 * mm
_LEADING: Final = 1.35
_DARK: Final = HexColor("#20232a")
_BRIGHT: Final = 0.6

_BARCODES: Final = {EncodingKind.EAN13: "EAN13", EncodingKind.CODE128: "Code128"}
_MODULE: Final = 0.33 * mm
_QUIET: Final = 11
_CAPTIONED: Final = 8 * mm
_WIDEST: Final = WIDTH - 6 * mm


@frozen
class CardDesign:
    """What the cards of a product look like; an approximation of what was agreed with the vendor."""

    title: str
    """The shop or the club, top left."""

    label: str
    """The name of the card, top right."""

    colour: str
    """As ``#rrggbb``."""


@frozen
class Style:
    """How a slot is set."""

    font: str
    size: float
    """In points."""


_STYLES: Final = {
    "number": Style(_REGULAR, 10.5),
    "name_line_1": Style(_BOLD, 9.5),
    "name_line_2": Style(_REGULAR, 8.5),
}
_PLAIN: Final = Style(_REGULAR, 7)


def draw(order: PrintOrder, design: CardDesign, path: Path) -> None:
    """Write a PDF of two pages, front and back."""
    registerFont(TTFont(_REGULAR, "Vera.ttf"))
    registerFont(TTFont(_BOLD, "VeraBd.ttf"))
    canvas = Canvas(str(path), pagesize=(WIDTH, HEIGHT), invariant=1)
    canvas.setTitle(f"Card {order.reference}")
    with _card(canvas, design):
        _front(canvas, order, design)
    with _card(canvas, design):
        _back(canvas, order, design)
    canvas.save()


@contextmanager
def _card(canvas: Any, design: CardDesign) -> Iterator[None]:
    """One side: the ground within rounded corners, then whatever is drawn on it."""
    canvas.saveState()
    outline = canvas.beginPath()
    outline.roundRect(0, 0, WIDTH, HEIGHT, _CORNER)
    canvas.clipPath(outline, stroke=0, fill=0)
    base = HexColor(design.colour)
    canvas.linearGradient(0, HEIGHT, WIDTH, 0, (_mixed(base, white, 0.12), _mixed(base, black, 0.28)))
    canvas.setFillColor(white, alpha=0.06)
    for radius in (52, 38, 24):
        canvas.circle(WIDTH * 0.92, HEIGHT * 0.95, radius * mm, stroke=0, fill=1)
    yield
    canvas.restoreState()
    canvas.showPage()


def _front(canvas: Any, order: PrintOrder, design: CardDesign) -> None:
    ink = _ink(design)
    _heading(canvas, design, ink)
    codes = [encoding for encoding in order.encodings if encoding.kind is EncodingKind.QR]
    width = WIDTH - 2 * _MARGIN - (_QR + 3 * mm if codes else 0)
    _lines(canvas, _front_lines(order), width, ink)
    edge = min(_QR, (HEIGHT - 20 * mm) / max(len(codes), 1))
    for number, code in enumerate(codes):
        _qr(canvas, code.value, WIDTH - _MARGIN + 1.5 * mm - edge, 5 * mm + number * (edge + mm), edge)


def _back(canvas: Any, order: PrintOrder, design: CardDesign) -> None:
    tracks = [encoding for encoding in order.encodings if encoding.kind.value.startswith("magstripe")]
    top = HEIGHT - 5 * mm
    if tracks:
        _stripe(canvas, tracks)
        top = HEIGHT - _STRIPE_TOP - _STRIPE_HEIGHT - 3 * mm
    texts = [text.value for text in _texts(order) if text.slot.startswith("back")]
    canvas.setFillColor(_ink(design))
    for number, text in enumerate(reversed(texts)):
        _fitted(
            canvas, text, Style(_REGULAR, 5.5), _MARGIN, 3.5 * mm + number * 2.6 * mm, WIDTH - 2 * _MARGIN
        )
    bottom = 4 * mm + len(texts) * 2.6 * mm
    codes = [encoding for encoding in order.encodings if encoding.kind in _BARCODES]
    slot = (top - bottom) / max(len(codes), 1)
    for number, code in enumerate(codes):
        _barcode(canvas, code, top - (number + 1) * slot, min(slot - mm, 22 * mm), slot)


def _heading(canvas: Any, design: CardDesign, ink: Color) -> None:
    baseline = HEIGHT - 10.5 * mm
    canvas.setFillColor(ink)
    label = stringWidth(design.label, _REGULAR, 7.5)
    _fitted(canvas, design.title, Style(_BOLD, 13), _MARGIN, baseline, WIDTH - 2 * _MARGIN - label - 3 * mm)
    canvas.setFont(_REGULAR, 7.5)
    canvas.drawRightString(WIDTH - _MARGIN, baseline, design.label)
    canvas.rect(_MARGIN, baseline - 3.2 * mm, 13 * mm, 0.45 * mm, stroke=0, fill=1)


def _front_lines(order: PrintOrder) -> list[Encoding]:
    """The texts of the front in reading order: whatever the design calls otherwise, the number, the name."""
    texts = [text for text in _texts(order) if not text.slot.startswith("back")]
    known = list(_STYLES)
    return sorted(texts, key=lambda text: known.index(text.slot) if text.slot in _STYLES else -1)


def _texts(order: PrintOrder) -> list[Encoding]:
    return [encoding for encoding in order.encodings if encoding.kind is EncodingKind.TEXT]


def _lines(canvas: Any, lines: list[Encoding], width: float, ink: Color) -> None:
    """Set the lines from the bottom up, smaller where they are too many."""
    styles = [_STYLES.get(line.slot, _PLAIN) for line in lines]
    needed = sum(style.size * _LEADING for style in styles)
    scale = min(1.0, _BLOCK / needed) if needed else 1.0
    baseline = 5.5 * mm
    canvas.setFillColor(ink)
    for line, style in reversed(list(zip(lines, styles, strict=True))):
        _fitted(canvas, line.value, Style(style.font, style.size * scale), _MARGIN, baseline, width)
        baseline += style.size * scale * _LEADING


def _fitted(canvas: Any, text: str, style: Style, x: float, y: float, width: float) -> None:
    """Set a line, smaller where it is too wide."""
    natural = stringWidth(text, style.font, style.size)
    canvas.setFont(style.font, style.size * min(1.0, width / natural) if natural else style.size)
    canvas.drawString(x, y, text)


def _qr(canvas: Any, value: str, x: float, y: float, edge: float) -> None:
    canvas.setFillColor(white)
    canvas.roundRect(x, y, edge, edge, 1.2 * mm, stroke=0, fill=1)
    createBarcodeDrawing("QR", value=value, width=edge, height=edge, barLevel="M").drawOn(canvas, x, y)


def _stripe(canvas: Any, tracks: list[Encoding]) -> None:
    bottom = HEIGHT - _STRIPE_TOP - _STRIPE_HEIGHT
    canvas.setFillColor(HexColor("#15130f"))
    canvas.rect(0, bottom, WIDTH, _STRIPE_HEIGHT, stroke=0, fill=1)
    canvas.setFillColor(HexColor("#6d675e"))
    canvas.setFont(_REGULAR, 4.5)
    names = "  ".join(sorted(track.kind.value.replace("magstripe_track", "track ") for track in tracks))
    canvas.drawRightString(WIDTH - _MARGIN, bottom + 1.5 * mm, names)


def _barcode(canvas: Any, code: Encoding, y: float, height: float, slot: float) -> None:
    """A bar code with its quiet zones on a white field, in the middle of its slot, its characters below if they fit."""
    caption = 4 * mm if height > _CAPTIONED else mm
    natural = _bars(code, _MODULE, mm).width
    drawing = _bars(code, _MODULE * min(1.0, _WIDEST / natural), height - caption - mm)
    left, low = (WIDTH - drawing.width) / 2, y + (slot - height) / 2
    canvas.setFillColor(white)
    canvas.roundRect(left, low, drawing.width, height, mm, stroke=0, fill=1)
    drawing.drawOn(canvas, left, low + caption)
    if caption > mm:
        canvas.setFillColor(_DARK)
        canvas.setFont(_REGULAR, 6.5)
        canvas.drawCentredString(WIDTH / 2, low + 1.4 * mm, code.value)


def _bars(code: Encoding, module: float, height: float) -> Any:
    """The bars with their quiet zones; those of an EAN-13 are right, those of a Code 128 far wider than needed."""
    options = {"value": code.value, "barWidth": module, "barHeight": height, "humanReadable": False}
    if code.kind is EncodingKind.CODE128:
        options |= {"lquiet": _QUIET * module, "rquiet": _QUIET * module}
    return createBarcodeDrawing(_BARCODES[code.kind], **options)


def _ink(design: CardDesign) -> Color:
    """White or nearly black, whichever can be read on the card's colour."""
    red, green, blue = HexColor(design.colour).rgb()
    return _DARK if 0.299 * red + 0.587 * green + 0.114 * blue > _BRIGHT else white


def _mixed(colour: Color, other: Color, share: float) -> Color:
    return linearlyInterpolatedColor(colour, other, 0, 1, share)
