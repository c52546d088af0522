"""The state machine finds what is wrong with a storage, and nothing where the port leaves a choice."""

from __future__ import annotations

import unittest
from contextlib import nullcontext
from typing import Any

import pytest
from hypothesis import Phase, settings

from loyaltycore.errors import Conflict
from loyaltycore.memory.storage import MemoryTransaction, Rows
from loyaltycore.ports import storage as storage_port
from loyaltycore.testing.citing import promise_of
from loyaltycore.testing.machine import DEFAULT_SETTINGS, PROMISES, storage_machine
from loyaltycore.testing.samples import PARTS, THINGS
from loyaltycore.testing.suite import judge
from tests.testing.liars.honest import HonestStorage
from tests.testing.liars.storage_processes import OnAFile
from tests.testing.liars.storages import STORAGE_LIARS
from tests.testing.trials import Make, storage_trial

QUICK = settings(DEFAULT_SETTINGS, derandomize=True, database=None, phases=[Phase.generate])
LIARS = {liar.name: liar for liar in STORAGE_LIARS}


def play(make: Make, record_types: Any = None, stories: int = 10) -> unittest.TestResult:
    """Run the machine as unittest does."""
    few = settings(QUICK, max_examples=stories)
    case = storage_machine(lambda: nullcontext(make()), record_types, settings=few)
    return unittest.TestSuite([case("runTest")]).run(unittest.TestResult())


class RefusesAtTheEnd(MemoryTransaction):
    """Keeps every refusal to itself until the commit, as the port allows."""

    refusal: Conflict | None = None

    def add(self, *records: Any) -> None:
        self._later("add", records)

    def save(self, *records: Any) -> None:
        self._later("save", records)

    def remove(self, *records: Any) -> None:
        self._later("remove", records)

    def _later(self, verb: str, records: Any) -> None:
        try:
            getattr(super(), verb)(*records)
        except Conflict as refusal:
            self.refusal = self.refusal or refusal
            self.failed = False

    def committed(self) -> Rows:
        if self.refusal is not None:
            raise self.refusal
        return super().committed()


@pytest.mark.parametrize(
    "name",
    [
        "ForgetsRollback",
        "LosesTheSecondWrite",
        "CommitsOneTable",
        "OverwritesOnAdd",
        "SwallowsDuplicates",
        "ForgetsTheVersion",
        "SkipsTheVersionCheck",
        "AddsOnSave",
        "RemovesNothingInSilence",
        "TrimsBlanks",
        "DropsMicroseconds",
        "ForgetsTheKey",
        "MissesTheLimitByOne",
        "CountsEverything",
    ],
)
def test_the_machine_catches_liars(name: str) -> None:
    """A storage that lies about what it keeps, refuses or answers differs from the model before long."""
    # Which stories are told depends on the modules that are loaded: Hypothesis draws constants from them.
    result = play(LIARS[name].make, (THINGS, PARTS), 1000)
    assert not result.wasSuccessful(), LIARS[name].lie


def test_the_machine_says_what_is_broken() -> None:
    """A failure names the promise of the step in which the two differ, and every promise stands in the port."""
    ((_, report),) = play(LIARS["CountsEverything"].make, (THINGS, PARTS), 100).failures
    assert f'broken promise: "{PROMISES["count"]}" (loyaltycore.ports.storage.Transaction.count)' in report
    assert [text for text in PROMISES.values() if not promise_of(text, (storage_port,)).place] == []


def test_the_machine_passes_the_honest() -> None:
    """A storage that keeps its promises has nothing to fear."""
    assert play(HonestStorage).wasSuccessful()


def late() -> OnAFile:
    """A storage that refuses at the end."""
    return OnAFile(RefusesAtTheEnd)


def test_the_machine_lets_a_storage_refuse_at_the_end() -> None:
    """A duplicate or a stale record may be refused by the verb or by the commit: both are right."""
    assert play(late, (THINGS, PARTS)).wasSuccessful()


def test_the_suite_lets_a_storage_refuse_at_the_end() -> None:
    """The conformance tests ask for no more than the port does about the moment of a refusal."""
    assert [verdict for verdict in judge(storage_trial(late)) if verdict.outcome != "kept"] == []
