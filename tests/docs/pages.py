"""The pages of the documentation, and the code blocks that stand in them."""

from __future__ import annotations

import importlib
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

from attrs import frozen

ROOT: Final = Path(__file__).parents[2]
_TOOLS: Final = str(ROOT / "docs" / "_tools")

_FENCE: Final = re.compile(r"(?P<indent> *)(?P<ticks>`{3,}|~{3,}|:{3,})(?P<info>[^`]*)")
_NOT_RUN: Final = re.compile(r"<!-- not run: (?P<reason>\S.*) -->")


@frozen
class Block:
    """One fenced block."""

    info: str
    """What stands behind the opening fence."""
    line: int
    """Number of its first line of code."""
    code: str
    not_run: str
    """Why it does not run, or empty."""

    @property
    def is_python(self) -> bool:
        """Whether it claims to be Python in any spelling; what is shown of a file runs there."""
        return "py" in self.info.lower() and not self.info.startswith("{literalinclude}")


def pages() -> list[Path]:
    """Every Markdown page of the repository that people read."""
    found = (path for path in (ROOT / "docs").rglob("*.md") if not {"_build", "api"} & {*path.parts})
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted(found)]


def tool(name: str) -> ModuleType:
    """A module of `docs/_tools`, which is no package: its modules import one another as scripts do."""
    if _TOOLS not in sys.path:
        sys.path.append(_TOOLS)
    return importlib.import_module(name)


def name(page: Path) -> str:
    """The page's path inside the repository."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page, in order.

    ``<!-- not run: why -->`` on the line above the fence keeps a block from running.
    """
    lines = page.read_text("utf-8").splitlines()
    position = 0
    while position < len(lines):
        opening = _FENCE.fullmatch(lines[position])
        position += 1
        if opening is None:
            continue
        start = position
        while position < len(lines) and lines[position].strip() != opening["ticks"]:
            position += 1
        above = _NOT_RUN.fullmatch(lines[start - 2].strip()) if start > 1 else None
        code = textwrap.dedent("\n".join(lines[start:position])) + "\n"
        yield Block(opening["info"].strip(), start + 1, code, above["reason"] if above else "")
        position += 1


def headings(page: Path, level: int) -> list[str]:
    """The headings of a page on one level."""
    begin = f"{'#' * level} "
    lines = page.read_text("utf-8").splitlines()
    return [line.removeprefix(begin) for line in lines if line.startswith(begin)]


def table(page: Path, heading: str) -> list[dict[str, str]]:
    """The rows of the first table under a heading, by column; backticks are taken off."""
    lines = iter(page.read_text("utf-8").splitlines())
    for line in lines:
        if line.lstrip("#").strip() == heading and line.startswith("#"):
            break
    rows = []
    for line in lines:
        if line.startswith("|"):
            rows.append([cell.strip().replace("`", "") for cell in line.strip().strip("|").split("|")])
        elif rows:
            break
    if not rows:
        raise AssertionError(f"{name(page)} has no table under {heading!r}")
    return [dict(zip(rows[0], row, strict=True)) for row in rows[2:]]
