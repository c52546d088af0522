"""What `init` writes, its owner alone may read: at every moment, whatever the umask."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from loyaltycore_sql import SqlStorage
from tests.cli.shop import Shop
from tests.cli.test_init import BERLIN

# Looks at the folder after every call of a function that is written in C: SQLite's among them, and those that open,
# write, link and rename files.
WATCHED = """
import os, sys
import alembic.command, loyaltycore_sql.migrating
from loyaltycore import Loyalty, cli
from loyaltycore.cli.commands import init

folder, umask = sys.argv[1], int(sys.argv[2], 8)
seen = {}

def look(frame, event, function):
    if event != "c_return" or getattr(function, "__module__", None) not in WATCHED:
        return
    for entry in os.scandir(folder):
        try:
            found = entry.stat()
        except FileNotFoundError:
            continue
        seen[entry.name] = seen.get(entry.name, 0) | found.st_mode & 0o077
        if entry.name == "loyaltycore.toml":
            with open(entry.path) as stream:
                assert stream.read() == init._TEMPLATE, "half a configuration"

WATCHED = {"posix", "_io", "sqlite3", None}
os.umask(umask)
sys.setprofile(look)
code = cli.main(["--config", f"{folder}/loyaltycore.toml", "init", *sys.argv[3:]])
sys.setprofile(None)
print(sorted(name.rpartition(".")[2] if name.startswith(".") else name for name in seen))
print(sorted(name for name, open_to in seen.items() if open_to))
sys.exit(code)
"""


@pytest.mark.parametrize("umask", ["000", "277"])
def test_nobody_else_may_read_it_at_any_moment(umask: str, tmp_path: Path) -> None:
    """Configuration, database and the logs beside it are private from the first moment, not only in the end."""
    command = [sys.executable, "-c", WATCHED, str(tmp_path), umask, *BERLIN]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, "")
    names, readable = ended.stdout.splitlines()[-2:]
    assert {"loyaltycore.toml", "shop.db", "shop.db-wal", "shop.db-shm"} <= set(eval(names))  # noqa: S307  our own words
    assert readable == "[]"
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {
        "loyaltycore.toml": 0o600,
        "shop.db": 0o600,
    }


@pytest.mark.parametrize(
    "url", ["sqlite:///{}", "sqlite:///file:{}?uri=true", "sqlite:///file:{}?mode=rwc&uri=true"]
)
@pytest.mark.parametrize("link", [False, True])
def test_a_storage_makes_its_file_for_its_owner(url: str, tmp_path: Path, *, link: bool) -> None:
    """A file that is made on the way of any address, and through a link that leads to nothing yet, is private too."""
    path = target = tmp_path / "shop.db"
    if link:
        target = tmp_path / "elsewhere.db"
        path.symlink_to(target)
    storage = SqlStorage(url.format(path))
    storage.upgrade()
    assert {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()} == {0o600}
    storage.close()
    assert target.stat().st_size > 0


def test_what_is_there_already_keeps_its_rights(tmp_path: Path) -> None:
    """A person who lets a group read a database or a configuration is not overruled."""
    shop = Shop(tmp_path)
    assert shop.run("init").returncode == 0
    for name in ("loyaltycore.toml", "shop.db"):
        (tmp_path / name).chmod(0o640)
    assert shop.run("init", *BERLIN).returncode == 0
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o640}
