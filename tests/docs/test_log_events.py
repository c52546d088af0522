"""The page of the log has every event with its logger, its levels and its facts, and no other."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from attrs import field, frozen

from tests.docs.pages import ROOT, headings, table

PAGE: Final = ROOT / "docs" / "how-to" / "watch-it-run.md"
LOGGERS: Final = [heading for heading in headings(PAGE, 3) if heading.startswith("loyaltycore")]
SHARED: Final = {"about": {"error", "at", "cause"}}
"""Facts that a function gives."""


@frozen
class Event:
    """What is known about one event."""

    levels: set[str] = field(factory=set)
    facts: set[str] = field(factory=set)


def documented() -> dict[tuple[str, str], Event]:
    """The events of the page, by logger and name."""
    found = {}
    for logger in LOGGERS:
        for row in table(PAGE, logger):
            event = Event({*row["Level"].split(", ")}, {*row["Facts"].split()})
            assert (logger, row["Event"]) not in found
            found[logger, row["Event"]] = event
    return found


def _logged() -> dict[tuple[str, str], Event]:
    found: dict[tuple[str, str], Event] = defaultdict(Event)
    for source in ("src", "adapters"):
        for path in sorted((ROOT / source).rglob("*.py")):
            tree = ast.parse(path.read_text("utf-8"))
            for part in _parts(tree):
                for call, level in _calls(tree):
                    event = call.args[0]
                    assert isinstance(event, ast.Constant), f"{path}:{call.lineno}: an event is a constant"
                    entry = found[f"loyaltycore.{part}", event.value]
                    entry.levels.add(level)
                    entry.facts.update(_facts(call, tree, path))
    return found


def _parts(tree: ast.Module) -> list[str]:
    """The name that a module gives to its log."""
    return [
        ast.literal_eval(node.value.args[0])
        for node in tree.body
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.value, ast.Call)
        and ast.unparse(node.value.func) == "Log"
    ]


def _calls(tree: ast.Module) -> Iterator[tuple[ast.Call, str]]:
    levels = {"debug", "info", "warning", "error"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner, level = ast.unparse(node.func.value), node.func.attr
            if owner == "_log" and level in levels:
                yield node, level.upper()


def _facts(call: ast.Call, tree: ast.Module, path: Path) -> Iterator[str]:
    """The names of the facts of a call, also of those that it takes from a mapping of its function."""
    for each in call.keywords:
        if each.arg is not None:
            yield each.arg
        else:
            yield from _spread(each.value, tree, path)


def _spread(value: ast.expr, tree: ast.Module, path: Path) -> Iterator[str]:
    if isinstance(value, ast.Call):
        yield from SHARED[ast.unparse(value.func)]
        return
    assert isinstance(value, ast.Name), f"{path}:{value.lineno}"
    (given,) = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == value.id
    ]
    assert isinstance(given, ast.Dict)
    for key, part in zip(given.keys, given.values, strict=True):
        if key is None:
            yield from _spread(part, tree, path)
        else:
            yield ast.literal_eval(key)


def test_every_event_is_on_the_page() -> None:
    """What can be logged is explained to whoever reads it, at its levels, with its facts; and nothing else is."""
    assert documented() == dict(_logged())


def test_no_module_logs_in_another_way() -> None:
    """Records that the page does not know, and that may name people, cannot come from elsewhere.

    The terminal's are its own, and the conformance kit only listens.
    """
    loaders = {
        path.relative_to(ROOT).as_posix()
        for source in ("src", "adapters")
        for path in (ROOT / source).rglob("*.py")
        if "logging" in _imported(ast.parse(path.read_text("utf-8")))
    }
    others = {name for name in loaders if "/cli/" not in name and "/testing/" not in name}
    assert others == {"src/loyaltycore/ports/logs.py"}


def _imported(tree: ast.Module) -> set[str]:
    """The modules that code imports, but for type checkers alone."""
    return {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
