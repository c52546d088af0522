"""Takes the picture of ``examples/booking_page`` with Chromium, in a window as large as a phone's."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from gallery_browser import PATIENCE, beside, running, screen
from PIL import Image
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

NAME: Final = "booking-page.png"

_ERIKA: Final = {"first_name": "Erika", "last_name": "Mustermann", "email": "erika@example.org"}
_OTTO: Final = {"first_name": "Otto", "last_name": "Mustermann", "email": "otto@example.org"}


@contextmanager
def example(script: Path) -> Iterator[tuple[str, str]]:
    """The example while it runs: its address, and the password of the staff."""
    with tempfile.TemporaryDirectory() as folder, running(script, "--output", folder) as printed:
        said = printed.readline() + printed.readline()
        found = re.search(r"(http://\S+)/staff/ +\(password (\S+)\)", said)
        if found is None:
            raise SystemExit(f"{script} did not start: {said}")
        yield found[1], found[2]


def picture(driver: Chrome, address: str, password: str) -> Image.Image:
    """Three screens, one beside the other: the times, the form, and the reminders of the staff."""
    driver.implicitly_wait(PATIENCE)  # until what is looked for is there
    driver.get(f"{address}/?kind=eye-test")
    later = date.fromisoformat(
        str(driver.find_element(By.CSS_SELECTOR, "[rel=next]").get_attribute("href"))[-10:]
    )
    monday = later + timedelta(days=-later.weekday() % 7)
    times = f"{address}/?kind=eye-test&week={monday}"
    _choose(driver, times)
    _send(driver, {**_OTTO, "phone": "01 555 1234"}, "[role=status]")
    _choose(driver, times)
    driver.find_element(By.ID, "first_name")  # the other room is held from now on, so there is an x
    driver.get(times)
    screens = [screen(driver)]
    _choose(driver, times)
    _send(driver, {**_ERIKA, "email": "erika@"}, "[role=alert]")
    screens.append(screen(driver))
    driver.get(f"{address}/staff/")
    _send(driver, {"password": password}, "#reminders")
    driver.get(f"{address}/staff/?day={monday}")
    screens.append(screen(driver))
    driver.implicitly_wait(0)
    return beside(screens)


def _choose(driver: Chrome, times: str) -> None:
    """Click on the third time that is free on the first day."""
    driver.get(times)
    driver.find_elements(By.CSS_SELECTOR, ".week button")[2].click()


def _send(driver: Chrome, fields: Mapping[str, str], comes: str) -> None:
    """Fill in a form and send it, and wait for something on the page that comes."""
    for name, text in fields.items():
        driver.find_element(By.ID, name).send_keys(text)
    driver.find_element(By.CSS_SELECTOR, "main form:last-of-type button").click()
    driver.find_element(By.CSS_SELECTOR, comes)
