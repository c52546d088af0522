"""The picture of a card in the main example, read back by independent readers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from attrs import evolve
from hypothesis import HealthCheck, given, settings

from loyaltycore.kernel.printing import Encoding, EncodingKind, PrintOrder
from order_cards.drawing import CardDesign, draw
from tests.adapters.cardprint.values import TEXT, an_order, right_orders

FULL = an_order(
    encodings=(
        TEXT,
        Encoding(EncodingKind.TEXT, "„Žižić“ Şahin \u2013 25 €", "name_line_2"),
        Encoding(EncodingKind.TEXT, "4711 0815", "number"),
        Encoding(EncodingKind.TEXT, "gültig bis 12/28", "valid_until"),
        Encoding(EncodingKind.TEXT, "Bei Verlust bitte abgeben", "back_line_1"),
        Encoding(EncodingKind.EAN13, "4006381333931"),
        Encoding(EncodingKind.CODE128, "LC-0815 aB~"),
        Encoding(EncodingKind.QR, "https://sehhaus.example/k/8f3a9c"),
        Encoding(EncodingKind.MAGSTRIPE_TRACK2, "4711=2812"),
    )
)
DESIGN = CardDesign(title="Sehhaus „Größe“", label="GOLD", colour="#b98f3a")
TALL, WIDE = 54.0, 85.6
POINTS = 72 / 25.4


def render(order: PrintOrder, folder: Path) -> pypdfium2.PdfDocument:
    """Draw a card and open the file."""
    draw(order, DESIGN, folder / "card.pdf")
    return pypdfium2.PdfDocument((folder / "card.pdf").read_bytes())


def codes(page: Any) -> set[tuple[str, str]]:
    """The kind and the value of every code that a reader finds on a page."""
    image = page.render(scale=10).to_pil()
    return {(code.format.name, code.text) for code in zxingcpp.read_barcodes(image)}


def lines(page: Any) -> list[str]:
    """The lines of text on a page."""
    return page.get_textpage().get_text_range().splitlines()


def test_a_card_has_two_sides_in_its_true_size(tmp_path: Path) -> None:
    """Two pages of 85.6 by 54 millimetres."""
    with render(FULL, tmp_path) as document:
        sizes = [page.get_size() for page in document]
    assert sizes == [(pytest.approx(WIDE * POINTS), pytest.approx(TALL * POINTS))] * 2


def test_the_codes_can_be_read_back(tmp_path: Path) -> None:
    """A reader finds the QR code on the front and both bar codes on the back, with the ordered values."""
    with render(FULL, tmp_path) as document:
        front, back = document
        assert codes(front) == {("QRCode", "https://sehhaus.example/k/8f3a9c")}
        assert codes(back) == {("EAN13", "4006381333931"), ("Code128", "LC-0815 aB~")}


@pytest.mark.parametrize(
    "code",
    [
        Encoding(EncodingKind.CODE128, "~aB" * 8),
        Encoding(EncodingKind.CODE128, "0"),
        Encoding(EncodingKind.CODE128, " a "),
        Encoding(EncodingKind.EAN13, "2000000000008"),
        Encoding(EncodingKind.QR, "https://example.org/" + "Ab9~" * 70),
    ],
    ids=lambda code: f"{code.kind.value} of {len(code.value)}",
)
def test_short_and_long_codes_can_be_read_back(code: Encoding, tmp_path: Path) -> None:
    """The longest and the shortest codes that may be ordered fit on the card, and a reader gets the same value."""
    with render(an_order(encodings=(code,)), tmp_path) as document:
        found = [value for page in document for _, value in codes(page)]
    assert found == [code.value]


def test_the_writing_is_right(tmp_path: Path) -> None:
    """Umlauts, Turkish and Croatian letters, quotes and the euro come out as ordered, each on its side."""
    with render(FULL, tmp_path) as document:
        front, back = (lines(page) for page in document)
    texts = [code for code in FULL.encodings if code.kind is EncodingKind.TEXT]
    assert {code.value for code in texts if not code.slot.startswith("back")} <= set(front)
    assert {"Sehhaus „Größe“ GOLD"} <= set(front)
    assert "Bei Verlust bitte abgeben" in back
    assert "Bei Verlust bitte abgeben" not in front


def test_the_stripe_is_shown_only_where_one_is_ordered(tmp_path: Path) -> None:
    """The upper part of the back is dark with a track and not without one; its data are not printed."""

    def darkness(order: PrintOrder) -> int:
        with render(order, tmp_path) as document:
            image = document[1].render(scale=4).to_pil().convert("L")
            assert "4711=2812" not in "".join(lines(document[1]))
        return image.getpixel((image.width // 4, image.height // 5))

    bare = evolve(FULL, encodings=FULL.encodings[:-1])
    assert darkness(FULL) < 40 < darkness(bare)


@settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))
@given(order=right_orders())
def test_every_order_that_is_taken_can_be_drawn(order: PrintOrder, tmp_path: Path) -> None:
    """However much is on the card, both sides are drawn and every text is on one of them."""
    with render(order, tmp_path) as document:
        written = "".join("".join(lines(page)) for page in document)
    texts = [code.value for code in order.encodings if code.kind is EncodingKind.TEXT]
    wanted = set("".join(texts)) - set(" ")
    assert wanted <= set(written)


def test_the_same_order_gives_the_same_file(tmp_path: Path) -> None:
    """No time and no chance in the file, so that two pictures can be compared."""
    draw(FULL, DESIGN, tmp_path / "one.pdf")
    draw(FULL, DESIGN, tmp_path / "two.pdf")
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()
