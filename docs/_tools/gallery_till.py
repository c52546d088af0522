"""Takes the picture of ``examples/till`` with Chromium, in a window as large as a phone's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from gallery_browser import PATIENCE, beside, running, screen
from PIL import Image
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

NAME: Final = "till.png"
_PRINTED: Final = 4


@contextmanager
def example(script: Path) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The example while it runs: its address, and what to fill in by the ids of fields."""
    with running(script) as printed:
        address, card, gift, fifth = (printed.readline().split()[-1] for _ in range(_PRINTED))
        yield address, {"card": card, "gift": gift, "fifth": fifth}


def picture(driver: Chrome, address: str, known: Mapping[str, str]) -> Image.Image:
    """Three screens: the card with what it offers, the price with a reason for everything, and what came back."""
    driver.implicitly_wait(PATIENCE)  # until what is looked for is there
    driver.get(address)
    _fill(driver, card=known["card"])
    for article in ("frame", "lens", "cloth", "cloth", "cloth"):
        _press(driver, f"add:{article}")
    _fill(driver, code=known["fifth"])
    _fill(driver, code=known["gift"])
    _fill(driver, points="300")
    screens = [_screen(driver, "h1")]
    screens.append(_screen(driver, "#price-title"))
    _press(driver, "pay")
    driver.find_element(By.ID, "reason-lens").send_keys("does not fit")
    driver.find_element(By.CSS_SELECTOR, "[aria-label='Take one back: Lens']").click()
    driver.find_element(By.CSS_SELECTOR, "bdi")
    screens.append(_screen(driver, "h1"))
    driver.implicitly_wait(0)
    return beside(screens)


def _fill(driver: Chrome, **fields: str) -> None:
    """Fill in fields and send them, and wait for the page that comes."""
    before = driver.find_element(By.NAME, "key").get_attribute("value")
    for name, text in fields.items():
        driver.find_element(By.ID, name).send_keys(text)
    driver.find_element(By.CSS_SELECTOR, "main button").click()
    _wait(driver, str(before))


def _press(driver: Chrome, what: str) -> None:
    before = driver.find_element(By.NAME, "key").get_attribute("value")
    driver.find_element(By.CSS_SELECTOR, f"button[value='{what}']").click()
    _wait(driver, str(before))


def _wait(driver: Chrome, before: str) -> None:
    driver.find_element(By.CSS_SELECTOR, f"main:not(:has([name=key][value='{before}']))")


def _screen(driver: Chrome, top: str) -> Image.Image:
    driver.execute_script("document.querySelector(arguments[0]).scrollIntoView()", top)
    return screen(driver)
