"""Imports run one way: no circle anywhere, and a capability sees only those before it in the list of capabilities.

Imports that only type checkers see are counted. The layers as a whole are held by import-linter, see `pyproject.toml`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

import pytest
from grimp import ImportGraph, build_graph

from loyaltycore.capabilities import CAPABILITIES

PACKAGE: Final = "loyaltycore"
ORDER: Final = [capability.name for capability in CAPABILITIES]
SEEN_BY_RULES: Final = frozenset({"kernel", "errors"})


@cache
def _graph() -> ImportGraph:
    return build_graph(PACKAGE, exclude_type_checking_imports=False, cache_dir=None)


@cache
def _imports() -> Mapping[str, frozenset[str]]:
    """What each module imports; a package's ``__init__`` that only offers names of its modules leads nowhere."""
    graph = _graph()
    return {module: frozenset(graph.find_modules_directly_imported_by(module)) for module in graph.modules}


def _offers(module: str) -> bool:
    """Whether a module is a package that offers names which are loaded when they are asked for."""
    return f"{PACKAGE}._lazy" in _imports()[module]


def _circle(imports: Mapping[str, frozenset[str]]) -> list[str]:
    """One circle of modules, or nothing: what is left when all that import nothing more are taken away."""
    left = {module: set(found) for module, found in imports.items()}
    while ends := [module for module, found in left.items() if not found & left.keys()]:
        for module in ends:
            del left[module]
    if not left:
        return []
    path = [next(iter(sorted(left)))]
    while path[-1] not in path[:-1]:
        path.append(min(left[path[-1]] & left.keys()))
    return path[path.index(path[-1]) :]


def test_there_is_no_circle() -> None:
    """Every module can be understood from those below it, types included."""
    imports = {module: found for module, found in _imports().items() if not _offers(module)}
    assert len(imports) > 100
    assert _circle(imports) == []


def test_a_circle_would_be_found() -> None:
    """The search is no empty promise."""
    assert _circle({"a": frozenset("bc"), "b": frozenset("a"), "c": frozenset()}) == ["a", "b", "a"]


def _room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def _arrows(name: str) -> Iterator[tuple[str, str]]:
    """From the modules of a capability to modules elsewhere."""
    for module, found in _imports().items():
        if _room(module) == name:
            yield from ((module, other) for other in found if _room(other) != name)


@pytest.mark.parametrize("name", ORDER)
def test_a_capability_sees_only_those_before_it(name: str) -> None:
    """What stands later in the list may build on it, and it knows nothing of them."""
    later = set(ORDER[ORDER.index(name) :])
    assert [f"{module} -> {other}" for module, other in _arrows(name) if _room(other) in later] == []


@pytest.mark.parametrize("name", ORDER)
def test_rules_are_pure(name: str) -> None:
    """Rules see the kernel, errors, and rules: nothing that runs, stores or sends."""
    impure = [
        f"{module} -> {other}"
        for module, found in _imports().items()
        if module.startswith(f"{PACKAGE}.{name}.rules")
        for other in found
        if _room(other) not in SEEN_BY_RULES and ".rules" not in other
    ]
    assert impure == []


def test_every_room_with_rules_is_a_capability() -> None:
    """A folder that is laid out like a capability and stands in no list would be checked by nothing."""
    rooms = {
        _room(module) for module in _imports() if module.count(".") > 1 and module.split(".")[2] == "rules"
    }
    assert rooms <= set(ORDER)
