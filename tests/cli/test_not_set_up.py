"""Only `init` makes a house: what is sent to the wrong place says so, and leaves nothing there."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from loyaltycore.cli import main
from loyaltycore.cli.opening import open_loyalty
from loyaltycore.cli.parser import COMMANDS
from loyaltycore.errors import NotSetUp
from tests.cli.shop import Shop

MISTYPED: Final = '[storage]\nuse = "sql"\nurl = "sqlite:///shpo.db"\n'

ARGUMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "import-customers": ("loyaltycore.toml",),
    "requeue": ("--all",),
}
"""What a command does not do without."""

WORKING: Final = tuple(command.name for command in COMMANDS if command.name != "init")


@pytest.mark.parametrize("command", WORKING)
def test_a_mistyped_file_is_named_and_not_made(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every command but `init`: one line with the path and the remedy, exit code 2, and no file that was not there."""
    config = tmp_path / "loyaltycore.toml"
    config.write_text(MISTYPED, "utf-8")
    monkeypatch.chdir(tmp_path)
    assert main([command, *ARGUMENTS.get(command, ())]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        f"loyaltycore: nothing was set up in {tmp_path / 'shpo.db'}: "
        "correct the address, or run `loyaltycore init`"
    ]
    assert [*tmp_path.iterdir()] == [config]


def test_init_makes_what_the_others_missed(tmp_path: Path) -> None:
    """After the remedy that the message names, the command works."""
    shop = Shop(tmp_path)
    shop.config.write_text(MISTYPED, "utf-8")
    assert shop.run("status").returncode == 2
    assert shop.run("init").returncode == 0
    assert shop.run("status").returncode == 0


def test_a_database_of_somebody_else_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with other tables, or with none, is not ours: no command adds tables to it."""
    path = tmp_path / "loyaltycore.toml"
    path.write_text(MISTYPED, "utf-8")
    monkeypatch.chdir(tmp_path)
    for statement in ("CREATE TABLE till (id)", "DROP TABLE till"):
        with closing(sqlite3.connect(tmp_path / "shpo.db")) as connection:
            connection.execute(statement)
            before = connection.execute("SELECT name FROM sqlite_master").fetchall()
        with pytest.raises(NotSetUp) as refused, open_loyalty(path):
            raise AssertionError("it was opened")
        assert refused.value.place == f"{tmp_path / 'shpo.db'} with the prefix 'loyalty_'"
        with closing(sqlite3.connect(tmp_path / "shpo.db")) as connection:
            assert connection.execute("SELECT name FROM sqlite_master").fetchall() == before
