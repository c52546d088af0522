"""What holds outside Django's transactions, and in its test cases; runs as the tests of a Django project."""

from __future__ import annotations

import sqlite3
from contextlib import closing as ending
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.test import SimpleTestCase, TestCase
from django.test.testcases import DatabaseOperationForbidden
from shop.loyalty import loyalty
from shop.models import Sale

from loyaltycore import Refused, StaleRecord, StorageBusy, StorageError
from tests.joining.django_shop import Broken, Emptied, desk, in_thread, kept, stumble, take_on


class Alone(Emptied):
    """Verbs outside any block of Django."""

    def test_a_block_is_kept_or_not(self) -> None:
        """Outside `atomic` a block of the library commits or rolls back as a whole and leaves Django in autocommit."""
        with pytest.raises(Broken), desk().transaction():
            take_on("A")
            raise Broken
        with pytest.raises(StorageError), desk().transaction():
            take_on("A")
            with pytest.raises(Broken), desk().transaction():
                take_on("B")
                raise Broken
        with desk().transaction():
            take_on("C")
        assert kept() == ([], ["C"])
        assert connection.get_autocommit()
        assert not connection.in_atomic_block

    def test_a_storage_heeds_what_failed(self) -> None:
        """A transaction of the storage in which an operation failed, or that writes while reading, keeps nothing."""
        erika = take_on("A")
        with pytest.raises(StorageError), loyalty.storage.transaction() as tx:
            tx.remove(erika)
            with pytest.raises(StaleRecord):
                tx.remove(erika)
        with pytest.raises(StorageError), loyalty.storage.transaction(read_only=True) as tx:
            tx.remove(erika)
        assert kept() == ([], ["A"])

    def test_settings_come_back(self) -> None:
        """After reads and writes of the library's own, the connection has the settings that Django gave it."""

        def settings() -> list[Any]:
            asked = {
                "sqlite": ["PRAGMA busy_timeout"],
                "postgresql": [
                    "SHOW transaction_isolation",
                    "SHOW lock_timeout",
                    "SHOW transaction_read_only",
                ],
                "mysql": ["SELECT @@tx_isolation", "SELECT @@innodb_snapshot_isolation"],
            }[connection.vendor]
            with connection.cursor() as cursor:
                return [(cursor.execute(each) and None) or cursor.fetchone() for each in asked]

        if connection.vendor == "mysql":
            with connection.cursor() as cursor:
                cursor.execute("SET SESSION innodb_snapshot_isolation = OFF")
        before = settings()
        take_on("A")
        assert desk().customers.count() == 1
        assert settings() == before

    def test_two_reads_of_a_block_see_one_state(self) -> None:
        """What another thread commits during a block is not seen before the block's end."""
        if connection.vendor == "sqlite":
            self.skipTest("a block takes the write lock, so nobody else can commit meanwhile")
        with desk().transaction():
            assert desk().customers.count() == 0
            in_thread(lambda: take_on("Meanwhile"))
            assert desk().customers.count() == 0
        assert desk().customers.count() == 1

    def test_a_merge_sees_what_was_written_meanwhile(self) -> None:
        """What another thread wrote about the loser since the first read of a block moves to the survivor."""
        if connection.vendor != "postgresql":
            self.skipTest("SQLite lets nobody write meanwhile, and MariaDB refuses what is not the latest")
        survivor, loser = take_on("A"), take_on("B")
        plan = desk().merging.plan(survivor=survivor.id, loser=loser.id)
        with desk().transaction():
            assert desk().customers.count() == 2
            in_thread(lambda: desk().privacy.mark(loser.id))
            desk().merging.execute(plan)
        assert [each.customer_id for each in desk().privacy.marked().items] == [survivor.id]

    def test_a_connection_that_was_cut_is_dialled_again(self) -> None:
        """After the driver's connection was closed behind Django's back, the next verb works."""
        if connection.vendor == "sqlite":
            self.skipTest("there is nothing to cut")
        take_on("A")
        connection.connection.close()
        take_on("B")
        assert kept() == ([], ["A", "B"])

    def test_a_busy_database_is_busy(self) -> None:
        """A lock of somebody else, met before the first statement of a verb, is `StorageBusy`, and waits for nobody."""
        if connection.vendor != "sqlite":
            self.skipTest("elsewhere a lock is met by a statement")
        rival = sqlite3.connect(connection.settings_dict["NAME"], uri=True, isolation_level=None)
        with ending(rival):
            rival.execute("BEGIN IMMEDIATE")
            connection.cursor().execute("PRAGMA busy_timeout = 1")
            with pytest.raises(StorageBusy), loyalty.storage.transaction():
                pytest.fail("it began")
        assert take_on("A").last_name == "A"


class Tested(TestCase):
    """In a test case, whose transaction is never kept."""

    def test_verbs_alone_are_savepoints(self) -> None:
        """In a `TestCase` a verb outside `joined` is a savepoint: a failed one is undone alone, and delivery works."""
        take_on("A")
        with pytest.raises(Broken), desk().transaction():
            take_on("B")
            raise Broken
        assert kept() == ([], ["A"])
        assert loyalty.deliver().done == 0

    def test_the_same_again_finds_nothing(self) -> None:
        """What another test of the class has kept is gone."""
        assert kept() == ([], [])
        self.test_verbs_alone_are_savepoints()

    def test_a_transaction_of_the_application(self) -> None:
        """`atomic` and `joined` inside the transaction of a `TestCase` keep or undo their own part."""
        with transaction.atomic():
            Sale.objects.create(number="1")
            with loyalty.joined(connection):
                take_on("A")
        with pytest.raises(StorageError), transaction.atomic():
            Sale.objects.create(number="2")
            with pytest.raises(Broken), loyalty.joined(connection):
                stumble()
        assert kept() == (["1"], ["A"])

    def test_a_failure_in_the_test_case_itself(self) -> None:
        """A block that joined the test's own transaction and failed half way stops its further queries."""
        with pytest.raises(Broken), loyalty.joined(connection):
            stumble()
        with pytest.raises(TransactionManagementError):
            Sale.objects.count()

    def test_a_verb_in_atomic_has_to_join(self) -> None:
        """Inside `atomic` of a `TestCase` a verb that has not joined is refused, as in production."""
        with transaction.atomic(), pytest.raises(Refused) as caught:
            take_on("A")
        assert caught.value.code == "transaction.not_joined"


class Forbidden(SimpleTestCase):
    """Where Django lets no test near a database, the library does not go, either."""

    def test_no_verb_runs(self) -> None:
        """A `SimpleTestCase`, which may use no database, stops the library as well."""
        with pytest.raises(DatabaseOperationForbidden):
            take_on("A")
