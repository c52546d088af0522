"""The till in a real browser: on a phone, and without a mouse.

Skipped where Chromium and its driver are not installed; an error instead where ``CI`` is set and
``LOYALTYCORE_TEST_CHROMIUM`` is 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from attrs import asdict
from selenium.webdriver import Chrome

from loyaltycore import Loyalty
from loyaltycore.cli.serving import serving
from loyaltycore.memory import MemoryStorage
from loyaltycore.vouchers import CodeKey
from tests.docs.pages import tool
from tests.examples.browsing import assert_fits, assert_like_now, enter, fill, press, tab_to, text_of
from till.app import make_app
from till.shop import Customer, enter_customer, set_up

GALLERY: Final = tool("gallery_till")


@contextmanager
def served() -> Iterator[tuple[str, Customer]]:
    """The till on a port of this machine: its address, and a customer."""
    with Loyalty(MemoryStorage(), code_keys=[CodeKey("test", "only for tests, and long enough")]) as loyalty:
        set_up(loyalty)
        erika = enter_customer(loyalty)
        with serving(make_app(loyalty, clerk="bert")) as server:
            yield f"http://127.0.0.1:{server.port}/", erika


def test_sold_and_taken_back_on_a_phone(chromium: Chrome) -> None:
    """A card is read, a code and points pay, and one article comes back."""
    with served() as (address, erika):
        chromium.get(address)
        fill(chromium, card=erika.card)
        press(chromium, "Read")
        assert "Erika Mustermann" in text_of(chromium)
        press(chromium, "Frame 199.00 EUR")
        press(chromium, "Lens 120.00 EUR")
        fill(chromium, code=erika.gift, points="300")
        press(chromium, "Show")
        assert_fits(chromium)
        press(chromium, "Take 238.65 EUR")
        assert_fits(chromium)
        fill(chromium, **{"reason-lens": "does not fit"})
        press(chromium, "Take one back")
        assert "came back" in text_of(chromium)
        assert_fits(chromium)


def test_worked_without_a_mouse(chromium: Chrome) -> None:
    """A scanner types and presses Enter; keys alone lead to the receipt, past a code that is wrong."""
    with served() as (address, erika):
        chromium.get(address)
        chromium.switch_to.active_element.send_keys(erika.card)
        enter(chromium)
        tab_to(chromium, "Lens")
        enter(chromium)
        tab_to(chromium, "Code").send_keys("NONSENSE")
        enter(chromium)
        wrong = chromium.switch_to.active_element
        assert wrong.get_dom_attribute("aria-invalid") == "true"
        wrong.clear()
        tab_to(chromium, "Take 108.00 EUR")
        enter(chromium)
        assert "Receipt" in chromium.title


def test_the_picture_is_of_this_page(chromium: Chrome) -> None:
    """The picture of the documentation is as large as one of now, and a small file."""
    with served() as (address, erika):
        taken = GALLERY.picture(chromium, address, asdict(erika))
    assert_like_now(GALLERY.NAME, taken)
