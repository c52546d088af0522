"""What holds in a transaction of Django; runs as the tests of a Django project, on whatever database that has."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.db.transaction import TransactionManagementError
from shop.loyalty import loyalty
from shop.models import Sale

from loyaltycore import Conflict, Refused, StaleRecord, StorageBusy, StorageError
from tests.joining.django_shop import Broken, Emptied, closing, desk, kept, stumble, take_on

TILLS, SALES = 4, 4


class Joining(Emptied):
    """Real commits."""

    def test_both_are_kept_or_neither(self) -> None:
        """A sale and a customer are there after the end of `atomic`, and an exception takes both."""
        with transaction.atomic():
            Sale.objects.create(number="1")
            with loyalty.joined(connection):
                erika = take_on("A")
                assert desk().customers.get(erika.id) == erika
        assert kept() == (["1"], ["A"])
        assert desk().customers.get(erika.id) == erika
        with pytest.raises(Broken), transaction.atomic():
            Sale.objects.create(number="2")
            with loyalty.joined(connection):
                take_on("B")
            raise Broken
        assert kept() == (["1"], ["A"])

    def test_the_end_of_the_block_tells_what_was_swallowed(self) -> None:
        """Wherever the error was caught, Django's queries are refused with it as the cause, and `atomic` ends with `StorageError`."""
        for inside in (True, False):
            with pytest.raises(StorageError) as caught, transaction.atomic():
                Sale.objects.create(number="1")
                try:
                    with loyalty.joined(connection):
                        try:
                            stumble()
                        except Broken:
                            if not inside:
                                raise
                except (Broken, StorageError):
                    pass
                with pytest.raises(TransactionManagementError) as refused:
                    Sale.objects.count()
                assert isinstance(refused.value.__cause__, Broken)
                with pytest.raises(StorageError), loyalty.joined(connection):
                    pytest.fail("the block was entered")
            assert isinstance(caught.value.__cause__, Broken)
            assert kept() == ([], [])
        with transaction.atomic(), loyalty.joined(connection):
            take_on("after")
        assert kept() == ([], ["after"])

    def test_an_exception_that_tells_is_not_replaced(self) -> None:
        """An exception that leaves `atomic` reaches the caller as it is; one that is being handled elsewhere does not count."""
        with pytest.raises(Broken), transaction.atomic(), loyalty.joined(connection):
            stumble()
        try:
            raise ZeroDivisionError  # noqa: TRY301  somebody is handling something already
        except ZeroDivisionError:
            with (
                pytest.raises(StorageError),
                transaction.atomic(),
                pytest.raises(Broken),
                loyalty.joined(connection),
            ):
                stumble()
        assert kept() == ([], [])

    def test_errors_of_the_engine_spoil_it_too(self) -> None:
        """A stale record is a failure half way like any other: nothing of the block is kept."""
        erika = take_on("A")
        with (
            pytest.raises(StorageError) as caught,
            transaction.atomic(),
            pytest.raises(StaleRecord),
            loyalty.joined(connection),
            desk().transaction() as unit,
        ):
            unit.save(erika)
            unit.save(erika)
        assert isinstance(caught.value.__cause__, StaleRecord)
        assert desk().customers.get(erika.id) == erika

    def test_savepoints(self) -> None:
        """What an inner `atomic` takes back spoils nothing outside, and one that is spoiled takes back itself alone."""
        with transaction.atomic():
            Sale.objects.create(number="1")
            with pytest.raises(Broken), transaction.atomic(), loyalty.joined(connection):
                take_on("undone")
                raise Broken
            with pytest.raises(StorageError), transaction.atomic():
                Sale.objects.create(number="undone")
                with pytest.raises(Broken), loyalty.joined(connection):
                    stumble()
            with pytest.raises(Broken), loyalty.joined(connection):
                with pytest.raises(Refused), transaction.atomic():
                    take_on("undone")
                    raise Refused("undone", "by the host")
                raise Broken  # nothing that was written here stands
            with loyalty.joined(connection), transaction.atomic():
                take_on("A")
        assert kept() == (["1"], ["A"])

    def test_blocks_without_savepoints_belong_to_the_outer_one(self) -> None:
        """With `savepoint=False` there is nothing to go back to, so the outer block fails."""
        with (
            pytest.raises(StorageError),
            transaction.atomic(),
            transaction.atomic(savepoint=False),
            pytest.raises(Broken),
            loyalty.joined(connection),
        ):
            stumble()
        assert kept() == ([], [])

    def test_what_wrote_nothing_spoils_nothing(self) -> None:
        """After a refusal, or an exception in a block that only read, the transaction can be kept."""
        with transaction.atomic():
            Sale.objects.create(number="1")
            with loyalty.joined(connection):
                erika = take_on("A")
                with pytest.raises(Refused):
                    desk().cards.order(erika.id)
            with pytest.raises(Broken), loyalty.joined(connection):
                desk().customers.get(erika.id)
                raise Broken
        assert kept() == (["1"], ["A"])

    def test_the_block_ends_with_the_transaction(self) -> None:
        """When `atomic` ends inside `joined`, a later verb is refused and is no part of Django's next transaction."""
        block = transaction.atomic()
        block.__enter__()
        with pytest.raises(StorageError, match="has ended"), loyalty.joined(connection):
            take_on("A")
            block.__exit__(None, None, None)
            with transaction.atomic():
                take_on("late")
        assert kept() == ([], ["A"])

    def test_keys(self) -> None:
        """The whole transaction run again under one key, and the verb alone under it, answer with the same customer."""

        def sell() -> str:
            with transaction.atomic():
                Sale.objects.get_or_create(number="1")
                with loyalty.joined(connection):
                    return desk().keyed("k").customers.create(last_name="A").id

        assert sell() == sell() == desk().keyed("k").customers.create(last_name="A").id
        assert kept() == (["1"], ["A"])

    def test_what_is_refused(self) -> None:
        """Each way of joining that cannot work has its code."""

        def code(given: Any) -> str:
            with pytest.raises(Refused) as caught, loyalty.joined(given):
                pytest.fail("the block was entered")
            return caught.value.code

        assert code(connection) == "transaction.not_begun"
        with transaction.atomic():
            assert code(connection.connection) == code(None) == "transaction.cannot_join"
            with pytest.raises(Refused) as caught:
                desk()
            assert caught.value.code == "transaction.not_joined"
            Sale.objects.create(number="1")
            with loyalty.joined(connection), pytest.raises(Refused) as caught:
                loyalty.deliver()
            assert caught.value.code == "outbox.inside_transaction"
        transaction.set_autocommit(False)
        try:
            with pytest.raises(Refused) as caught:
                desk()
            assert caught.value.code == "transaction.not_joined"
        finally:
            transaction.rollback()
            transaction.set_autocommit(True)
        assert kept() == (["1"], [])


class Racing(Emptied):
    """Many tills at once."""

    def test_no_count_is_lost(self) -> None:
        """Tills that count in one record and run lost transactions again count every sale once."""
        if connection.vendor == "sqlite" and connection.is_in_memory_db():
            self.skipTest("threads share one connection")
        erika = desk().customers.create(last_name="A", notes="0")

        def sell(number: str) -> None:
            with transaction.atomic():
                Sale.objects.create(number=number)
                with loyalty.joined(connection):
                    seen = desk().customers.get(erika.id)
                    desk().customers.change(erika.id, notes=str(int(seen.notes) + 1))

        def till(number: int) -> None:
            for sale in range(SALES):
                for _ in range(400):
                    try:
                        sell(f"{number}-{sale}")
                        break
                    except (Conflict, StorageBusy, OperationalError):
                        continue

        with ThreadPoolExecutor(TILLS) as pool:
            list(pool.map(closing(till), range(TILLS)))
        assert Sale.objects.count() == TILLS * SALES
        assert int(desk().customers.get(erika.id).notes) == TILLS * SALES
