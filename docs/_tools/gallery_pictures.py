"""Draws the pictures of the gallery and of the README from what a run of ``examples/order_cards`` leaves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import reportlab
from PIL import Image, ImageDraw, ImageFont

FONT: Final = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"

WIDTH: Final = 1800
MARGIN: Final = 44
CARD: Final = 500
LINE: Final = 46
ORDINARY: Final = 5
"""How many rows are shown of those where nothing special happened."""

GROUND, RULE = "#ffffff", "#d9d4c7"
INK, FAINT, RED = "#20232a", "#6d6a63", "#a3341f"

COLUMNS: Final = {"customer": 0, "branch": 345, "card": 470, "card is": 600, "order is": 735}
"""The columns of the table that are shown, with the distance of each from the left."""


def pictures(folder: Path, printed: str) -> dict[str, Image.Image]:
    """The pictures by their names in ``docs/images``.

    Args:
        folder: What the run has written.
        printed: What it has printed.
    """
    cards = []
    for side in ("front", "back"):
        with Image.open(folder / f"card-{side}.png") as card:
            cards.append(card.convert("RGB"))
    drawn = {
        "order-cards.png": _overview(cards[0], printed.split("How it ended\n")[1].splitlines()),
        "card.png": _sides(cards),
    }
    return {name: picture.quantize(256, dither=Image.Dither.NONE) for name, picture in drawn.items()}


def _sides(cards: Sequence[Image.Image]) -> Image.Image:
    """Both sides of a card, one beside the other."""
    height = round(CARD * cards[0].height / cards[0].width)
    picture = Image.new("RGB", (2 * CARD + 3 * MARGIN, height + 2 * MARGIN), GROUND)
    for number, card in enumerate(cards):
        _place(picture, card, MARGIN + number * (CARD + MARGIN))
    return picture


def _overview(card: Image.Image, lines: Sequence[str]) -> Image.Image:
    rows = list(_rows(lines))
    totals = lines[lines.index("") + 1 :][:4]
    picture = Image.new("RGB", (WIDTH, 2 * MARGIN + (len(rows) + 2) * LINE), GROUND)
    pen = ImageDraw.Draw(picture)
    _place(picture, card, MARGIN)
    _write(pen, MARGIN, MARGIN + round(CARD * card.height / card.width) + 26, totals)
    left = CARD + 2 * MARGIN
    for number, row in enumerate([{name: name for name in COLUMNS}, *rows]):
        top = MARGIN + number * LINE
        for name, distance in COLUMNS.items():
            colour = FAINT if number == 0 else INK if row["order is"] == "delivered" else RED
            pen.text((left + distance, top), row[name], colour, _font(21))
        pen.line((left, top + 35, WIDTH - MARGIN, top + 35), RULE, 2 if number == 0 else 1)
    return picture


def _rows(lines: Sequence[str]) -> Iterator[dict[str, str]]:
    """The first rows of the table, and every one in which something special happened."""
    header, *table = [re.split(r"\s{2,}", line.strip()) for line in lines[: lines.index("")]]
    ordinary = ORDINARY
    for cells in table:
        row = dict(zip(header, cells, strict=True))
        if row["order is"] == "delivered":
            ordinary -= 1
            if ordinary < 0:
                continue
        row["card"] = re.sub(r"•+", "•••• ", row["card"])
        yield row


def _place(picture: Image.Image, card: Image.Image, left: int) -> None:
    """Put a card on the ground, with its corners as round as they are."""
    small = card.resize((CARD, round(CARD * card.height / card.width)), Image.Resampling.LANCZOS)
    mask = Image.new("L", small.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle(
        (0, 0, small.width - 1, small.height - 1), round(CARD * 0.0372), 255
    )
    picture.paste(small, (left, MARGIN), mask)


def _write(pen: ImageDraw.ImageDraw, left: int, top: int, lines: Sequence[str]) -> None:
    for line in lines:
        for part in line.strip().split("; "):
            pen.text((left, top), part, FAINT, _font(19))
            top += 27


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), size)
