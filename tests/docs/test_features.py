"""The list of features: every row once, and every proof a test that exists."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path
from typing import Final

from attrs import frozen

from tests.docs.pages import ROOT

PAGE: Final = ROOT / "docs" / "features.md"
LAST: Final = 223
NOT_YET: Final = "not yet"


@frozen
class Row:
    """One row of the list."""

    number: int
    feature: str
    proof: str

    @property
    def proofs(self) -> list[str]:
        """The ids of the tests that prove it."""
        return [] if self.proof == NOT_YET else re.findall(r"`([^`]+)`", self.proof)


def _rows() -> list[Row]:
    found = re.findall(r"^\| F(\d+) \| ([^|]+) \| ([^|]+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    return [Row(int(number), feature, proof) for number, feature, proof in found]


def _tests() -> dict[str, str]:
    """The docstring of every test function, by its id; read and not run."""
    found = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                found[_id(path, node)] = ast.get_docstring(node) or ""
    return found


def _id(path: Path, node: ast.FunctionDef) -> str:
    return f"{path.relative_to(ROOT).as_posix()}::{node.name}"


def _cited() -> dict[int, list[str]]:
    """The tests that name a row in their docstring, by row."""
    cited = defaultdict(list)
    for test, docstring in _tests().items():
        for number in re.findall(r"\bF(\d{1,3})\b", docstring):
            cited[int(number)].append(test)
    return cited


def _proposed(row: Row, tests: list[str]) -> str:
    proof = ", ".join(f"`{test}`" for test in tests)
    return f"| F{row.number} | {row.feature} | {proof} |"


def test_every_row_is_there_once_and_in_order() -> None:
    """Rows keep their number for good: none is missing and none is there twice."""
    assert [row.number for row in _rows()] == list(range(1, LAST + 1))


def test_every_proof_is_a_test() -> None:
    """A proof that was renamed or removed is noticed."""
    tests = _tests()
    gone = {f"F{row.number}": proof for row in _rows() for proof in row.proofs if proof not in tests}
    assert not gone


def test_a_row_is_proved_or_said_not_to_be() -> None:
    """No proof is a promise in other words."""
    assert not [f"F{row.number}: {row.proof}" for row in _rows() if row.proof != NOT_YET and not row.proofs]


def test_a_row_that_a_test_cites_names_it() -> None:
    """A test that begins with the number of a row stands in it; the message gives the rows as they should be."""
    cited = _cited()
    assert set(cited) <= set(range(1, LAST + 1))
    wrong = [row for row in _rows() if not set(cited[row.number]) <= set(row.proofs)]
    proposed = "\n".join(
        _proposed(row, [*row.proofs, *(test for test in cited[row.number] if test not in row.proofs)])
        for row in wrong
    )
    assert not wrong, f"rows to change in docs/features.md:\n{proposed}"
