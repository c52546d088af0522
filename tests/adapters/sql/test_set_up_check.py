"""Whether a house was set up in a database is told without making anything there."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, make_url

from loyaltycore.capabilities import core_record_types
from loyaltycore.errors import NotSetUp
from loyaltycore.storing.registry import Registry
from loyaltycore_sql import SqlStorage
from tests.engines import bare_database


def test_a_database_without_tables_is_told_from_one_that_was_set_up(bare: str) -> None:
    """The question makes no table; tables of another prefix are another house."""
    with closing(SqlStorage(bare)) as storage, closing(SqlStorage(bare, prefix="club_")) as other:
        with pytest.raises(NotSetUp) as refused:
            storage.require_set_up()
        assert (make_url(bare).database or "") in refused.value.place
        engine = create_engine(bare)
        assert inspect(engine).get_table_names() == []
        engine.dispose()
        storage.bind(Registry(core_record_types()))
        storage.require_set_up()
        with pytest.raises(NotSetUp, match="club_"):
            other.require_set_up()


@pytest.mark.parametrize("url", ["sqlite:///{}/no/shop.db", "sqlite:///file:{}/shop.db?uri=true&mode=rwc"])
def test_a_file_that_is_not_there_is_not_made_by_looking_for_it(url: str, tmp_path: Path) -> None:
    """In a folder that does not exist either, and under the other form of an address."""
    with closing(SqlStorage(url.format(tmp_path.as_posix()))) as storage:
        with pytest.raises(NotSetUp) as refused:
            storage.require_set_up()
        assert refused.value.place.startswith(str(tmp_path))
    assert [*tmp_path.iterdir()] == []


def test_a_password_is_no_part_of_the_place() -> None:
    """Where the address has a password, the error has none."""
    with bare_database("postgresql") as bare:
        url = make_url(bare).set(password="secret").render_as_string(hide_password=False)
        with closing(SqlStorage(url)) as storage, pytest.raises(NotSetUp) as refused:
            storage.require_set_up()
    assert "secret" not in str(refused.value)
