"""A `Loyalty` closes what it was given."""

from __future__ import annotations

from pathlib import Path

import pytest

from loyaltycore import Loyalty
from loyaltycore.memory import MemoryMailer, MemoryStorage
from loyaltycore_sql import SqlStorage


def test_a_block_closes_the_connections_at_its_end(tmp_path: Path) -> None:
    """The storage has no file open any more; it may be used again, and opens what it needs."""
    database = tmp_path / "shop.db"
    with Loyalty(SqlStorage(f"sqlite:///{database}")) as loyalty:
        loyalty.session("anna").branches.ensure("berlin", name="Optik Berlin")
        assert _is_open(database)
    assert not _is_open(database)
    assert loyalty.session("anna").branches.get("berlin").name == "Optik Berlin"
    loyalty.close()


def test_every_port_is_closed_whatever_another_one_does() -> None:
    """A port that cannot be closed is passed over, and one that fails does not keep the others open."""
    closed = []

    class ClosingMailer(MemoryMailer):
        def close(self) -> None:
            closed.append("mailer")
            raise OSError("lost")

    class ClosingStorage(MemoryStorage):
        def close(self) -> None:
            closed.append("storage")

    with pytest.raises(OSError, match="lost"), Loyalty(ClosingStorage(), mailer=ClosingMailer()):
        pass
    assert sorted(closed) == ["mailer", "storage"]


def _is_open(path: Path) -> bool:
    names = {str(each.readlink()) for each in Path("/proc/self/fd").iterdir() if each.is_symlink()}
    return str(path) in names
