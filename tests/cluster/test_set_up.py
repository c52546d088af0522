"""Tables on a cluster: made by many at once without a lock that reaches all nodes, and fit for replication."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex
from typing import Any

from sqlalchemy import event, text

from loyaltycore import Loyalty
from tests.adapters.sql.samples import PARTS, THINGS
from tests.cluster.conftest import Figure
from tests.cluster.galera import NODES, Cluster
from tests.cluster.hiring import Team
from tests.hosting import hosted

_WITHOUT_PRIMARY_KEY = """
    SELECT t.table_name FROM information_schema.tables t
    LEFT JOIN information_schema.table_constraints c
        ON c.table_schema = t.table_schema AND c.table_name = t.table_name AND c.constraint_type = 'PRIMARY KEY'
    WHERE t.table_schema = :database AND c.constraint_name IS NULL
"""


def test_an_empty_database_is_set_up_by_all_at_once(cluster: Cluster, tmp_path: Path, figure: Figure) -> None:
    """Six processes at three nodes open one empty database together: all get in, and every node has the same tables."""
    database = f"loyalty_{token_hex(4)}"
    cluster.create_database(database)
    with Team(tmp_path) as team:
        openers = [team.hire("opener", url=cluster.url(node, database), timeout=20) for node in NODES * 2]
        for opener in openers:
            opener.await_ready()
        for opener in openers:
            opener.finish()
    tables = cluster.assert_equal_contents(database)
    assert {"loyalty_customers", "loyalty_outbox", "loyalty_things", "loyalty_parts"} <= tables.keys()
    storage = cluster.storage(1, database)
    assert tables["loyalty_schema_version"] == [(storage.upgrade(),)]
    storage.close()
    slowest = max(word["took"] for opener in openers for word in opener.said if "took" in word)
    figure(f"an empty database set up by six processes at once: {slowest:.1f} s")


def test_every_table_has_a_primary_key(cluster: Cluster, database: str) -> None:
    """Without one, Galera would neither find rows to delete nor order them alike on all nodes."""
    storage = cluster.storage(1, database)
    Loyalty(storage, capabilities=[hosted(records=[THINGS, PARTS])])
    with storage._database.engine.connect() as connection:
        found = connection.execute(text(_WITHOUT_PRIMARY_KEY), {"database": database}).all()
        connection.rollback()
    storage.close()
    assert found == []


def test_no_named_lock_is_asked_for(cluster: Cluster) -> None:
    """Named locks hold for one node, and later servers refuse them on a cluster: setting up does without."""
    database = f"loyalty_{token_hex(4)}"
    cluster.create_database(database)
    storage = cluster.storage(1, database)
    assert storage._database.patient
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement.upper())

    event.listen(storage._database.patient, "before_cursor_execute", note)
    storage.upgrade()
    storage.close()
    assert any("CREATE TABLE" in statement for statement in said)
    assert not any("GET_LOCK" in statement or "LOCK TABLES" in statement for statement in said)
