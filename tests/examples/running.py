"""Runs an example as a reader would, as a script, in a folder of its own; and compares it with its page."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.docs.pages import tool

EXAMPLES = Path(__file__).parents[2] / "examples"
TEXT: Final = tool("gallery_text")


def run(script: str, folder: Path, *arguments: str, patience: float = 30) -> subprocess.CompletedProcess[str]:
    """Run it to its end; answers what it has written, with the exit code."""
    return subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLES / script), *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder,
        timeout=patience,
        check=False,
    )


def assert_shown(printed: Mapping[str, str]) -> None:
    """Their page shows what these scripts print, but for dates and card numbers; `docs/_tools/gallery.py` writes it."""
    assert TEXT.lasting(TEXT.PAGE.read_text("utf-8")) == TEXT.lasting(TEXT.page(printed))
