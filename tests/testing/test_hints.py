"""What a failing run says to its author beside the promise: which hook failed, what is missing, what to do."""

from __future__ import annotations

import ast
import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, ClassVar

import pytest

import loyaltycore.testing as kit
from loyaltycore.storing.registry import Registry
from loyaltycore.testing.calendar import CalendarCapabilities, CalendarConformance, Lacks
from loyaltycore.testing.processes import Say, forked
from loyaltycore.testing.suite import Judgement, judge
from tests.testing.liars.honest import HonestStorage
from tests.testing.liars.honest_calendar import HONEST
from tests.testing.liars.storage_settings import GivesUpAtOnce
from tests.testing.trials import calendar_trial, storage_trial


def verdict_of(trial: type[Any], test: str) -> Judgement:
    (verdict,) = judge(trial, [test])
    return verdict


def test_a_peek_that_raises_is_named() -> None:
    """Where `peek` stumbles over a file that is not there yet, the failure says that it was `peek`, and what it owes."""

    class Blind(storage_trial(HonestStorage)):
        def peek(self, storage: Any, table: str) -> int:
            raise FileNotFoundError(table)

    verdict = verdict_of(Blind, "test_the_rows_are_really_there")
    assert verdict.outcome == "broken"
    assert "the hook `peek` raised this when asked for 'kit_things'" in verdict.detail
    assert "must answer 0 there" in verdict.detail


def test_a_storage_that_never_waits_is_told_to() -> None:
    """Who raises `StorageBusy` at once is told to wait, not that the engine rolled back."""
    verdict = verdict_of(storage_trial(GivesUpAtOnce), "test_nothing_unfinished_is_seen")
    assert verdict.outcome == "broken"
    assert "wait for the lock some seconds before raising `StorageBusy`" in verdict.detail


def test_known_dates_are_asked_for() -> None:
    """A calendar's author who says nothing about `known` is told what it is, and how to do without."""

    class Made:
        def open(self) -> AbstractContextManager[Any]:
            return nullcontext(HONEST)

    with pytest.raises(
        TypeError, match=r"leaves the hook `known` open: Set it to dates .* `known=Lacks\(...\)`"
    ):
        type("TestMine", (Made, CalendarConformance), {})
    made_by_chance = Lacks("made by chance")
    gap = {"capabilities": CalendarCapabilities(known=made_by_chance, other=made_by_chance)}
    without = type("TestMine", (Made, CalendarConformance), gap)
    assert verdict_of(without, "test_known_dates_are_right").detail == "made by chance"


def test_known_dates_of_one_kind_prove_little() -> None:
    """Working days alone are no proof of a calendar's facts, and the failure says so."""

    class Half(calendar_trial(lambda: HONEST)):
        known: ClassVar = {day: True for day, works in calendar_trial(lambda: HONEST).known.items() if works}

    verdict = verdict_of(Half, "test_known_dates_are_right")
    assert "`known` needs a working day and a free one at least" in verdict.detail


def test_a_failure_in_another_process_is_shown() -> None:
    """What goes wrong in the second process fails the test with that process's traceback."""

    def stumble(say: Say) -> None:
        say("begun")
        raise LookupError("only here")

    with forked(stumble) as child:
        assert child.line() == "begun"
        with pytest.raises(AssertionError, match="LookupError: only here"):
            child.line()


def test_a_killed_process_ends_its_lines() -> None:
    """After a kill what was said before is still heard, and then the end."""

    def go_on(say: Say) -> None:
        number = 0
        while True:
            say(str(number := number + 1))

    with forked(go_on) as child:
        assert child.line() == "1"
        child.kill()
        heard = child.lines()
        assert heard == [str(number) for number in range(2, len(heard) + 2)]
        assert child.line() is None


def test_a_system_without_fork_skips(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are no copies of processes the tests that need one are skipped with the reason."""
    monkeypatch.delattr(os, "fork")
    with (
        pytest.raises(pytest.skip.Exception, match="cannot make a copy of a process"),
        forked(lambda _: None),
    ):
        pass


def test_a_foreign_error_is_no_broken_promise() -> None:
    """An error that no port names is reported as what it is, and the promise as what was tried when it came."""

    class Stumbles(HonestStorage):
        def bind(self, registry: Registry) -> None:
            raise ZeroDivisionError

    verdict = verdict_of(storage_trial(Stumbles), "test_every_write_is_kept")
    assert "foreign error: ZeroDivisionError came out of the adapter or of a hook" in verdict.detail
    assert 'while this was tried: "what it did is kept as a whole at its end"' in verdict.detail
    assert "broken promise" not in verdict.detail


def test_every_assertion_of_the_kit_says_something() -> None:
    """Whatever fails, an author reads a sentence about it, and not only a comparison of values."""
    silent = [
        f"{path.name}:{node.lineno}"
        for path in Path(kit.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Assert) and node.msg is None
    ]
    assert silent == []
