"""Expectation maximisation finds how often doubles agree without being told who they are."""

from __future__ import annotations

import random
from collections import Counter
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType

import pytest

from loyaltycore.customers.rules.weights import CHANCE, DOUBLES
from tests.docs.pages import ROOT


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script that writes the weights."""
    spec = spec_from_file_location("train_weights", ROOT / "scripts" / "train_weights.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_what_was_mixed_is_told_apart(script: ModuleType, share: float) -> None:
    """Of pairs of which some are doubles, unmarked, the levels of the doubles come back nearly as they were drawn."""
    rnd = random.Random(3)  # noqa: S311  the same pairs each time
    names = ("last_name", "first_name", "email", "phones", "addresses")

    def drawn(table: dict[str, dict[str, float]]) -> tuple[tuple[str, str], ...]:
        return tuple((name, rnd.choices(list(table[name]), list(table[name].values()))[0]) for name in names)

    pairs = Counter(drawn(DOUBLES if rnd.random() < share else CHANCE) for _ in range(8000))
    learnt = script.among_doubles(pairs, CHANCE, names)
    for name in names:
        assert sum(learnt[name].values()) == pytest.approx(1)
        for level, real in DOUBLES[name].items():
            assert learnt[name][level] == pytest.approx(real, abs=0.05), (name, level)


def test_the_table_can_be_read_back(script: ModuleType) -> None:
    """What the script writes is the module that is shipped: both tables, with all levels."""
    written: dict[str, object] = {}
    exec(script.text(DOUBLES, CHANCE), written)  # noqa: S102  a module of ours
    assert (written["DOUBLES"], written["CHANCE"]) == (DOUBLES, CHANCE)
    assert script.text(DOUBLES, CHANCE) == (
        ROOT / "src" / "loyaltycore" / "customers" / "rules" / "weights.py"
    ).read_text("utf-8")
