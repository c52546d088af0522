"""The README gives two commands, each of which works alone on a fresh clone."""

from __future__ import annotations

import re
from typing import Final

from tests.docs.pages import ROOT, blocks, table

README: Final = ROOT / "README.md"
TEXT: Final = README.read_text("utf-8")


def _shell_blocks(heading: str) -> list[str]:
    """The shell blocks between a heading and the next one."""
    lines = TEXT.splitlines()
    first = lines.index(f"## {heading}") + 1
    end = next(i for i in range(first, len(lines)) if lines[i].startswith("## "))
    return [
        block.code.strip() for block in blocks(README) if block.info == "sh" and first < block.line <= end
    ]


def test_there_is_one_command_to_run_it_and_one_to_test_it() -> None:
    """Each of the two headings has a single shell block with a single line."""
    for heading in ("Run it", "Test it"):
        (command,) = _shell_blocks(heading)
        assert "\n" not in command


def test_both_commands_begin_with_nothing_but_python() -> None:
    """Either may be the first or the only one: it makes the environment that it needs."""
    for heading in ("Run it", "Test it"):
        (command,) = _shell_blocks(heading)
        assert command.startswith('python3 -m venv .venv && .venv/bin/pip install --quiet -e ".[')


def test_the_gates_run_the_readmes_own_command() -> None:
    """`.ci/run` has no test command of its own that could drift from what people are told."""
    gates = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "pytest" not in gates
    assert "## Test it" in gates


def test_the_example_that_is_run_exists() -> None:
    """The command leads to a file of the repository."""
    (run,) = _shell_blocks("Run it")
    assert (ROOT / run.rpartition(" ")[2]).is_file()


def test_links_lead_to_files_of_the_repository() -> None:
    """No link of the README is broken."""
    targets = re.findall(r"\]\(([^)#]+)\)", TEXT)
    missing = [target for target in targets if "://" not in target and not (ROOT / target).exists()]
    assert targets
    assert not missing


def test_the_first_screen_shows_a_result() -> None:
    """A picture with words for those who cannot see it stands above the first code, and is quick to load."""
    above = TEXT[: TEXT.index("```")]
    ((words, target),) = re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", above)
    assert len(words.split()) > 10
    assert (ROOT / target).stat().st_size < 150_000


def test_read_on_is_a_short_table() -> None:
    """At most eight things that people want, each with where to read."""
    rows = table(README, "Read on")
    assert 0 < len(rows) <= 8
    assert all("](" in row["Read"] for row in rows)
