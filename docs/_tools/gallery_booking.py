"""Takes the picture of ``examples/booking_page`` with Chromium, in a window as large as a phone's."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By

WIDTH, HEIGHT = 375, 667
NAME: Final = "booking-page.png"
_MARGIN: Final = 24
_GROUND: Final = "#d9d4c7"
_COLOURS: Final = 32
_PATIENCE: Final = 20

_ERIKA: Final = {"first_name": "Erika", "last_name": "Mustermann", "email": "erika@example.org"}
_OTTO: Final = {"first_name": "Otto", "last_name": "Mustermann", "email": "otto@example.org"}


@contextmanager
def browser() -> Iterator[Chrome]:
    """A browser without a window on the screen."""
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for argument in ("headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage", "hide-scrollbars"):
        options.add_argument(f"--{argument}")
    metrics = {"width": WIDTH, "height": HEIGHT, "pixelRatio": 1, "touch": True}
    options.add_experimental_option("mobileEmulation", {"deviceMetrics": metrics})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options, ChromeService(shutil.which("chromedriver")))
    driver.set_page_load_timeout(_PATIENCE)
    try:
        yield driver
    finally:
        driver.quit()


@contextmanager
def example(script: Path) -> Iterator[tuple[str, str]]:
    """The example while it runs: its address, and the password of the staff."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(script), "--port", "0", "--output", folder]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  ourselves
            assert process.stdout  # noqa: S101  it is a pipe
            said = process.stdout.readline() + process.stdout.readline()
            try:
                found = re.search(r"(http://\S+)/staff/ +\(password (\S+)\)", said)
                if found is None:
                    raise SystemExit(f"{script} did not start: {said}")
                yield found[1], found[2]
            finally:
                process.terminate()


def picture(driver: Chrome, address: str, password: str) -> Image.Image:
    """Three screens, one beside the other: the times, the form, and the reminders of the staff."""
    driver.implicitly_wait(_PATIENCE)  # until what is looked for is there
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
    screens = [_screen(driver)]
    _choose(driver, times)
    _send(driver, {**_ERIKA, "email": "erika@"}, "[role=alert]")
    screens.append(_screen(driver))
    driver.get(f"{address}/staff/")
    _send(driver, {"password": password}, "#reminders")
    driver.get(f"{address}/staff/?day={monday}")
    screens.append(_screen(driver))
    driver.implicitly_wait(0)
    return _beside(screens)


def _choose(driver: Chrome, times: str) -> None:
    """Click on the third time that is free on the first day."""
    driver.get(times)
    driver.find_elements(By.CSS_SELECTOR, ".week button")[2].click()


def _send(driver: Chrome, fields: Mapping[str, str], comes: str) -> None:
    """Fill in a form and send it, and wait for something on the page that comes."""
    for name, text in fields.items():
        driver.find_element(By.ID, name).send_keys(text)
    driver.find_element(By.CSS_SELECTOR, "main button").click()
    driver.find_element(By.CSS_SELECTOR, comes)


def _screen(driver: Chrome) -> Image.Image:
    with Image.open(BytesIO(driver.get_screenshot_as_png())) as screen:
        return screen.convert("RGB")


def _beside(screens: list[Image.Image]) -> Image.Image:
    width = len(screens) * (WIDTH + _MARGIN) + _MARGIN
    whole = Image.new("RGB", (width, HEIGHT + 2 * _MARGIN), _GROUND)
    for number, screen in enumerate(screens):
        whole.paste(screen, (_MARGIN + number * (WIDTH + _MARGIN), _MARGIN))
    return whole.quantize(_COLOURS, dither=Image.Dither.NONE)
