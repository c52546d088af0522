"""The page about messages says what messages may say."""

from __future__ import annotations

import re

from tests.docs.pages import ROOT
from tests.house import build_house


def test_its_placeholders_are_there() -> None:
    """Whatever a row of its table writes or asks for is a placeholder of some purpose."""
    page = ROOT / "docs" / "how-to" / "write-your-own-messages.md"
    rows = [line for line in page.read_text("utf-8").splitlines() if line.startswith("| `")]
    shown = set(re.findall(r"\{(?:\{|% if) ([a-z_.]+)", "\n".join(rows)))
    purposes = build_house().desk.templates.purposes()
    assert shown
    assert shown <= {place.path for purpose in purposes for place in purpose.placeholders}
