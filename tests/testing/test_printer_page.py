"""The printer of the page for its authors passes the suite as the page shows it."""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Final

import pytest

from loyaltycore.testing.suite import Conformance, judge
from tests.docs.pages import ROOT, blocks

PAGE: Final = ROOT / "docs" / "how-to" / "write-a-card-printer.md"


@pytest.fixture
def conformance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> type[Conformance]:
    """The class that the page defines, with the printer above it."""
    monkeypatch.chdir(tmp_path)
    module = types.ModuleType("printer_page")
    monkeypatch.setitem(sys.modules, "printer_page", module)
    for block in blocks(PAGE):
        if block.is_python and not block.not_run:
            exec(compile(block.code, str(PAGE), "exec", dont_inherit=True), module.__dict__)  # noqa: S102  our own page
    found: type[Conformance] = module.__dict__["TestFolderPrinter"]
    return found


def test_the_printer_of_the_page_passes(conformance: type[Conformance]) -> None:
    """No promise is broken, and most of them are checked."""
    verdicts = judge(conformance)
    assert [verdict for verdict in verdicts if verdict.outcome == "broken"] == []
    kept = [verdict for verdict in verdicts if verdict.outcome == "kept"]
    assert len(kept) > len(verdicts) / 2, [verdict for verdict in verdicts if verdict.outcome == "skipped"]
