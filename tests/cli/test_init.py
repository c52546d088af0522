"""`init`: what it makes, what it keeps, and what it refuses."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from loyaltycore.errors import NotFound
from tests.cli.shop import Shop

BERLIN = ("--branch", "berlin", "--name", "Optik Berlin", "--country", "DE", "--subdivision", "BE")


def test_makes_a_shop_out_of_nothing(tmp_path: Path) -> None:
    """In an empty folder it writes a configuration, makes the tables beside it, and opens the branch."""
    shop = Shop(tmp_path)
    ended = shop.run("init", *BERLIN)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert tomllib.loads(shop.config.read_text("utf-8")) == {
        "storage": {"use": "sql", "url": "sqlite:///shop.db"}
    }
    ended = shop.run("status")
    assert ended.returncode == 0


def test_twice_is_the_same_as_once(tmp_path: Path) -> None:
    """A second run changes nothing: neither the configuration, which a person has edited, nor the branch."""
    shop = Shop(tmp_path)
    assert shop.run("init", *BERLIN).returncode == 0
    text = shop.config.read_text("utf-8") + "# mine\n"
    shop.config.write_text(
        text.replace("sqlite:///shop.db", f"sqlite:///{tmp_path.as_posix()}/shop.db"), "utf-8"
    )
    text = shop.config.read_text("utf-8")
    ended = shop.run("init", "--branch", "berlin", "--name", "Another name")
    assert ended.returncode == 0
    assert "exists already" in ended.stdout
    assert shop.config.read_text("utf-8") == text
    with shop.opened() as loyalty:
        assert loyalty.session("anna", "berlin").branch.name == "Optik Berlin"


def test_paths_count_from_the_configuration(tmp_path: Path) -> None:
    """A relative database lies beside its configuration, from whatever folder the command is run."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "elsewhere").mkdir()
    shop = Shop(tmp_path / "shop")
    assert shop.run("init", *BERLIN, cwd=tmp_path / "elsewhere").returncode == 0
    assert (shop.folder / "shop.db").exists()
    assert not list((tmp_path / "elsewhere").iterdir())


def test_the_template_is_right_in_every_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the written configuration shows as comments is understood when the comment marks are taken off."""
    shop = Shop(tmp_path)
    assert shop.run("init").returncode == 0
    lines = shop.config.read_text("utf-8").splitlines()
    begin = next(i for i, line in enumerate(lines) if line.startswith("# [calendar]"))
    for i in range(begin, len(lines)):
        lines[i] = lines[i].removeprefix("# ")
    text = "\n".join(lines).replace("sqlite:///shop.db", f"sqlite:///{tmp_path.as_posix()}/shop.db")
    shop.config.write_text(text, "utf-8")
    (tmp_path / "card-vendor.secret").write_text("whsec_" + "A" * 32 + "\n", "utf-8")
    monkeypatch.setenv("SMTP_PASSWORD", "secret")
    monkeypatch.setenv("CARD_VENDOR_TOKEN", "token")
    monkeypatch.setenv("SEVEN_API_KEY", "key")
    monkeypatch.setenv("BOUNCE_SECRET", "b" * 24)
    with shop.opened() as loyalty:
        assert len(loyalty.worker().kinds) == 8
        assert loyalty.session("anna").actor == "anna"


def test_a_branch_in_no_place_is_not_opened(shop: Shop) -> None:
    """Where the calendar knows no such subdivision, it says so at once and opens nothing."""
    with shop.config.open("a", encoding="utf-8") as stream:
        stream.write('[calendar]\nuse = "holidays"\n')
    ended = shop.run("init", "--branch", "berlin", "--name", "Optik Berlin", "--subdivision", "ATLANTIS")
    assert ended.returncode == 2
    assert "subdivision" in ended.stderr
    assert "Traceback" not in ended.stderr
    with shop.opened() as loyalty, pytest.raises(NotFound):
        loyalty.session("anna", "berlin")


def test_every_fault_of_a_branch_is_named(shop: Shop) -> None:
    """A branch with three faults is refused with three lines."""
    ended = shop.run("init", "--branch", "Berlin!", "--time-zone", "Mars/Olympus")
    assert ended.returncode == 2
    assert [line.split()[1] for line in ended.stderr.splitlines()] == ["id", "name", "time_zone"]
