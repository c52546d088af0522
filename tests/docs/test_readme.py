"""The README gives two commands, each of which works alone on a fresh clone."""

from __future__ import annotations

import re
import sys
import tomllib
from typing import Final

import pytest

from tests.docs.pages import ROOT, blocks, table

README: Final = ROOT / "README.md"
TOO_OLD: Final = "loyaltycore needs Python 3.11 or later"
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
        steps = command.split(" && ")
        assert steps[0].startswith("python3 -c '")
        assert steps[1] == "python3 -m venv .venv"
        assert steps[2].startswith('.venv/bin/pip install --quiet -e ".[')


@pytest.mark.parametrize(
    ("version", "said"), [((3, 10, 13), TOO_OLD), ((3, 11, 0), False), ((3, 14, 1), False)]
)
def test_both_commands_look_at_the_version_first(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int], said: object
) -> None:
    """Pip searches for minutes on a Python that is too old; the command says so at once, and ends."""
    monkeypatch.setattr(sys, "version_info", version)
    for heading in ("Run it", "Test it"):
        (command,) = _shell_blocks(heading)
        check = command.split("'")[1]
        with pytest.raises(SystemExit) as ended:
            exec(check, {})  # noqa: S102  it is a command of the README
        assert ended.value.code == said


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


EXTRAS: Final = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"][
    "optional-dependencies"
]
OURS: Final = {"dev", "docs", "bench"}
"""What only those install who change the library."""


def test_every_extra_is_explained() -> None:
    """The table has what users may install and nothing else; what `all` leaves out is named."""
    rows = {row["Extra"]: row["What you get"] for row in table(README, "Install it")}
    explained = [name for extras in rows for name in extras.split(", ")]
    assert sorted(explained) == sorted(EXTRAS.keys() - OURS)
    above, left_out = explained[: explained.index("all")], rows["all"].partition(" except ")[2].split(" and ")
    (held,) = EXTRAS["all"]
    assert {*above} - {*left_out} == {*re.findall("[a-z]+", held.partition("[")[2])}
