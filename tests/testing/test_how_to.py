"""The page for authors of adapters leads where it says: to the failures that it shows, and then to none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loyaltycore.testing import judge
from tests.docs.pages import ROOT, Block, blocks
from tests.testing.test_third_party import run_pytest

PAGE = ROOT / "docs" / "how-to" / "test-an-adapter.md"
MAILER = ROOT / "docs" / "how-to" / "write-a-mailer.md"
FILE = re.compile(r"# (?P<name>\w+\.py)\n")


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Block]]:
    """What pytest prints, and what the page shows of it, in order."""
    return list(follow(tmp_path_factory.mktemp("how-to")))


def follow(folder: Path) -> Iterator[tuple[str, Block]]:
    """Save the files of the page one after the other, and run pytest where the page shows a report."""
    for block in blocks(PAGE):
        if file := FILE.match(block.code):
            (folder / file["name"]).write_text(block.code, "utf-8")
        elif block.info == "text" and re.search(r"\d passed", block.code):
            yield run_pytest(folder).stdout, block


def test_the_page_shows_what_happens(reports: list[tuple[str, Block]]) -> None:
    """Who saves the files of the page and runs pytest sees the same tests fail, and pass after the change."""
    assert len(reports) == 2
    for report, block in reports:
        *failures, summary = block.code.strip().splitlines()
        # How much of the reason pytest appends depends on the width of the screen, and is all of it in CI.
        failed = [line.partition(" - ")[0] for line in report.splitlines() if line.startswith("FAILED")]
        assert failed == [line.partition(" - ")[0] for line in failures]
        assert summary in report


def test_the_page_quotes_a_real_failure(reports: list[tuple[str, Block]]) -> None:
    """The failure that the page explains is printed word for word."""
    report, _ = reports[0]
    (quoted,) = [block.code for block in blocks(PAGE) if "foreign error" in block.code]
    for line in quoted.strip().splitlines():
        assert line in report


def test_the_mailer_that_a_page_builds_keeps_its_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who writes a mailer as the page does breaks no promise, and the page says so by a test that can fail."""
    monkeypatch.chdir(tmp_path)
    page: dict[str, Any] = {"__name__": "page"}
    for block in blocks(MAILER):
        if block.is_python:
            exec(compile(block.code, str(MAILER), "exec"), page)  # noqa: S102  our own page
    verdicts = judge(page["TestPickupMailer"])
    assert [verdict for verdict in verdicts if verdict.outcome == "broken"] == []
    assert {verdict.test for verdict in verdicts if verdict.outcome == "kept"} > {
        "test_every_kind_of_text_arrives",
        "test_who_is_not_let_in_says_so",
    }
