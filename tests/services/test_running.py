"""Service verbs under a storage that loses races, connections and answers: nothing lost, nothing done twice."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from hypothesis import given, strategies as st

from loyaltycore import Loyalty, Refused
from loyaltycore.cards.rules.options import NUMBER_PREFIX
from loyaltycore.cards.service import Cards
from loyaltycore.errors import (
    CommitUnknown,
    DuplicateKey,
    InvalidInput,
    KeyReused,
    StaleRecord,
    StorageBusy,
    StorageError,
    StorageUnreachable,
)
from loyaltycore.memory import MemoryStorage
from loyaltycore.ports.storage import Storage
from loyaltycore.selections import AllOf, FieldCondition, NoneOf
from loyaltycore.storing.registry import Registry
from loyaltycore.work.journal import CommandTrace
from loyaltycore.work.running import command, query
from loyaltycore.work.service import Service
from tests.house import House, build_house, dump

pytestmark = [pytest.mark.every_engine, pytest.mark.usefixtures("no_pauses")]


class Faulty:
    """A storage that breaks at the ends of transactions, as it is told.

    Faults: ``busy`` before anything, ``lost`` (the commit did not happen, its answer is missing), ``kept`` (it did
    happen, its answer is missing), ``late`` (as lost, but the commit lands while the next unit is at work, whose own
    trace is refused), ``stale`` and ``taken`` (the commit was refused).
    """

    def __init__(self, inner: Storage) -> None:
        self.inner = inner
        self.faults: deque[str] = deque()
        self._under_way: Any = None
        self._landed: Any = None

    def bind(self, registry: Registry) -> None:
        self.inner.bind(registry)

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[Any]:
        fault = self.faults.popleft() if self.faults else "none"
        if fault == "busy":
            raise StorageUnreachable("refused")
        with self.inner.transaction(read_only=read_only) as tx:
            if self._landed is not None:
                tx._base, self._landed = self._landed, None
            yield tx
            if self._under_way is not None and not read_only:
                late, self._under_way = self._under_way, None
                self._landed = late
                raise DuplicateKey("commands", ("id",))
            if fault == "late":
                self._under_way = tx.committed()
            if fault in {"lost", "late"}:
                raise CommitUnknown("gone")
            if fault == "stale":
                raise StaleRecord("customers", "x")
            if fault == "taken":
                raise DuplicateKey("customers", ("number",))
        if fault == "kept":
            raise CommitUnknown("gone")


@pytest.fixture
def faulty() -> tuple[Faulty, House]:
    """A house in memory behind a faulty connection, with cards set up."""
    storage = Faulty(MemoryStorage())
    house = build_house(storage)
    house.set_up_cards()
    return storage, house


faults = st.lists(st.sampled_from(["busy", "lost", "late", "kept", "stale", "taken", "none"]), max_size=5)


@given(sequence=faults)
def test_a_command_is_carried_out_exactly_once_whatever_breaks(sequence: list[str]) -> None:
    """Any sequence of lost races, refused connections and missing answers: one order, one card, one print order."""
    storage = Faulty(MemoryStorage())
    house = build_house(storage)
    house.set_up_cards()
    erika = house.customer()
    storage.faults.extend(sequence)
    order = house.desk.cards.order(erika.id)
    storage.faults.clear()
    assert [card.order_id for card in house.desk.cards.of_customer(erika.id)] == [order.id]
    assert house.desk.cards.get_order(order.id) == order
    keys = [message.key for message in dump(house.loyalty)["outbox"]]
    assert sorted(keys) == sorted([f"{order.id}.submit", f"{order.id}.confirmation"])


@given(sequence=faults, tries=st.integers(1, 3))
def test_a_keyed_command_is_carried_out_once_however_often_it_is_called(
    sequence: list[str], tries: int
) -> None:
    """The caller repeats under its key through any faults: the same order comes back every time."""
    storage = Faulty(MemoryStorage())
    house = build_house(storage)
    house.set_up_cards()
    erika = house.customer()
    storage.faults.extend(sequence)
    orders = {house.desk.keyed("till-1").cards.order(erika.id).id for _ in range(tries)}
    storage.faults.clear()
    assert [card.order_id for card in house.desk.cards.of_customer(erika.id)] == list(orders)


def test_giving_up_keeps_the_error(faulty: tuple[Faulty, House]) -> None:
    """After the bounded tries the last fault reaches the caller, and nothing was kept."""
    storage, house = faulty
    erika = house.customer()
    before = dump(house.loyalty)
    for fault, error in (
        ("busy", StorageBusy),
        ("stale", StaleRecord),
        ("taken", DuplicateKey),
        ("lost", CommitUnknown),
    ):
        storage.faults.extend([fault] * 12)
        with pytest.raises(error):
            house.desk.cards.order(erika.id)
        storage.faults.clear()
        assert dump(house.loyalty) == before


@pytest.mark.parametrize(("fault", "orders"), [("kept", 1), ("lost", 0)])
def test_giving_up_does_not_hide_an_unanswered_commit(
    faulty: tuple[Faulty, House], fault: str, orders: int
) -> None:
    """A commit without an answer, and then nobody to ask: the caller is told that nobody knows, not that nothing was kept."""
    storage, house = faulty
    erika = house.customer()
    storage.faults.extend([fault] + ["busy"] * 11)
    with pytest.raises(CommitUnknown):
        house.desk.cards.order(erika.id)
    storage.faults.clear()
    assert len(house.desk.cards.of_customer(erika.id)) == orders


def test_a_refusal_is_not_tried_again(faulty: tuple[Faulty, House]) -> None:
    """A rule that says no says it once: the body runs a single time."""
    _, house = faulty
    with pytest.raises(Refused):
        house.desk.cards.order(house.customer(addresses=[]).id)
    assert not dump(house.loyalty)["card_orders"]


def test_a_key_for_another_command_is_a_conflict(memory_house: House) -> None:
    """A key names one command with its arguments; another one under the same key is refused."""
    memory_house.set_up_cards()
    erika = memory_house.customer()
    order = memory_house.desk.keyed("k").cards.order(erika.id)
    with pytest.raises(KeyReused):
        memory_house.desk.keyed("k").cards.order(erika.id, comment="other")
    with pytest.raises(KeyReused):
        memory_house.desk.keyed("k").cards.cancel_order(order.id)


@pytest.mark.parametrize("key", ["", None, 7, "x" * 65, "a\nb"])
def test_a_bad_key_is_refused(memory_house: House, key: object) -> None:
    """A command key is a short text."""
    with pytest.raises(InvalidInput):
        memory_house.desk.keyed(key)  # wrong on purpose


def test_every_writing_command_leaves_its_trace(memory_house: House) -> None:
    """Who, what, when, and where the result is kept; reading leaves none."""
    memory_house.set_up_cards()
    erika = memory_house.customer()
    order = memory_house.desk.cards.order(erika.id)
    memory_house.desk.cards.draft(erika.id)
    last = dump(memory_house.loyalty)["commands"][-1]
    assert isinstance(last, CommandTrace)
    assert (last.name, last.actor, last.result_table, last.result_key) == (
        "cards.order",
        "anna",
        "card_orders",
        order.id,
    )


def test_callers_do_not_see_the_unit() -> None:
    """The signature that editors and documentation show has no `unit`."""
    parameters = list(inspect.signature(Cards.order).parameters)
    assert parameters[:2] == ["self", "customer_id"]


class Own(Service):
    """A service of a host whose verbs fail."""

    @query
    def ask(self, value: int) -> None:
        """Fail."""
        raise TypeError("from inside")

    @command("own.order")
    def order(self, value: int) -> None:
        """Fail."""
        raise TypeError("from inside")


@pytest.mark.parametrize("keyed", [False, True])
def test_a_wrong_call_is_told_as_callers_write_it(memory_house: House, *, keyed: bool) -> None:
    """The words are Python's and count what callers write; an error from inside a verb stays what it is."""
    desk: Any = memory_house.desk.keyed("k") if keyed else memory_house.desk
    for call, words in (
        (desk.cards.get, "get() missing"),
        (lambda: desk.cards.get("a", "b"), "get() t"),  # takes 2 positional arguments, or too many
        (desk.cards.activate, "activate() missing"),
        (lambda: desk.cards.activate("a", "b"), "activate() t"),
        (lambda: desk.cards.activate("a", b=1), "activate() got an unexpected keyword argument 'b'"),
    ):
        with pytest.raises(TypeError) as caught:
            call()
        assert str(caught.value).startswith(f"Cards.{words}")
    for verb in (Own(desk).ask, Own(desk).order):
        with pytest.raises(TypeError, match=r"^from inside$"):
            verb(1)


def test_queries_dial_again(faulty: tuple[Faulty, House]) -> None:
    """Reading survives refused and lost connections."""
    storage, house = faulty
    erika = house.customer()
    storage.faults.extend(["busy", "lost", "busy"])
    assert house.desk.customers.get(erika.id) == erika


def test_blocks_are_joined_and_not_retried(faulty: tuple[Faulty, House]) -> None:
    """Inside `transaction()` a lost race reaches the caller, who runs the whole block again."""
    storage, house = faulty
    erika = house.customer()
    storage.faults.append("stale")
    with pytest.raises(StaleRecord), house.desk.transaction(), house.desk.transaction():
        house.desk.cards.order(erika.id)
    assert house.desk.cards.of_customer(erika.id) == ()


def test_two_houses_do_not_join_each_other() -> None:
    """A block of one house does not swallow the verbs of another."""
    one, other = build_house(), build_house()
    with pytest.raises(RuntimeError), one.desk.transaction():
        hans = other.customer(first_name="Hans")
        raise RuntimeError
    assert isinstance(other.loyalty, Loyalty)
    assert other.desk.customers.get(hans.id) == hans


@pytest.mark.filterwarnings("ignore::loyaltycore.BlocksEventLoop")
def test_a_task_started_inside_a_block_does_not_write_into_it(house: House) -> None:
    """A task inherits the context of its block but not its transaction: what it writes is its own, and is kept."""
    done: list[str] = []

    async def later() -> None:
        await asyncio.sleep(0)
        done.append(house.desk.customers.create(last_name="Später").id)

    async def main() -> None:
        with pytest.raises(RuntimeError), house.desk.transaction():
            task = asyncio.create_task(later())
            raise RuntimeError
        await task

    asyncio.run(main())
    assert house.desk.customers.get(done[0]).last_name == "Später"


def test_a_copied_context_outlives_its_block_without_its_transaction(house: House) -> None:
    """Code that runs in a copy of the context after the block has ended opens a transaction of its own."""
    with house.desk.transaction():
        context = contextvars.copy_context()
    made = context.run(house.desk.customers.create, last_name="Nachher")
    assert house.desk.customers.get(made.id) == made


def test_each_session_acts_under_its_own_name_in_a_joined_block(house: House) -> None:
    """Two people in one block: every activity bears the name of the one who acted."""
    bert = house.loyalty.session("bert", "berlin")
    with house.desk.transaction():
        mine, his = house.customer(), bert.customers.create(last_name="Neu")
    actors = [house.desk.activities.of_customer(who.id).items[0].actor for who in (mine, his)]
    assert actors == ["anna", "bert"]


def test_a_verb_that_failed_half_way_dooms_its_block(house: House) -> None:
    """An inner block that wrote and failed is not kept by catching its error: the outer one keeps nothing either."""
    before = dump(house.loyalty)
    with pytest.raises(StorageError), house.desk.transaction():
        house.customer()
        with pytest.raises(RuntimeError), house.desk.transaction():
            house.customer(first_name="Hans")
            raise RuntimeError
    assert dump(house.loyalty) == before


def test_a_refusal_that_wrote_nothing_does_not_doom_its_block(house: House) -> None:
    """A rule that says no inside a block can be heeded: what the others did is kept."""
    with house.desk.transaction():
        erika = house.customer()
        with pytest.raises(Refused):
            house.desk.cards.order(erika.id)
    assert house.desk.customers.get(erika.id).last_name == "Mustermann"


def test_after_a_failed_verb_a_transaction_can_only_be_left(house: House) -> None:
    """On every storage a verb that raised ends the transaction, also where the error was caught."""
    erika = house.customer()
    with pytest.raises(StorageError), house.loyalty.storage.transaction() as tx:
        with pytest.raises(DuplicateKey):
            tx.add(erika)
        tx.get(type(erika), erika.id)


def test_the_same_call_written_differently_has_the_same_key(memory_house: House) -> None:
    """Defaults, names of arguments and the order of sets do not make another command of a call."""
    memory_house.set_up_cards()
    erika = memory_house.customer()
    keyed = memory_house.desk.keyed("k")
    first = keyed.cards.order(erika.id)
    assert keyed.cards.order(customer_id=erika.id, comment="") == first
    memory_house.desk.keyed("s").settings.change(NUMBER_PREFIX, "22")
    memory_house.desk.keyed("s").settings.change(NUMBER_PREFIX, "22", branch=None)
    with pytest.raises(KeyReused):
        memory_house.loyalty.session("anna").keyed("k").cards.order(erika.id)


def test_arguments_that_only_look_alike_are_different(memory_house: House) -> None:
    """A key tells classes apart: all of two conditions is not none of them, and a date is not its text."""
    desk = memory_house.desk
    parts = FieldCondition("age", "at_least", 60), FieldCondition("email", "is_filled")
    desk.keyed("q").selections.save("Q", AllOf(*parts))
    for other in (NoneOf(*parts), AllOf(AllOf(*parts)), AllOf(parts[0], NoneOf(parts[1]))):
        with pytest.raises(KeyReused):
            desk.keyed("q").selections.save("Q", other)
    desk.keyed("c").customers.create(last_name="M", birth_date=date(2000, 1, 1))
    with pytest.raises(KeyReused):
        desk.keyed("c").customers.create(
            last_name="M", birth_date="2000-01-01"
        )  # what is wrong here is refused


def test_an_argument_nested_too_deep_for_a_key_is_refused(memory_house: House) -> None:
    """What cannot be told from other arguments is bad input under a key."""
    deep: list[object] = []
    for _ in range(3000):
        deep = [deep]
    with pytest.raises(InvalidInput) as caught:
        memory_house.desk.keyed("k").customers.create(last_name=deep)  # what is wrong here is refused
    assert caught.value.codes == {"too_deep"}


def test_that_nothing_had_to_be_done_is_not_outdone_by_a_repetition(house: House) -> None:
    """Under a key a call that changed nothing stays one that changed nothing, whatever others did meanwhile."""
    erika = house.customer(notes="a")
    house.desk.keyed("k").customers.change(erika.id, notes="a")
    house.desk.customers.change(erika.id, notes="b")
    assert house.desk.keyed("k").customers.change(erika.id, notes="a").notes == "b"
    assert house.desk.customers.get(erika.id).notes == "b"
