"""Reads a source in the notation of Jinja into the parts that the library knows.

Jinja reads the source and nothing more: no code is ever made of it, so there is no sandbox to break out of. What is
none of the few parts below is a fault, named with its line.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from jinja2 import Environment, TemplateSyntaxError, nodes

from loyaltycore.kernel.words import describe
from loyaltycore.templates.rules.language import (
    DEEPEST,
    All,
    Block,
    Either,
    Filter,
    Has,
    Not,
    Part,
    Same,
    Show,
    Some,
    Test,
)

_JINJA: Final = Environment(autoescape=True, keep_trailing_newline=True)
_JINJA.globals.clear()

_NAMES: Final = {
    nodes.For: "loops",
    nodes.Call: "calls",
    nodes.Getitem: "square brackets",
    nodes.Include: "other templates",
    nodes.Import: "other templates",
    nodes.FromImport: "other templates",
    nodes.Extends: "other templates",
    nodes.Assign: "variables",
    nodes.AssignBlock: "variables",
    nodes.Macro: "macros",
}


class BadSource(ValueError):
    """A source that cannot be read."""

    def __init__(self, *faults: str) -> None:
        super().__init__(*faults)
        self.faults = faults


class _Odd(Exception):
    """One part that is not allowed."""


@lru_cache(maxsize=512)
def read_source(source: str) -> Block:
    """Read a source.

    Raises:
        BadSource: It names everything that is not allowed, each with its line.
    """
    try:
        tree = _JINJA.parse(source)
    except TemplateSyntaxError as error:
        raise BadSource(f"line {error.lineno}: {error.message}") from None
    except RecursionError:
        raise BadSource("is nested too deep") from None
    except Exception as error:  # noqa: BLE001  a number of too many digits, for example
        raise BadSource(f"cannot be read: {describe(error, 200)}") from None
    reader = _Reader()
    block = reader.block(tree.body, 0)
    if reader.found:
        raise BadSource(*dict.fromkeys(reader.found))
    return block


class _Reader:
    def __init__(self) -> None:
        self.found: list[str] = []

    def block(self, body: Iterable[nodes.Node], depth: int) -> Block:
        parts: list[Part] = []
        for node in body:
            try:
                parts += self.statement(node, depth)
            except _Odd as odd:
                self.found.append(str(odd))
        return tuple(parts)

    def statement(self, node: nodes.Node, depth: int) -> list[Part]:
        if depth > DEEPEST:
            raise _Odd(f"line {node.lineno}: conditions are nested deeper than {DEEPEST}")
        if isinstance(node, nodes.Output):
            parts: list[Part] = []
            for each in node.nodes:
                try:
                    parts += _output(each, 0)
                except _Odd as odd:
                    self.found.append(str(odd))
            return parts
        if isinstance(node, nodes.If):
            return [self.choice(node, depth)]
        raise _odd(node)

    def choice(self, node: nodes.If, depth: int) -> Either:
        no = self.block(node.else_, depth + 1)
        # Of many `elif` each one is deeper than the one before.
        branches = [node, *node.elif_]
        if len(branches) > DEEPEST:
            raise _Odd(f"line {node.lineno}: an `if` has more than {DEEPEST} branches")
        for branch in reversed(branches):
            chosen = Either(self.test(branch.test), self.block(branch.body, depth + 1), no)
            no = (chosen,)
        return chosen

    def test(self, node: nodes.Node) -> Test:
        try:
            return _test(node, 0)
        except _Odd as odd:
            self.found.append(str(odd))
            return All(())


def _output(node: nodes.Node, depth: int) -> list[Part]:
    _require_shallow(node, depth)
    if isinstance(node, nodes.TemplateData):
        return [node.data]
    if isinstance(node, nodes.Const) and type(node.value) is str:
        return [node.value]
    if isinstance(node, nodes.Concat):
        return [part for each in node.nodes for part in _output(each, depth + 1)]
    if isinstance(node, nodes.CondExpr):
        if node.expr2 is None:
            raise _Odd(f"line {node.lineno}: an `if` inside {{{{ }}}} needs an `else`")
        yes, no = _output(node.expr1, depth + 1), _output(node.expr2, depth + 1)
        return [Either(_test(node.test, depth + 1), tuple(yes), tuple(no))]
    filters: list[Filter] = []
    while isinstance(node, nodes.Filter):
        _require_shallow(node, len(filters))
        filters.append(_filter(node))
        if node.node is None:
            raise _odd(node)
        node = node.node
    return [Show(_path(node), tuple(reversed(filters)))]


def _filter(node: nodes.Filter) -> Filter:
    if node.kwargs or node.dyn_args or node.dyn_kwargs or len(node.args) > 1:
        raise _Odd(f"line {node.lineno}: the filter `{node.name}` takes one value at most")
    return Filter(node.name, _const(node.args[0]) if node.args else None)


def _test(node: nodes.Node, depth: int) -> Test:
    _require_shallow(node, depth)
    if isinstance(node, nodes.Not):
        return Not(_test(node.node, depth + 1))
    if isinstance(node, nodes.And):
        return All((_test(node.left, depth + 1), _test(node.right, depth + 1)))
    if isinstance(node, nodes.Or):
        return Some((_test(node.left, depth + 1), _test(node.right, depth + 1)))
    if isinstance(node, nodes.Compare):
        if len(node.ops) != 1 or node.ops[0].op not in {"eq", "ne"}:
            raise _Odd(f"line {node.lineno}: a value can only be compared by == or !=")
        same = Same(_path(node.expr), _const(node.ops[0].expr))
        return same if node.ops[0].op == "eq" else Not(same)
    return Has(_path(node))


def _path(node: nodes.Node) -> str:
    words: list[str] = []
    while isinstance(node, nodes.Getattr):
        _require_shallow(node, len(words))
        words.append(node.attr)
        node = node.node
    if not isinstance(node, nodes.Name):
        raise _odd(node)
    return ".".join([node.name, *reversed(words)])


def _const(node: nodes.Node) -> object:
    if not isinstance(node, nodes.Const):
        raise _odd(node)
    value: object = node.value
    return value


def _require_shallow(node: nodes.Node, depth: int) -> None:
    if depth > DEEPEST:
        raise _Odd(f"line {node.lineno}: is nested deeper than {DEEPEST}")


def _odd(node: nodes.Node) -> _Odd:
    what = next((name for kind, name in _NAMES.items() if isinstance(node, kind)), None)
    return _Odd(f"line {node.lineno}: {what or f'`{type(node).__name__.lower()}`'}: a message cannot do that")
