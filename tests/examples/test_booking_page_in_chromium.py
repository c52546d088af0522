"""The booking page in a real browser: on a phone, without a mouse, and inside another page.

Skipped where Chromium and its driver are not installed; an error instead where ``CI`` is set and
``LOYALTYCORE_TEST_CHROMIUM`` is 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from booking_page.shop import set_up
from loyaltycore.booking import AppointmentState
from loyaltycore.cli.serving import serving
from loyaltycore.memory import MemoryStorage
from tests.docs.pages import ROOT, blocks, tool
from tests.examples.booking import BRANCH, ERIKA, MONDAY, PASSWORD, Site, site
from tests.examples.browsing import (
    assert_fits,
    assert_like_now,
    complaints,
    enter,
    fill,
    press,
    tab_to,
    text_of,
)

HOW_TO: Final = ROOT / "docs" / "how-to" / "put-booking-on-your-page.md"
GALLERY: Final = tool("gallery_booking")
TEN: Final = "10:00"


@contextmanager
def served(folder: Path, **settings: str) -> Iterator[tuple[Site, str]]:
    """The page on a port of this machine; answers its address, too."""
    with site(MemoryStorage(), folder, **settings) as shop, serving(shop.app) as server:
        address = f"http://127.0.0.1:{server.port}"
        set_up(shop.loyalty, address)
        yield shop, address


def states(shop: Site) -> list[AppointmentState]:
    """How the appointments of the day stand."""
    return [each.state for each in shop.desk.appointments.on(BRANCH, MONDAY.date())]


def test_booked_moved_and_cancelled_on_a_phone(tmp_path: Path, chromium: Chrome) -> None:
    """A customer books; the staff enter the customer, move the appointment and tell; the customer cancels."""
    with served(tmp_path) as (shop, address):
        chromium.get(address)
        press(chromium, "Eye test, 30 minutes")
        assert_fits(chromium)
        press(chromium, TEN)
        assert_fits(chromium)
        fill(chromium, **ERIKA)
        press(chromium, "Book")
        assert "Monday, 12 January, 10:00 to 10:30" in text_of(chromium)

        chromium.get(f"{address}/staff/")
        fill(chromium, password=PASSWORD)
        press(chromium, "Sign in")
        press(chromium, "Erika Mustermann, 2026-01-12 10:00")
        press(chromium, "Enter as a new customer")
        script = "document.getElementById('starts_at').value = '2026-01-12T15:00'"
        chromium.execute_script(script)  # the field is filled in as the country of the browser writes dates
        assert_fits(chromium)
        press(chromium, "Move")
        press(chromium, "By mail")
        assert "told by email: moved" in text_of(chromium)
        link = shop.link()
        press(chromium, "What customers got")
        assert_fits(chromium)

        chromium.get(address + link)
        assert "Monday, 12 January, 15:00 to 15:30" in text_of(chromium)
        assert states(shop) == [AppointmentState.REQUESTED]
        press(chromium, "Cancel this appointment")
        assert "This appointment is cancelled" in text_of(chromium)
        assert states(shop) == [AppointmentState.CANCELLED]


def test_booked_without_a_mouse(tmp_path: Path, chromium: Chrome) -> None:
    """Keys alone lead from the first page to the confirmation, past a form in which something was wrong."""
    with served(tmp_path) as (shop, address):
        chromium.get(address)
        tab_to(chromium, "Eye test")
        enter(chromium)
        tab_to(chromium, "Monday, 12 January, 10:00")
        enter(chromium)
        for field in ("First name", "Last name", "Phone"):
            tab_to(chromium, field).send_keys(ERIKA[field.lower().replace(" ", "_")])
        enter(chromium)
        wrong = chromium.switch_to.active_element
        assert wrong.accessible_name == "E-mail"
        assert wrong.get_dom_attribute("aria-invalid") == "true"
        wrong.send_keys(ERIKA["email"])
        tab_to(chromium, "Book")
        enter(chromium)
        assert "Your appointment is booked" in text_of(chromium)
        assert states(shop) == [AppointmentState.REQUESTED]


def test_a_name_that_would_be_a_script(tmp_path: Path, chromium: Chrome) -> None:
    """It is shown, and nothing of it runs, for the visitor and for the staff."""
    name = "<img src=x onerror=\"document.title='taken'\">"
    with served(tmp_path) as (_, address):
        chromium.get(f"{address}/?kind=eye-test")
        press(chromium, TEN)
        fill(chromium, **{**ERIKA, "first_name": name, "phone": ""})
        press(chromium, "Book")
        assert chromium.find_element(By.ID, "first_name").get_property("value") == name
        fill(chromium, phone=ERIKA["phone"])
        press(chromium, "Book")
        chromium.get(f"{address}/staff/")
        fill(chromium, password=PASSWORD)
        press(chromium, "Sign in")
        assert f"{name} Mustermann" in text_of(chromium)
        assert chromium.title.startswith("Desk")
        assert complaints(chromium) == []


HEAD: Final = '<!doctype html><title>Our shop</title><meta name="viewport" content="width=device-width"><h1>Our shop</h1>'


def embedding(frame: str) -> Any:
    """Another application, whose page shows this frame."""

    def page(_: Any, answer: Any) -> list[bytes]:
        answer("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [f"{HEAD}{frame}".encode()]

    return page


@contextmanager
def framed(folder: Path, driver: Chrome, **settings: str) -> Iterator[Site]:
    """The frame of the how-to on a page of localhost: another site than 127.0.0.1, so no cookie would come along."""
    (frame,) = (block.code for block in blocks(HOW_TO) if block.info == "html")
    with served(folder, **settings) as (shop, address):
        page = embedding(frame.replace("http://127.0.0.1:8080", address))
        with serving(page) as other:
            host = f"http://localhost:{other.port}"
            if not settings:
                shop.app.config["EMBED_IN"] = host
            driver.get(host)
            driver.switch_to.frame(0)
            yield shop
            driver.switch_to.default_content()


def test_embedded_in_another_page(tmp_path: Path, chromium: Chrome) -> None:
    """A customer books inside the page of another site."""
    with framed(tmp_path, chromium) as shop:
        press(chromium, "Eye test, 30 minutes")
        press(chromium, TEN)
        fill(chromium, **ERIKA)
        press(chromium, "Book")
        assert "Your appointment is booked" in text_of(chromium)
        assert states(shop) == [AppointmentState.REQUESTED]
        assert complaints(chromium) == []


def test_no_other_site_embeds_it(tmp_path: Path, chromium: Chrome) -> None:
    """The frame stays empty on a site that the page was not told of."""
    with framed(tmp_path, chromium, embed_in="https://shop.example"):
        assert "appointment" not in text_of(chromium)
        assert any("frame-ancestors" in words for words in complaints(chromium))


def test_the_picture_can_be_taken(tmp_path: Path, chromium: Chrome) -> None:
    """The picture of the documentation is as large as one of now, and a small file."""
    with served(tmp_path) as (_, address):
        taken = GALLERY.picture(chromium, address, PASSWORD)
    assert_like_now(GALLERY.NAME, taken)
