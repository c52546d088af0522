"""What users read imports from the public face alone: the library, its capabilities, ports, kit, memory and adapters."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Final

import pytest

from loyaltycore.capabilities import CAPABILITIES
from tests.docs.pages import ROOT, Block, blocks, name, pages

ADAPTERS: Final = {path.parent.name for path in (ROOT / "adapters").glob("*/__init__.py")}

FACE: Final = {
    "loyaltycore",
    *(f"loyaltycore.{part}" for part in ("ports", "testing", "memory")),
    *(f"loyaltycore.{capability.name}" for capability in CAPABILITIES),
    *ADAPTERS,
}

MOST: Final = 29
"""How many modules a reader has to know at most."""

OFFERED_MODULES: Final = {("loyaltycore.testing", "strategies")}
"""A module that a package offers as a whole: a bare `money` or `keys` would not say that it is a strategy."""

EXAMPLES: Final = sorted((ROOT / "examples").rglob("*.py"))

Import = tuple[str, str]
"""A module and the name that is taken from it, or no name."""


def _imports(code: str) -> Iterator[Import]:
    """What some code imports of ours, at any depth of it."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            found = [(str(node.module), alias.name) for alias in node.names]
        elif isinstance(node, ast.Import):
            found = [(alias.name, "") for alias in node.names]
        else:
            continue
        yield from (each for each in found if each[0].partition(".")[0] in {"loyaltycore", *ADAPTERS})


def _is_public(module: str, taken: str) -> bool:
    if module not in FACE:
        return False
    if not taken or (module, taken) in OFFERED_MODULES:
        return True
    return taken in import_module(module).__all__


def _hidden(code: str) -> set[Import]:
    return {each for each in _imports(code) if not _is_public(*each)}


def _code(block: Block) -> str:
    """The code of a block, that of a Python session without its answers."""
    if block.info != "pycon":
        return block.code
    return "\n".join(line[4:] for line in block.code.splitlines() if line.startswith((">>> ", "... ")))


def _shown(page: Path) -> Iterator[Block]:
    """The blocks of a page with Python in them, those that do not run included."""
    return (block for block in blocks(page) if block.is_python)


@pytest.mark.parametrize("page", pages(), ids=name)
def test_pages_import_from_the_public_face(page: Path) -> None:
    """No block of a page takes a name from a module that may move."""
    found = {block.line: _hidden(_code(block)) for block in _shown(page)}
    assert {line: imports for line, imports in found.items() if imports} == {}


@pytest.mark.parametrize("path", EXAMPLES, ids=name)
def test_examples_import_from_the_public_face(path: Path) -> None:
    """Nor does an example."""
    assert _hidden(path.read_text("utf-8")) == set()


def test_readers_meet_few_modules() -> None:
    """All pages and examples together import from a number of modules that a person can remember."""
    texts = [_code(block) for page in pages() for block in _shown(page)]
    texts += [path.read_text("utf-8") for path in EXAMPLES]
    modules = {module for text in texts for module, _ in _imports(text)}
    assert {"loyaltycore", "loyaltycore.cards", "loyaltycore.testing", "loyaltycore_sql"} <= modules
    assert len(modules) <= MOST


@pytest.mark.parametrize("page", pages(), ids=name)
def test_a_block_imports_once_from_a_module(page: Path) -> None:
    """Names of one module stand in one import."""
    for block in _shown(page):
        top = [node for node in ast.parse(_code(block)).body if isinstance(node, ast.ImportFrom)]
        modules = [str(node.module) for node in top]
        assert sorted(set(modules)) == sorted(modules), f"{name(page)}, line {block.line}"


@pytest.mark.parametrize(
    "line",
    [
        "from loyaltycore.cards.rules.card import CardState",
        "from loyaltycore import desk",
        "import loyaltycore.desk",
        "from loyaltycore_sql.storage import SqlStorage",
        "from loyaltycore.testing import machine",
        "def late():\n    from loyaltycore.kernel.money import Money",
    ],
)
def test_what_is_hidden_would_be_found(line: str) -> None:
    """A module below the face is found, also as a name of its package, in a function or in an adapter."""
    assert len(_hidden(line)) == 1


def test_what_is_public_is_not_hidden() -> None:
    """The face itself may be imported from."""
    assert _hidden("from loyaltycore import Loyalty\nfrom loyaltycore.cards import CardState") == set()
    assert _hidden("from loyaltycore.testing import strategies\nimport loyaltycore_sql") == set()
