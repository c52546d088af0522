"""Runs the examples, writes what they print into their page, and draws the pictures: ``python docs/_tools/gallery.py``.

It needs what the extra `dev` installs, and Chromium with its driver; it takes a minute.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import gallery_booking
import gallery_browser
import gallery_merging
import gallery_pictures
import gallery_text
import gallery_till

ROOT: Final = Path(__file__).parents[2]
ORDER_CARDS: Final = "order_cards/run.py"
CLEAN_UP: Final = "clean_up.py"
SIMULATION: Final = "simulate_program.py"
TILL: Final = ROOT / "examples" / "till" / "run.py"
BOOKING: Final = ROOT / "examples" / "booking_page" / "run.py"


def main() -> None:
    """Write page and pictures."""
    others = {ORDER_CARDS, SIMULATION, CLEAN_UP, gallery_text.MAIL}
    printed = {script: _run(script) for script in gallery_text.scripts() - others}
    printed[SIMULATION] = _run(SIMULATION, "--chart", str(ROOT / "docs" / "images" / "simulated-club.svg"))
    with tempfile.TemporaryDirectory() as output:
        printed[ORDER_CARDS] = _run(ORDER_CARDS, "--output", output)
        (folder,) = Path(output).iterdir()
        printed[gallery_text.MAIL] = gallery_text.mail(folder)
        drawn = gallery_pictures.pictures(folder, printed[ORDER_CARDS])
    with tempfile.TemporaryDirectory() as output:
        form = Path(output, "form.html")
        printed[CLEAN_UP] = _run(CLEAN_UP, "--form", str(form))
        drawn[gallery_merging.NAME] = gallery_merging.picture(form)
    with gallery_browser.browser() as driver:
        with gallery_booking.example(BOOKING) as (address, password):
            drawn[gallery_booking.NAME] = gallery_booking.picture(driver, address, password)
        with gallery_till.example(TILL) as (address, known):
            drawn[gallery_till.NAME] = gallery_till.picture(driver, address, known)
    for name, picture in drawn.items():
        picture.save(ROOT / "docs" / "images" / name, optimize=True)
    gallery_text.PAGE.write_text(gallery_text.page(printed), "utf-8")


def _run(script: str, *arguments: str) -> str:
    command = [sys.executable, str(ROOT / "examples" / script), *arguments]
    done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8", timeout=300)  # noqa: S603  ourselves
    return done.stdout


if __name__ == "__main__":
    main()
