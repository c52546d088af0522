"""Every Python block in the documentation runs, page by page, or says why it does not, and gives what the page shows."""

from __future__ import annotations

import ast
import doctest
import io
import logging
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from itertools import pairwise, takewhile
from pathlib import Path

import pytest

from loyaltycore.ports.logs import _WATCHERS
from tests.docs.pages import Block, blocks, name, pages

WITH_CODE = [page for page in pages() if any(block.is_python for block in blocks(page))]


@pytest.fixture
def namespace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, object]]:
    """A module of its own for one page, in an empty folder; what the page leaves open is closed."""
    monkeypatch.chdir(tmp_path)
    module = types.ModuleType("page")
    monkeypatch.setitem(sys.modules, "page", module)
    with _logging_as_before():
        yield module.__dict__
    for value in list(module.__dict__.values()):
        for owner in (value, getattr(value, "storage", None)):
            close = None if isinstance(owner, type) else getattr(owner, "close", None)
            if callable(close):
                with suppress(Exception):
                    close()


@contextmanager
def _logging_as_before() -> Iterator[None]:
    """Take back what a page does to the log, and to who watches it."""
    logger = logging.getLogger("loyaltycore")
    level, handlers, watchers = logger.level, list(logger.handlers), list(_WATCHERS)
    try:
        yield
    finally:
        logger.setLevel(level)
        logger.handlers[:] = handlers
        _WATCHERS[:] = watchers


def _run(page: Path, block: Block, namespace: dict[str, object]) -> str:
    """Run a block, statement by statement; the comment below one says what it gives or prints.

    Returns:
        What it prints.
    """
    if block.info == "pycon":
        test = doctest.DocTestParser().get_doctest(
            block.code, namespace, name(page), name(page), block.line - 1
        )
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False)
        report: list[str] = []
        runner.run(test, out=report.append, clear_globs=False)
        namespace.update(test.globs)
        assert not report, "".join(report)
        return ""
    # Blank lines in front, so that a traceback names the line of the page.
    code = "\n" * (block.line - 1) + block.code
    printed = io.StringIO()
    with redirect_stdout(printed):
        for statement in ast.parse(code).body:
            before = len(printed.getvalue())
            value = _give(page, statement, namespace)
            shown = _comment_below(code, statement)
            given = printed.getvalue()[before:] or repr(value)
            where = f"{name(page)}, line {statement.lineno}"
            assert not shown or shown.split() == given.split(), f"{where} gives {given}"
    return printed.getvalue()


def _give(page: Path, statement: ast.stmt, namespace: dict[str, object]) -> object:
    """Run one statement; what an expression comes to."""
    if isinstance(statement, ast.Expr):
        code = compile(ast.Expression(statement.value), str(page), "eval", dont_inherit=True)
        return eval(code, namespace)  # noqa: S307  our own pages
    code = compile(ast.Module([statement], []), str(page), "exec", dont_inherit=True)
    exec(code, namespace)  # noqa: S102  our own pages
    return None


def _comment_below(code: str, statement: ast.stmt) -> str:
    """The comment that begins on the line after an expression or a loop."""
    if not isinstance(statement, ast.Expr | ast.For):
        return ""
    below = takewhile(lambda line: line.startswith("#"), code.splitlines()[statement.end_lineno :])
    return "\n".join(line.removeprefix("#") for line in below)


@pytest.mark.parametrize("page", WITH_CODE, ids=name)
def test_the_code_on_a_page_runs(page: Path, namespace: dict[str, object]) -> None:
    """The Python blocks of one page run in their order, in one namespace, in an empty folder.

    What a block prints is what the page shows, if a block of plain text comes next.
    """
    for block, following in pairwise([*blocks(page), None]):
        assert block is not None
        if block.is_python and not block.not_run:
            printed = _run(page, block, namespace)
            if printed and following is not None and following.info == "text":
                assert printed.rstrip() == following.code.rstrip(), f"{name(page)}, line {following.line}"


@pytest.mark.parametrize("page", WITH_CODE, ids=name)
def test_a_block_is_python_or_a_python_session(page: Path) -> None:
    """A block in another spelling would be passed over in silence, so there is none."""
    spellings = {block.info for block in blocks(page) if block.is_python}
    assert spellings <= {"python", "pycon"}
