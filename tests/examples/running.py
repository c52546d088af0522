"""Runs an example as a reader would: as a script, in a folder of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"


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
