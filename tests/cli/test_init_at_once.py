"""Several `init` at once on one shop agree: each ends well, and there is one configuration, one schema, one branch."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path

import pytest

from loyaltycore.cli.commands import init
from tests.cli.shop import Shop
from tests.cli.test_init import BERLIN
from tests.engines import ENGINES, bare_database

RIVALS = 4
ROUNDS = 3

# Copies of one process that has loaded everything, so that they meet: each waits until a pipe is closed.
MEETING = """
import os, sys
import alembic.command, loyaltycore_sql.migrating, psycopg, pymysql
from loyaltycore import cli
from loyaltycore.cli.commands import init

config, rivals = sys.argv[1], int(sys.argv[2])
word, give = os.pipe()
children = []
for number in range(rivals):
    child = os.fork()
    if child == 0:
        os.close(give)
        said = os.open(f"{config}.{number}", os.O_CREAT | os.O_WRONLY)
        os.dup2(said, 1)
        os.dup2(said, 2)
        os.read(word, 1)
        code = cli.main(["--config", config, "init", *sys.argv[3:]])
        sys.stdout.flush()
        os._exit(code)
    children.append(child)
os.close(give)
sys.exit(max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children))
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_all_agree(engine: str, tmp_path: Path) -> None:
    """Whoever comes second finds what the first one made, and says so."""
    for round_ in range(ROUNDS if engine == "sqlite" else 1):
        folder = tmp_path / str(round_)
        folder.mkdir()
        with a_shop(engine, folder) as shop:
            _meet(shop)
            said = [Path(f"{shop.config}.{number}").read_text("utf-8") for number in range(RIVALS)]
            assert sum("opened the branch berlin" in each for each in said) == 1, said
            assert sum("exists already" in each for each in said) == RIVALS - 1, said
            if engine == "sqlite":
                assert sum(each.startswith("wrote") for each in said) == 1, said
                assert shop.config.read_text("utf-8") == init._TEMPLATE
                assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []
            with chdir(folder), shop.opened() as loyalty:
                (branch,) = loyalty.session("anna").branches.all()
            assert branch.name == "Optik Berlin"


@contextmanager
def a_shop(engine: str, folder: Path) -> Iterator[Shop]:
    """A folder; where the database is on a server, with a configuration that names it."""
    shop = Shop(folder)
    if engine == "sqlite":
        yield shop
        return
    with bare_database(engine) as url:
        shop.config.write_text(f'[storage]\nuse = "sql"\nurl = "{url}"\n', "utf-8")
        yield shop


def _meet(shop: Shop) -> None:
    command = [sys.executable, "-c", MEETING, str(shop.config), str(RIVALS), *BERLIN]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    said = [path.read_text("utf-8") for path in shop.folder.glob(f"{shop.config.name}.*")]
    assert (ended.returncode, ended.stderr) == (0, ""), said


def test_a_file_system_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a file cannot have two names, the configuration still appears as a whole."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "loyaltycore.toml"
    assert init._write_config(path) == "wrote"
    assert path.read_text("utf-8") == init._TEMPLATE
    assert [path.name for path in tmp_path.iterdir()] == ["loyaltycore.toml"]


def test_a_folder_in_which_nothing_can_be_written(tmp_path: Path) -> None:
    """The complaint names the configuration and not the draft of it."""
    with pytest.raises(OSError, match=r"loyaltycore\.toml") as caught:
        init._write_config(tmp_path / "no" / "loyaltycore.toml")
    assert caught.value.filename == str(tmp_path / "no" / "loyaltycore.toml")
