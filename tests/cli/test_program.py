"""The way in: help, and what it says when something goes wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from loyaltycore import cli
from loyaltycore.cli.parser import COMMANDS, read_arguments
from loyaltycore.errors import MissingExtra, StorageUnreachable
from tests.cli.shop import Shop


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """The help lists all commands, and each of them explains itself."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    for command in COMMANDS:
        assert command.name in shown
        with pytest.raises(SystemExit):
            cli.main([command.name, "--help"])
        assert f"{command.summary[0].upper()}{command.summary[1:]}." in " ".join(
            capsys.readouterr().out.split()
        )


def test_common_options_may_stand_anywhere() -> None:
    """The configuration may be named before or after the command; without either it is the one of this folder."""
    assert read_arguments(["--config", "a.toml", "status"]).config == Path("a.toml")
    assert read_arguments(["status", "--config", "a.toml"]).config == Path("a.toml")
    assert read_arguments(["status"]).config == Path("loyaltycore.toml")
    assert read_arguments(["status"]).actor == "command line"


def test_the_installed_command_is_this_one() -> None:
    """The entry point of the distribution leads here, and tells its version."""
    command = Path(sys.executable).with_name("loyaltycore")
    ended = subprocess.run([command, "--version"], capture_output=True, text=True, check=True, timeout=60)
    assert ended.stdout.strip() == __import__("loyaltycore").__version__


def test_all_faults_of_the_configuration_are_shown(shop: Shop) -> None:
    """As a process: each fault is a line with file and place, without a trace, and the exit code is 2."""
    shop.config.write_text(
        '[storage]\nuse = "sql"\nurl = { env = "NOWHERE" }\n[mailer]\nuse = "x"\n[shop]\n', "utf-8"
    )
    ended = shop.run("status")
    assert (ended.returncode, ended.stdout) == (2, "")
    places = [
        line.removeprefix(f"loyaltycore: {shop.config}: ").split()[0] for line in ended.stderr.splitlines()
    ]
    assert places == ["shop", "storage.url", "mailer.use"]


@pytest.mark.parametrize(
    "error",
    [MissingExtra("sql", "sqlalchemy"), StorageUnreachable("no route\nto host"), OSError(28, "No space")],
)
def test_an_error_is_one_line(
    error: Exception, shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever the library or the machine refuses is said in one line, and ends with 2."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("loyaltycore.cli.commands.status.open_loyalty", fail)
    assert cli.main(["--config", str(shop.config), "status"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("loyaltycore: ")
    assert len(said.splitlines()) == 1


def test_a_fault_of_ours_is_not_hidden(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that nobody foresaw keeps its trace: it is to be reported."""
    monkeypatch.setattr("loyaltycore.cli.commands.status.open_loyalty", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        cli.main(["--config", str(shop.config), "status"])


def test_ctrl_c_ends_quietly(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that is interrupted ends with the code that shells expect."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("loyaltycore.cli.commands.status.open_loyalty", interrupt)
    assert cli.main(["--config", str(shop.config), "status"]) == 130


def test_a_reader_that_goes_is_no_fault(shop: Shop) -> None:
    """When whoever reads the output has seen enough, the command ends without a word about it."""
    with shop.running("status") as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(30) == 2


def test_a_terminal_without_umlauts(shop: Shop, tmp_path: Path) -> None:
    """Where the terminal knows ASCII alone, other characters are replaced, and nothing breaks."""
    path = tmp_path / "kunden.csv"
    path.write_text("Nachname;Schuhgröße\nMüller;38\n", "utf-8")
    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "loyaltycore.cli",
            "--config",
            str(shop.config),
            "import-customers",
            str(path),
        ],
        capture_output=True,
        env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        check=False,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    assert b"Schuhgr??e" in ended.stdout
