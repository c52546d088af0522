"""The tests that "Test your application" shows are run by pytest itself, as readers run them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.docs.pages import ROOT, blocks
from tests.webhooks.hosts import write_blocks

PAGE: Final = ROOT / "docs" / "how-to" / "test-your-application.md"


def test_the_tests_of_the_page_pass(tmp_path: Path) -> None:
    """All of them, in a folder of their own, with warnings as errors."""
    write_blocks(list(blocks(PAGE)), tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 passed" in done.stdout
