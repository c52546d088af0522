"""Somebody else's adapter, in a distribution of its own and a folder outside the repository, passes the kit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from textwrap import dedent

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "third_party_adapter"
HEAD = """
from contextlib import contextmanager, nullcontext
from loyaltycore.memory import MemoryStorage
from loyaltycore.testing.storage import Lacks, StorageCapabilities, StorageConformance

TRIAL = Lacks("a trial")
ALONE = StorageCapabilities(durable=TRIAL, shared=TRIAL, peekable=TRIAL, unreachable=TRIAL, trouble=TRIAL)
"""


def run_pytest(folder: Path, *arguments: str, source: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run pytest in a folder as its author would: nothing of this repository's set-up is in reach."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    if source is not None:
        environment["PYTHONPATH"] = str(source)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


def try_out(folder: Path, text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one test file in an empty folder."""
    (folder / "test_trial.py").write_text(HEAD + dedent(text), "utf-8")
    return run_pytest(folder, *arguments)


def test_the_example_passes(tmp_path: Path) -> None:
    """The file storage passes every conformance test and the state machine, without a conftest and without a gap."""
    shutil.copytree(EXAMPLE, tmp_path / "adapter")
    result = run_pytest(tmp_path / "adapter", source=tmp_path / "adapter" / "src")
    assert result.returncode == 0, result.stdout
    assert "passed" in result.stdout
    assert "skipped" not in result.stdout


def test_an_overridden_test_is_refused(tmp_path: Path) -> None:
    """An author who changes a test is told, by name, that a gap is declared and not overridden."""
    result = try_out(
        tmp_path,
        """
        class TestMine(StorageConformance):
            capabilities = ALONE
            def open(self):
                return nullcontext(MemoryStorage())
            def test_none_shares_nothing(self):
                pass
        """,
    )
    assert result.returncode != 0
    assert "TypeError: TestMine overrides test_none_shares_nothing" in result.stdout


def test_a_forgotten_hook_is_refused(tmp_path: Path) -> None:
    """An author who leaves a hook open is told which one, what it gives, and how to do without."""
    result = try_out(
        tmp_path,
        """
        class TestMine(StorageConformance):
            capabilities = StorageCapabilities()
            def open(self):
                return nullcontext(MemoryStorage())
        """,
    )
    assert result.returncode != 0
    assert "TypeError: TestMine leaves the hook `reopen` open" in result.stdout
    assert "or declare `durable=Lacks(...)` with the reason" in result.stdout


def test_a_failure_says_what_is_broken(tmp_path: Path) -> None:
    """In an empty folder a failing test shows both sides of its comparison, and the sentence that is broken."""
    result = try_out(
        tmp_path,
        """
        from loyaltycore.errors import Conflict

        class KeepsRefusedUnits(MemoryStorage):
            @contextmanager
            def transaction(self, *, read_only=False):
                refusal = None
                with super().transaction(read_only=read_only) as tx:
                    try:
                        yield tx
                    except Conflict as error:
                        refusal, tx.failed = error, False
                if refusal:
                    raise refusal

        class TestMine(StorageConformance):
            capabilities = ALONE
            def open(self):
                return nullcontext(KeepsRefusedUnits())
        """,
        "-k",
        "test_a_refused_verb_keeps_nothing",
    )
    assert result.returncode == 1
    assert "At index 0 diff: ['before', 'taken'] != ['taken']" in result.stdout
    broken = "what it did is kept as a whole at its end, or not at all"
    assert f'broken promise: "{broken}" (loyaltycore.ports.storage.Transaction)' in result.stdout


def test_a_gap_prints_its_reason(tmp_path: Path) -> None:
    """A test that needs a capability which is declared as a gap is skipped with the author's reason."""
    result = try_out(
        tmp_path,
        """
        class TestMine(StorageConformance):
            capabilities = ALONE
            def open(self):
                return nullcontext(MemoryStorage())
        """,
        "-rs",
        "-k",
        "reopening",
    )
    assert result.returncode == 0, result.stdout
    assert "a trial" in result.stdout


def test_pytest_finds_the_plug_in() -> None:
    """The plug-in is registered under the name of the library, and loading it imports nothing of ours."""
    (found,) = entry_points(group="pytest11", name="loyaltycore")
    assert found.value == "loyaltycore_pytest"
    code = (
        "import sys, loyaltycore_pytest; print(sorted(m for m in sys.modules if m.startswith('loyaltycore')))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert loaded.stdout.strip() == "['loyaltycore_pytest']"


@pytest.mark.parametrize("name", ["FileStorageContract", "Checks"])
def test_a_class_of_any_name_is_collected(tmp_path: Path, name: str) -> None:
    """An author's class is run by pytest whatever it is called: nobody passes by being overlooked."""
    result = try_out(
        tmp_path,
        f"""
        class {name}(StorageConformance):
            capabilities = ALONE
            def open(self):
                return nullcontext(MemoryStorage())
        """,
        "-k",
        "none_shares",
    )
    assert "1 passed" in result.stdout
