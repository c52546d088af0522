"""Finds the sentences of a contract that a test quotes.

A conformance test quotes what it checks, word for word, in its docstring. The sentence is looked up in the ports'
own prose, so that a test cannot ask for more than a port promises.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from types import ModuleType
from typing import Any

from attrs import frozen

_QUOTE = re.compile(r'"([^"]+)"')


@frozen
class Promise:
    """One sentence of a contract."""

    sentence: str
    """Its words, or the part of it that a test quotes."""
    place: str
    """Where it stands, for example ``loyaltycore.ports.storage.Transaction.save``; empty for nowhere."""

    def __str__(self) -> str:
        return f'"{self.sentence}" ({self.place or "in no contract"})'


def promises(test: Callable[..., Any], contract: Iterable[ModuleType]) -> tuple[Promise, ...]:
    """The sentences that a test quotes, each with its place in the modules of the contract."""
    quoted = _QUOTE.findall(one_line(test.__doc__ or ""))
    return tuple(promise_of(sentence, contract) for sentence in quoted)


def promise_of(sentence: str, contract: Iterable[ModuleType]) -> Promise:
    """A sentence with its place in the modules of the contract."""
    return Promise(sentence, _place(sentence, tuple(contract)))


def one_line(text: str) -> str:
    """A text with every run of blanks and line ends as one blank."""
    return " ".join(text.split())


def _place(sentence: str, contract: tuple[ModuleType, ...]) -> str:
    for module in contract:
        # The innermost place: a class comes before its methods.
        for place, text in reversed(_prose(module)):
            if sentence in text:
                return f"{module.__name__}{place}"
    return ""


@cache
def _prose(module: ModuleType) -> tuple[tuple[str, str], ...]:
    """All docstrings of a module, those below attributes too, with the names of what they describe."""
    return tuple(_strings(ast.parse(inspect.getsource(module)), ""))


def _strings(node: ast.AST, path: str) -> Iterator[tuple[str, str]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            yield path, one_line(str(child.value.value))
        elif isinstance(child, ast.ClassDef | ast.FunctionDef):
            yield from _strings(child, f"{path}.{child.name}")
