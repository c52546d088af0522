"""The page of refusals names every code that the library can raise, and no other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from loyaltycore.cards import CardStanding
from loyaltycore.vouchers.rules.redeeming import UNUSABLE
from tests.docs.pages import ROOT, headings, table

PAGE: Final = ROOT / "docs" / "reference" / "refusals.md"
HEADINGS: Final = headings(PAGE, 2)
STANDINGS: Final = {
    f"card.{standing.value}" for standing in CardStanding if standing is not CardStanding.VALID
}

COMPUTED: Final = {"f'card.{self.standing.value}'": STANDINGS, "self.code": set(), "code": UNUSABLE}
"""Codes that are put together at run time, by the expression that does it; that of a blocker is its own."""


def _raised() -> Iterator[str]:
    for source in ("src", "adapters"):
        for path in sorted((ROOT / source).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in {"Refused", "Blocker"}:
                    yield from _codes(node.args[0])


def _codes(code: ast.expr) -> set[str]:
    if isinstance(code, ast.Constant):
        return {code.value}
    return COMPUTED[ast.unparse(code)]


def _documented() -> list[str]:
    return [row["Code"] for heading in HEADINGS for row in table(PAGE, heading)]


def test_every_refusal_is_on_the_page() -> None:
    """A code in the source is explained to whoever meets it."""
    assert set(_raised()) <= set(_documented())


def test_the_page_names_nothing_that_is_never_raised() -> None:
    """A code on the page exists, and stands there once."""
    documented = _documented()
    assert set(documented) <= set(_raised())
    assert len(documented) == len(set(documented))


def test_every_refusal_says_what_would_help() -> None:
    """No row of the page leaves a column open."""
    for heading in HEADINGS:
        for row in table(PAGE, heading):
            assert all(row.values()), row["Code"]
