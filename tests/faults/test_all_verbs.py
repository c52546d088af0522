"""Nothing that writes is left out of `tests.faults.verbs`: a capability that is added has its crash points tested.

Whatever is stored goes through one of three doors: a command, a unit of work of the library's own (`run_command`), or
a caller's block. Commands are read off the services, units of work are found in the source; both are compared with what
the verbs set to work.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest
from attrs import frozen

import loyaltycore
from loyaltycore.capabilities import CAPABILITIES
from loyaltycore.memory import MemoryStorage
from loyaltycore.testing import commands_of, services_of
from loyaltycore.work import running
from loyaltycore.work.running import run_command
from loyaltycore.work.service import Service
from tests.faults.scene import HOSTED, build_scene
from tests.faults.verbs import BY_NAME, VERBS
from tests.faults.verbs.verb import FIRST, SECOND, open_verb

_HOUSE = Path(loyaltycore.__file__).parent
_DOORS = {
    "loyaltycore.work.running.run_query",
    "loyaltycore.work.running._Attempts._once",
    "loyaltycore.work.session.Session.transaction",
}
"""Where transactions are opened: to read, for a command, for a caller's block."""


@frozen
class Call:
    """A call in the source of the library."""

    place: str
    """The function in which it stands."""
    name: str
    texts: tuple[str, ...]
    """The arguments that are literal texts."""


def _calls(node: ast.AST, place: str, *, within: bool = False) -> Iterator[Call]:
    """All calls below a node; what stands in a function in a function is put down to the outer one."""
    for child in ast.iter_child_nodes(node):
        function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        if isinstance(child, ast.Call):
            name = getattr(child.func, "attr", getattr(child.func, "id", ""))
            texts = [arg.value for arg in child.args if isinstance(arg, ast.Constant) and arg.value]
            yield Call(place, name, tuple(text for text in texts if isinstance(text, str)))
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not within:
            yield from _calls(child, f"{place}.{child.name}", within=function)
        else:
            yield from _calls(child, place, within=within)


def _calls_of_the_library() -> list[Call]:
    found: list[Call] = []
    for path in _HOUSE.rglob("*.py"):
        words = path.relative_to(_HOUSE.parent).with_suffix("").parts
        if words[1] not in {"testing", "memory", "cli"}:  # the command line calls verbs as any program does
            found += _calls(ast.parse(path.read_text("utf-8")), ".".join(words))
    return found


def _caller_of(code: CodeType) -> str:
    """The function that called the innermost running one of this code; what is within another is put down to that."""
    frame: FrameType | None = sys._getframe()
    while frame is not None and frame.f_code is not code:
        frame = frame.f_back
    assert frame
    caller = frame.f_back
    assert caller
    return f"{caller.f_globals['__name__']}.{caller.f_code.co_qualname.partition('.<locals>')[0]}"


def test_no_command_is_left_out() -> None:
    """A command that is added to a service, of the library or of the host, is added to the verbs."""
    units = {text for call in _calls_of_the_library() if call.name == "run_command" for text in call.texts}
    named = commands_of(*CAPABILITIES, *HOSTED).keys() | units
    assert {"cards.order", "processes.reload", "invoices.write"} <= named
    covered = {verb.command for verb in VERBS} - {""}
    assert sorted(named - covered) == [], "each needs a verb in tests/faults/verbs"
    assert sorted(covered - named) == []


def test_no_verb_is_there_twice() -> None:
    """Two verbs of one name would be taken for one, and a module that were read twice for twice the tests."""
    names = [verb.name for verb in VERBS]
    assert len(names) > 50
    assert sorted({name for name in names if names.count(name) > 1}) == []
    assert set(BY_NAME) == set(names)


def test_every_service_belongs_to_a_capability() -> None:
    """A service that no capability leads to would have commands that nothing knows of."""
    for module in pkgutil.walk_packages(loyaltycore.__path__, "loyaltycore."):
        if module.name.split(".")[1] not in {"testing", "cli"}:
            importlib.import_module(module.name)
    reached = {service for capability in CAPABILITIES for service in services_of(capability)}
    assert {each for each in _below(Service) if each.__module__.startswith("loyaltycore.")} == reached


def _below(service: type[Service]) -> Iterator[type[Service]]:
    for each in service.__subclasses__():
        yield each
        yield from _below(each)


def test_no_unit_of_work_is_left_out() -> None:
    """Every place that runs a unit of work of its own is set to work by one of the verbs."""
    places = {call.place for call in _calls_of_the_library() if call.name == "run_command"}
    seen: set[str] = set()
    original = running._Attempts.run

    def note(attempts: Any) -> Any:
        seen.add(_caller_of(run_command.__code__))
        return original(attempts)

    for verb in VERBS:
        storage = MemoryStorage()
        facts = build_scene(storage)
        verb.first(open_verb(storage, facts, FIRST))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(running._Attempts, "run", note)
            verb.act(open_verb(storage, facts, SECOND))
    assert sorted(places - seen) == [], "each needs a verb in tests/faults/verbs that sets it to work"


def test_there_is_no_other_door() -> None:
    """Services open no transaction by themselves, so that nothing is stored past commands, units of work and blocks."""
    calls = _calls_of_the_library()
    opened = {call.place for call in calls if call.name == "transaction"}
    # The command line is a caller like any other.
    assert {place for place in opened if not place.startswith("loyaltycore.cli.")} == _DOORS
