"""What is installed with the library: used, supported from a stated version on, and documented."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
SOURCES: Final = "\n".join(
    path.read_text("utf-8") for folder in ("src", "adapters") for path in (ROOT / folder).rglob("*.py")
)
OLDEST: Final = dict(
    line.split("==")
    for line in subprocess.run(
        [sys.executable, ROOT / "scripts" / "oldest.py"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout.splitlines()
)
USED_BY_PYTHON: Final = {"tzdata"}
"""Nobody imports it but `zoneinfo`."""


@pytest.mark.parametrize("name", sorted(OLDEST.keys() - USED_BY_PYTHON))
def test_whatever_is_installed_is_imported(name: str) -> None:
    """No package comes along with the library or an extra that no module imports, by its name or as a driver."""
    modules = {file.parts[0] for file in metadata.files(name) or () if file.name == "__init__.py"}
    modules |= {
        file.stem for file in metadata.files(name) or () if len(file.parts) == 1 and file.suffix == ".py"
    }
    assert modules, f"nothing is known of what {name} brings"
    used = "|".join(map(re.escape, modules))
    assert re.search(rf'^\s*(?:import|from) (?:{used})\b|"(?:{used})"', SOURCES, re.MULTILINE)


def test_the_page_names_the_oldest_versions() -> None:
    """The table of requirements is what the package declares."""
    page = (ROOT / "docs" / "reference" / "requirements.md").read_text("utf-8")
    assert dict(re.findall(r"^\| `([a-z0-9-]+)` \| ([0-9.]+) \|", page, re.MULTILINE)) == OLDEST
