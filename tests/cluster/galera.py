"""The cluster that the tests run on: three real nodes on loopback, started and hurt by `scripts/galera.sh`."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from attrs import frozen
from sqlalchemy import NullPool, create_engine, text

from loyaltycore_sql import SqlStorage
from loyaltycore_sql.hosts import split_hosts

NODES: Final = (1, 2, 3)
PATIENCE: Final = 60.0
"""Seconds that the cluster may take to come to agreement."""

_SCRIPT: Final = Path(__file__).parents[2] / "scripts" / "galera.sh"


@frozen
class NodeState:
    """What a node says of itself."""

    state: str
    """``Synced`` where it serves; ``down`` where there is no process."""
    members: int
    """How many nodes it sees."""
    primary: bool
    """Whether it belongs to the majority."""

    @property
    def serves(self) -> bool:
        """Whether it takes commands."""
        return self.state == "Synced" and self.primary


class Cluster:
    """Three nodes; as a context manager they run while the block lasts, and leave nothing behind."""

    def __init__(self) -> None:
        self.seconds_to_start = 0.0
        """How long it took from nothing to three nodes."""
        self._folder = Path(tempfile.mkdtemp(prefix="loyaltycore-galera-"))
        self._url = ""

    def __enter__(self) -> Self:
        begun = time.monotonic()
        try:
            self._script("start")
            self._url = self._script("url").strip()
        except BaseException:
            self.end()
            raise
        self.seconds_to_start = time.monotonic() - begun
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        """Stop all nodes and remove their folder."""
        if (self._folder / "ports").exists():
            self._script("stop")
        shutil.rmtree(self._folder)

    def create_database(self, name: str) -> None:
        """Make an empty database; its name begins with ``loyalty``."""
        self._script("sql", 1, "-e", f"CREATE DATABASE {name}")

    def url(self, first: int, database: str, *, alone: bool = False) -> str:
        """The address of a database.

        Args:
            first: The node that is preferred.

            database: The database's name.

            alone: Whether no other node is named.
        """
        head, _, _ = self._url.rpartition("/")
        account, _, hosts = head.rpartition("@")
        named = hosts.split(",")
        chosen = named[first - 1]
        others = [] if alone else [host for host in named if host != chosen]
        return f"{account}@{','.join([chosen, *others])}/{database}"

    def storage(self, first: int, database: str, **options: Any) -> SqlStorage:
        """A storage that prefers a node."""
        return SqlStorage(self.url(first, database), **options)

    def kill(self, node: int) -> None:
        """Kill a node without a warning."""
        self._script("kill", node)

    def rejoin(self, node: int) -> float:
        """Start a node again; answers the seconds until it has caught up."""
        begun = time.monotonic()
        self._script("rejoin", node)
        return time.monotonic() - begun

    def events_received(self, node: int) -> int:
        """How many writes that it had missed a node was given when it last came back.

        Raises:
            AssertionError: It was given a copy of everything instead.
        """
        log = (self._folder / f"node{node}" / "error.log").read_text("utf-8", "replace")
        _, _, latest = log.rpartition("starting as process")
        assert "IST completed on joiner" in latest, latest
        return int(re.findall(r"Receiving IST: (\d+) writesets", latest)[-1])

    def pause(self, node: int) -> None:
        """Freeze a node: its connections stay open, and nobody answers."""
        self._script("pause", node)

    def resume(self, node: int) -> None:
        """Let a frozen node go on."""
        self._script("resume", node)

    def bootstrap(self, node: int) -> None:
        """Declare what a node sees to be the cluster."""
        self._script("bootstrap", node)

    def states(self) -> dict[int, NodeState]:
        """What each node says of itself."""
        found = {}
        for line in self._script("status").splitlines():
            number, _, process, *said = line.split(" ")
            state, members, component = (*said, "", "", "")[:3]
            shown = "down" if process == "down" else state
            found[int(number)] = NodeState(shown, int(members or 0), component == "Primary")
        return found

    def await_nodes(self, *nodes: int) -> float:
        """Wait until these nodes, and no others, form the cluster; answers the seconds."""
        begun = time.monotonic()
        while time.monotonic() - begun < PATIENCE:
            states = self.states()
            if all(states[node].serves and states[node].members == len(nodes) for node in nodes):
                return time.monotonic() - begun
            time.sleep(0.1)
        raise AssertionError(f"nodes {nodes} did not come together: {self.states()}")

    def mend(self) -> None:
        """Bring back whatever a test has left frozen, dead or without a majority."""
        states = self.states()
        for node, found in states.items():
            if found.state != "down":
                self.resume(node)
        for node, found in states.items():
            if found.state == "down":
                self.rejoin(node)
        self.await_nodes(*NODES)

    def contents(self, node: int, database: str) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table as a node knows it, once it has caught up with the others."""
        single, _ = split_hosts(self.url(node, database, alone=True))
        engine = create_engine(single.replace("mariadb://", "mariadb+pymysql://"), poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(text("SET SESSION wsrep_sync_wait = 15"))
            tables = sorted(connection.execute(text("SHOW TABLES")).scalars())
            return {
                table: sorted(
                    (tuple(row) for row in connection.execute(text(f"SELECT * FROM {table}"))),  # noqa: S608  our own
                    key=repr,
                )
                for table in tables
            }

    def assert_equal_contents(self, database: str) -> dict[str, list[tuple[Any, ...]]]:
        """All nodes hold the same; answers it."""
        first, *others = (self.contents(node, database) for node in NODES)
        for other in others:
            assert other.keys() == first.keys()
            assert [table for table in first if first[table] != other[table]] == []
        return first

    def _script(self, command: str, *arguments: object) -> str:
        words = [str(_SCRIPT), command, str(self._folder), *map(str, arguments)]
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=600)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout
