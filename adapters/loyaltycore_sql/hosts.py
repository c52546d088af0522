"""Several hosts in one address: a connection goes to the first that takes commands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from socket import IPPROTO_TCP, MSG_PEEK, SO_KEEPALIVE, SOL_SOCKET, TCP_NODELAY, create_connection, socket
from time import monotonic
from typing import Any, Final

from attrs import frozen

from loyaltycore.errors import Fault, InvalidInput, StorageError, StorageUnreachable
from loyaltycore.ports.logs import Log
from loyaltycore_sql.translation import Diagnosis, diagnose_mariadb
from loyaltycore_sql.unconnected import is_permanent

_log: Final = Log("sql")

REST: Final = 10.0
"""Seconds for which a host that failed is tried last."""

_USUAL_PORT: Final = 3306
_GREATEST_PORT: Final = 65_535

# As SQLAlchemy takes an address apart.
_ADDRESS: Final = re.compile(
    r"(?P<before>[\w+]+://(?:[^:/]*(?::[^@]*)?@)?)(?P<hosts>[^/?]*)(?P<after>.*)", re.DOTALL
)
_HOST: Final = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[^\[\]:,\s]+)(?::(?P<port>\d{1,5}))?")


@frozen
class Host:
    """Where a server may listen."""

    name: str
    port: int

    def __str__(self) -> str:
        return f"{self.name}:{self.port}"


def split_hosts(url: str) -> tuple[str, tuple[Host, ...]]:
    """Split an address that names several hosts: ``mariadb://user:password@node1,node2:3307/shop``.

    Returns:
        The address with only the first host, and all hosts; the same address and no hosts if it names at most one.

    Raises:
        InvalidInput: A part between the commas is not a host.
    """
    parts = _ADDRESS.fullmatch(url)
    if parts is None or "," not in parts["hosts"]:
        return url, ()
    found = [_HOST.fullmatch(each.strip()) for each in parts["hosts"].split(",")]
    hosts = [Host(each["name"].strip("[]"), int(each["port"] or _USUAL_PORT)) for each in found if each]
    if len(hosts) < len(found) or any(host.port > _GREATEST_PORT for host in hosts):
        raise InvalidInput([Fault("url", "bad_url", "must name hosts as `node1,node2:3307`")])
    first = next(each for each in found if each)
    return f"{parts['before']}{first[0]}{parts['after']}", tuple(hosts)


class Dialler:
    """Opens connections for SQLAlchemy, as a listener for its event ``do_connect``.

    The hosts are tried in order, so the first is the preferred one. A host that failed is tried last for a while, so
    that a dead one costs its share of the time once and not with every connection.
    """

    def __init__(self, hosts: Sequence[Host], timeout: float) -> None:
        """Remember the hosts.

        Args:
            hosts: In the order of preference.
            timeout: Seconds within which one of them should have answered.
        """
        self._hosts = tuple(hosts)
        self._patience = timeout / len(self._hosts)
        self._failed: dict[Host, float] = {}

    def __call__(self, dialect: Any, _record: Any, _arguments: Any, options: Mapping[str, Any]) -> Any:
        """Open a connection to the first host that takes commands.

        Raises:
            StorageUnreachable: None does at the moment.
            StorageError: None ever will, as things are.
            Exception: The driver's own, if a host refuses the user or does not know the database.
        """
        said = []
        hopeless = True
        for host in self._in_turn():
            try:
                connection = self._dial(dialect, host, options)
            except (dialect.loaded_dbapi.Error, OSError, UnicodeError) as error:
                if diagnose_mariadb(error) is Diagnosis.REFUSED:
                    raise
                self._failed[host] = monotonic()
                hopeless &= is_permanent(error)
                _log.warning("host does not answer", host=str(host), error=type(error).__name__)
                said.append(f"{host}: {error}")
            else:
                if self._failed.pop(host, None) is not None:
                    _log.info("host answers again", host=str(host))
                return connection
        kind = StorageError if hopeless else StorageUnreachable
        raise kind(f"no host takes commands: {'; '.join(said)}")

    def _in_turn(self) -> list[Host]:
        rested = monotonic() - REST
        return sorted(self._hosts, key=lambda host: self._failed.get(host, rested) > rested)

    def _dial(self, dialect: Any, host: Host, options: Mapping[str, Any]) -> Any:
        connection = dialect.connect(
            **{**options, "host": host.name, "port": host.port, "defer_connect": True}
        )
        connection.connect(_line(host, self._patience))
        try:
            # A node that has lost the others lets everybody in and then refuses every command: better now than later.
            connection.rollback()
        except BaseException:
            connection.close()
            raise
        return connection


def _line(host: Host, patience: float) -> socket:
    """A connection on which the server has begun to speak: the system accepts connections even if the server hangs."""
    line = create_connection((host.name, host.port), patience)
    try:
        line.recv(1, MSG_PEEK)
        line.settimeout(None)
        line.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        line.setsockopt(SOL_SOCKET, SO_KEEPALIVE, 1)
    except BaseException:
        line.close()
        raise
    return line
