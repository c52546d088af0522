"""Takes the picture of the form of ``examples/clean_up.py`` with Chromium."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final

from PIL import Image

NAME: Final = "compare-customers.png"
_SIZE: Final = "720,560"


def picture(form: Path) -> Image.Image:
    """The page as a desk shows it."""
    taken = form.with_suffix(".png")
    command = [
        shutil.which("chromium") or "",
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
    ]
    command += [f"--window-size={_SIZE}", f"--screenshot={taken}", form.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=60)  # noqa: S603  a browser
    with Image.open(taken) as found:
        return found.convert("RGB")
