"""What users read imports from the public face alone: the library, its capabilities, ports, testing and memory."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from loyaltycore.capabilities import CAPABILITIES
from tests.docs.pages import ROOT, blocks, name, pages

FACE: Final = {
    "loyaltycore",
    *(f"loyaltycore.{part}" for part in ("ports", "testing", "memory")),
    *(f"loyaltycore.{capability.name}" for capability in CAPABILITIES),
}

EXAMPLES: Final = sorted((ROOT / "examples").rglob("*.py"))


def _imported(code: str) -> Iterator[str]:
    """The modules of the library that some code imports from."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            yield str(node.module)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def _hidden(code: str) -> set[str]:
    """The modules behind the public face that some code imports from; the kit for testers has several modules."""
    ours = {module for module in _imported(code) if module.partition(".")[0] == "loyaltycore"}
    return {module for module in ours - FACE if not module.startswith("loyaltycore.testing.")}


@pytest.mark.parametrize("page", pages(), ids=name)
def test_pages_import_from_the_public_face(page: Path) -> None:
    """No block of a page shows a name at a place where it does not have to stay."""
    found = {block.line: _hidden(block.code) for block in blocks(page) if block.info == "python"}
    assert {line: modules for line, modules in found.items() if modules} == {}


@pytest.mark.parametrize("path", EXAMPLES, ids=name)
def test_examples_import_from_the_public_face(path: Path) -> None:
    """Nor does an example."""
    assert _hidden(path.read_text("utf-8")) == set()


def test_a_hidden_module_would_be_found() -> None:
    """The search is no empty promise."""
    assert _hidden("from loyaltycore.cards.rules.card import CardState\nimport loyaltycore.desk") == {
        "loyaltycore.cards.rules.card",
        "loyaltycore.desk",
    }
    assert _hidden("from loyaltycore import Loyalty\nfrom loyaltycore.cards import CardState") == set()
