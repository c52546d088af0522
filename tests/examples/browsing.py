"""What somebody does in a browser: press, fill in, go from control to control with a key, and wait for what comes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Final

from PIL import Image
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from tests.docs.pages import ROOT, tool

BROWSER: Final = tool("gallery_browser")
CONTROLS: Final = "button, input:not([type=hidden]), select, textarea"
FINGER: Final = 44
"""Pixels: what a finger hits (WCAG 2.5.5)."""
MOST_BYTES: Final = 60_000
"""Of a picture."""

_FEW: Final = 6
_PATIENCE: Final = 20
_MOST_TABS: Final = 60


def missing() -> str:
    """What is not installed, or nothing."""
    return next(
        (f"{name} is not installed" for name in ("chromium", "chromedriver") if not shutil.which(name)), ""
    )


def press(driver: Chrome, text: str) -> None:
    """Press the button, or follow the link, that says this, and wait for the page that comes."""
    found = driver.find_element(By.XPATH, f"(//button|//a)[normalize-space()='{text}']")
    _leave(driver, found.click)


def fill(driver: Chrome, **fields: str) -> None:
    """Type into fields that are empty, by their ids."""
    for name, text in fields.items():
        driver.find_element(By.ID, name).send_keys(text)


def tab_to(driver: Chrome, name: str) -> WebElement:
    """Go from one control to the next with the key alone, until one is reached that is called so."""
    for _ in range(_MOST_TABS):
        driver.switch_to.active_element.send_keys(Keys.TAB)
        here = driver.switch_to.active_element
        if here.accessible_name.startswith(name):
            return here
    raise AssertionError(f"no key leads to {name!r}")


def enter(driver: Chrome) -> None:
    """Press the key for what has the focus, and wait for the page that comes."""
    here = driver.switch_to.active_element
    _leave(driver, lambda: here.send_keys(Keys.ENTER))


def text_of(driver: Chrome) -> str:
    """What is on the page."""
    return driver.find_element(By.TAG_NAME, "body").text


def complaints(driver: Chrome) -> list[str]:
    """What the browser does not like about the pages since it was asked last, but the status of an answer."""
    log = driver.get_log("browser")
    return [entry["message"] for entry in log if "responded with a status of" not in entry["message"]]


def assert_fits(driver: Chrome) -> None:
    """Nothing has to be scrolled to the side, every control has a name, and a finger can hit it."""
    assert driver.execute_script("return document.documentElement.scrollWidth") == BROWSER.WIDTH
    controls = driver.find_elements(By.CSS_SELECTOR, CONTROLS)
    assert all(control.accessible_name for control in controls[:_FEW])
    heights = "return [...document.querySelectorAll(arguments[0])].map(each => each.offsetHeight)"
    assert min(driver.execute_script(heights, CONTROLS), default=FINGER) >= FINGER
    assert complaints(driver) == []


def assert_like_now(name: str, taken: Image.Image) -> None:
    """The picture of the documentation is as large as one of now, and a small file."""
    kept = ROOT / "docs" / "images" / name
    with Image.open(kept) as picture:
        assert picture.size == taken.size
    assert kept.stat().st_size < MOST_BYTES


def _leave(driver: Chrome, act: Callable[[], object]) -> None:
    """Do something that leads to another page, and wait until it is there."""
    before = driver.find_element(By.TAG_NAME, "html")
    act()
    wait = WebDriverWait(driver, _PATIENCE, poll_frequency=0.02)
    wait.until(lambda _: driver.find_element(By.TAG_NAME, "html") != before)
    wait.until(lambda _: driver.execute_script("return document.readyState") == "complete")
