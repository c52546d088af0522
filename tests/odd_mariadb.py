"""A MariaDB of the tests' own whose defaults all differ from the usual ones; started when the first test asks for it."""

from __future__ import annotations

import atexit
import getpass
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from socket import AF_UNIX, socket
from typing import Final

import pytest
from sqlalchemy import URL, NullPool, create_engine, text

MODES: Final = (
    *("ANSI_QUOTES", "PIPES_AS_CONCAT", "NO_BACKSLASH_ESCAPES", "IGNORE_SPACE", "HIGH_NOT_PRECEDENCE"),
    *("PAD_CHAR_TO_FULL_LENGTH", "EMPTY_STRING_IS_NULL", "SIMULTANEOUS_ASSIGNMENT", "REAL_AS_FLOAT"),
    *("NO_KEY_OPTIONS", "NO_TABLE_OPTIONS", "NO_FIELD_OPTIONS", "NO_UNSIGNED_SUBTRACTION"),
    *(
        "NO_AUTO_VALUE_ON_ZERO",
        "NO_ZERO_DATE",
        "NO_ZERO_IN_DATE",
        "ONLY_FULL_GROUP_BY",
        "ALLOW_INVALID_DATES",
    ),
    *("TIME_ROUND_FRACTIONAL", "NO_DIR_IN_CREATE", "NO_AUTO_CREATE_USER"),
    *("STRICT_TRANS_TABLES", "ORACLE", "MSSQL", "DB2", "MAXDB", "MYSQL323", "TRADITIONAL"),
)
"""Ways in which a server can understand SQL. Without a STRICT one, it cuts what does not fit."""

_PATIENCE: Final = 30.0
_ROOM: Final = 500_000_000
_OPTIONS: Final = (
    "--default-storage-engine=Aria",
    "--innodb-default-row-format=compact",
    "--character-set-server=binary",
    "--skip-character-set-client-handshake",
    "--lower-case-table-names=1",
    "--completion-type=CHAIN",
    "--innodb-strict-mode=OFF",
    # Small and quick; none of it changes what a statement means.
    "--skip-networking",
    "--skip-log-bin",
    "--performance-schema=OFF",
    "--innodb-buffer-pool-size=32M",
    "--innodb-log-file-size=8M",
    "--innodb-flush-log-at-trx-commit=0",
)


# The server ends, and its folder goes, when the pipe of the tests is closed, also because they were killed.
_KEEPER: Final = """
"$@" >"$0/log" 2>&1 </dev/null &
read -r _
kill -9 $!
wait
rm -rf "$0"
"""


@cache
def odd_server() -> URL:
    """The address of the server; skips the test where MariaDB is not installed on this machine."""
    programs = [_program("mariadb-install-db"), _program("mariadbd")]
    if None in programs:
        reason = "no MariaDB is installed here to start a server of our own"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    install, server = map(str, programs)
    folder = Path(tempfile.mkdtemp(prefix="loyaltycore-odd-", dir=_quick_place()))
    # A server that is started by root has to run as somebody else.
    owner = "mysql" if os.geteuid() == 0 else getpass.getuser()
    if os.geteuid() == 0:
        shutil.chown(folder, owner)
    data = ["--no-defaults", f"--datadir={folder}/data", f"--user={owner}"]
    _run(install, *data, "--auth-root-authentication-method=normal", "--skip-test-db")
    command = [server, *data, f"--socket={folder}/socket", f"--pid-file={folder}/pid", *_OPTIONS]
    process = subprocess.Popen(["/bin/sh", "-c", _KEEPER, str(folder), *command], stdin=subprocess.PIPE)
    atexit.register(_stop, process)
    url = URL.create(
        "mariadb+pymysql",
        "root",
        host="localhost",
        database="mysql",
        query={"unix_socket": f"{folder}/socket"},
    )
    _await(url, process)
    return url


def set_globally(url: URL, **variables: str) -> None:
    """Change defaults of the server, for connections that are opened afterwards."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        for name, value in variables.items():
            connection.execute(text(f"SET GLOBAL {name} = {value}"))


def _quick_place() -> Path | None:
    """Where a file need not reach a disk, if there is room for a server's."""
    memory = Path("/dev/shm")  # noqa: S108  a folder of our own is made there
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > _ROOM else None


def _await(url: URL, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        with closing(socket(AF_UNIX)) as line, suppress(OSError):
            line.connect(str(url.query["unix_socket"]))
            return
        assert process.poll() is None, "the server has ended"
        assert time.monotonic() < until, "the server does not come up"
        time.sleep(0.05)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.communicate(timeout=_PATIENCE)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=4 * _PATIENCE)
    assert done.returncode == 0, done.stdout + done.stderr


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
