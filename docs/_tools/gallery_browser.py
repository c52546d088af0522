"""Chromium in a window as large as a phone's, and the pictures that it takes of examples."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, Final

from PIL import Image
from selenium.webdriver import Chrome, ChromeOptions, ChromeService

WIDTH, HEIGHT = 375, 667
PATIENCE: Final = 20
_MARGIN: Final = 24
_GROUND: Final = "#d9d4c7"
_COLOURS: Final = 32


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
    driver.set_page_load_timeout(PATIENCE)
    try:
        yield driver
    finally:
        driver.quit()


@contextmanager
def running(script: Path, *arguments: str) -> Iterator[IO[str]]:
    """An example while it runs: what it prints."""
    command = [sys.executable, str(script), "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  ourselves
        assert process.stdout  # noqa: S101  it is a pipe
        try:
            yield process.stdout
        finally:
            process.terminate()


def screen(driver: Chrome) -> Image.Image:
    """What is seen now."""
    with Image.open(BytesIO(driver.get_screenshot_as_png())) as taken:
        return taken.convert("RGB")


def beside(screens: Sequence[Image.Image]) -> Image.Image:
    """Screens, one beside the other."""
    width = len(screens) * (WIDTH + _MARGIN) + _MARGIN
    whole = Image.new("RGB", (width, HEIGHT + 2 * _MARGIN), _GROUND)
    for number, each in enumerate(screens):
        whole.paste(each, (_MARGIN + number * (WIDTH + _MARGIN), _MARGIN))
    return whole.quantize(_COLOURS, dither=Image.Dither.NONE)
