"""An author's class runs the tests of the kit as they are: what is changed is refused, and what is left out is told."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any, ClassVar

import pytest

from loyaltycore.memory import MemoryLimiter
from loyaltycore.testing import LimiterConformance
from loyaltycore.testing.suite import Conformance, judge, listed_tests
from tests.testing.test_third_party import run_pytest

HOOKS: dict[str, Any] = {
    "open": lambda _self, clock: nullcontext(MemoryLimiter(clock)),
    "reopen": lambda _self, limiter, _clock: nullcontext(limiter),
}
LISTED = [listed.name for listed in listed_tests(LimiterConformance)]


def nothing(*_arguments: object) -> None:
    """Show nothing."""


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"_opened": nothing}, "TestMine overrides _opened: the tests of the kit work with it"),
        ({"contract": ()}, "TestMine overrides contract"),
        ({"test_keys_share_nothing": None}, "TestMine overrides test_keys_share_nothing"),
        ({"__getattribute__": nothing}, "TestMine defines __getattribute__"),
    ],
)
def test_what_the_tests_work_with_stays_as_it_is(body: dict[str, Any], message: str) -> None:
    """What an author defines takes the place of no test and of nothing that the tests use."""
    with pytest.raises(TypeError, match=message):
        type("TestMine", (LimiterConformance,), HOOKS | body)


def test_nobody_else_has_a_class_of_the_kit() -> None:
    """Whoever says that a class is one of the kit is told that it is not."""
    with pytest.raises(TypeError, match="TestMine is no class of the kit"):

        class TestMine(LimiterConformance, kit=True):
            """Looks like one."""


def test_a_base_class_may_not_pass_for_the_kits() -> None:
    """A mark that the kit once used does not let another base class bring tests of its own."""
    other = type("Other", (), {"_of_the_kit": True, "test_keys_share_nothing": nothing})
    with pytest.raises(TypeError, match="Other overrides test_keys_share_nothing"):
        type("TestMine", (other, LimiterConformance), HOOKS)


@pytest.mark.parametrize("change", [setattr, lambda cls, name, _value: delattr(cls.__base__, name)])
def test_a_class_that_is_changed_later_fails(
    change: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every other test says so, whether the class was changed or that of the kit."""
    mine: type[Conformance] = type("TestMine", (LimiterConformance,), HOOKS)
    monkeypatch.setattr(LimiterConformance, LISTED[0], vars(LimiterConformance)[LISTED[0]])
    change(mine, LISTED[0], nothing)
    (verdict,) = judge(mine, [LISTED[1]])
    assert verdict.outcome == "broken"
    assert f"overrides {LISTED[0]}" in verdict.detail


def test_an_object_hides_nothing_either() -> None:
    """What is set on the object before a test, as pytest's `setup_method` may, is refused in the same words."""
    mine = type("TestMine", (LimiterConformance,), HOOKS)()
    vars(mine)["_opened"] = nothing
    with pytest.raises(TypeError, match="TestMine overrides _opened"):
        getattr(mine, LISTED[0])()


def test_facts_and_hooks_are_the_authors() -> None:
    """Hooks and facts are set, in the class or in a base class; helpers of other names are welcome."""

    class Base:
        capabilities: ClassVar = LimiterConformance.capabilities
        my_clock: ClassVar = None

        def my_helper(self) -> None:
            """Help."""

    mine: type[Conformance] = type("TestMine", (Base, LimiterConformance), HOOKS)
    assert judge(mine, [LISTED[0]])[0].outcome == "kept"


TRIAL = """
import pytest
from contextlib import nullcontext
from loyaltycore.memory import MemoryLimiter
from loyaltycore.testing import Lacks, LimiterCapabilities, LimiterConformance

class Hooks:
    capabilities = LimiterCapabilities(shared=Lacks("one process"))
    def open(self, clock):
        return nullcontext(MemoryLimiter(clock))

class TestHonest(Hooks, LimiterConformance):
    pass

class TestTired(Hooks, LimiterConformance):
    def open(self, clock):
        pytest.skip("not today")

@pytest.mark.xfail
class TestPessimist(Hooks, LimiterConformance):
    pass
"""


def test_what_was_not_shown_is_told(tmp_path: Path) -> None:
    """The end of a run says of each class how much was shown, and for which reasons the rest was not."""
    (tmp_path / "test_trial.py").write_text(TRIAL, "utf-8")
    result = run_pytest(tmp_path, "--deselect", f"test_trial.py::TestHonest::{LISTED[0]}")
    assert result.returncode == 0, result.stdout
    total = len(LISTED)
    told = result.stdout.partition("conformance: not shown")[2]
    gaps = 2
    for line in (
        f"test_trial.py::TestHonest: {total - gaps - 1} of {total} shown",
        f"  {gaps} skipped: one process",
        "  1 not run",
        f"test_trial.py::TestTired: 0 of {total} shown",
        f"  {total - gaps} skipped: not today",
        f"test_trial.py::TestPessimist: 0 of {total} shown",
        f"  {total - gaps} a failure was expected by `xfail`",
    ):
        assert f"{line}\n" in told


def test_a_class_that_is_taken_out_of_the_run_is_refused(tmp_path: Path) -> None:
    """A class whose tests were replaced or that pytest was told to pass over is an error, and no green run."""
    for change, message in (
        ("TestHonest.__test__ = False", "TestHonest was taken out of the run"),
        ("TestHonest.test_keys_share_nothing = None", "TestHonest overrides test_keys_share_nothing"),
    ):
        (tmp_path / "test_trial.py").write_text(f"{TRIAL}\n{change}\n", "utf-8")
        result = run_pytest(tmp_path)
        assert result.returncode != 0
        assert f"TypeError: {message}" in result.stdout
