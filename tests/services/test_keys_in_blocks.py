"""Keys inside blocks: a command under a key happens once, whether it runs alone or together with others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import sleep
from typing import Any

import pytest

from loyaltycore import KeyReused, Refused, Service, command
from loyaltycore.customers import Customer
from loyaltycore.work.journal import CommandTrace
from tests.house import House, dump

pytestmark = pytest.mark.every_engine


class Desk(Service):
    """A verb of a host that calls others."""

    @command("desk.both")
    def both(self, names: list[str]) -> Customer:
        """Take two people on, with the very session that has the key."""
        session: Any = self.session
        first, _ = (session.customers.create(last_name=name) for name in names)
        with session.transaction():
            session.customers.change(first.id, notes="first")
        return session.customers.get(first.id)


def _count(house: House) -> int:
    return house.desk.customers.count()


def test_a_repetition_in_a_block_answers_what_the_first_call_answered(house: House) -> None:
    """First alone or in a block, then in the same block, another one or alone: one effect, one answer."""
    with house.desk.transaction():
        first = house.desk.keyed("a").customers.create(last_name="A")
        assert house.desk.keyed("a").customers.create(last_name="A") == first
    with house.desk.transaction():
        assert house.desk.keyed("a").customers.create(last_name="A") == first
    assert house.desk.keyed("a").customers.create(last_name="A") == first
    second = house.desk.keyed("b").customers.create(last_name="B")
    with house.desk.transaction():
        assert house.desk.keyed("b").customers.create(last_name="B") == second
    assert _count(house) == 2


def test_a_block_that_is_not_kept_leaves_its_keys_free(house: House) -> None:
    """What was rolled back has not happened, and is done by the repetition."""
    before = dump(house.loyalty)
    with pytest.raises(RuntimeError), house.desk.transaction():
        house.desk.keyed("a").customers.create(last_name="A")
        raise RuntimeError
    assert dump(house.loyalty) == before
    with house.desk.transaction():
        house.desk.keyed("a").customers.create(last_name="A")
    assert _count(house) == 1


def test_another_command_under_the_same_key_is_refused_and_dooms_nothing(house: House) -> None:
    """As alone: the key belongs to the first one."""
    with house.desk.transaction():
        first = house.desk.keyed("a").customers.create(last_name="A")
        with pytest.raises(KeyReused):
            house.desk.keyed("a").customers.create(last_name="B")
        with pytest.raises(KeyReused):
            house.desk.keyed("a").customers.change(first.id, notes="x")
    assert house.desk.customers.get(first.id) == first


def test_that_nothing_had_to_be_done_is_an_answer_in_a_block_too(house: House) -> None:
    """A repetition does not do later what was not needed at first."""
    erika = house.customer(notes="a")
    with house.desk.transaction():
        house.desk.keyed("k").customers.change(erika.id, notes="a")
    house.desk.customers.change(erika.id, notes="b")
    with house.desk.transaction():
        assert house.desk.keyed("k").customers.change(erika.id, notes="a").notes == "b"


def test_a_refused_call_leaves_its_key_free(house: House) -> None:
    """With corrected data the same key may be used in the same block."""
    erika = house.customer()
    with house.desk.transaction():
        with pytest.raises(Refused):
            house.desk.keyed("k").cards.order(erika.id)
        house.set_up_cards()
        order = house.desk.keyed("k").cards.order(erika.id)
    assert house.desk.keyed("k").cards.order(erika.id) == order


@pytest.mark.parametrize("inside", [False, True])
def test_what_a_command_calls_is_part_of_it(house: House, *, inside: bool) -> None:
    """A key belongs to the command that was called with it, and not to those that this one calls with its session."""
    desk = Desk(house.desk.keyed("k"))
    if inside:
        with house.desk.transaction():
            first = desk.both(["A", "B"])
    else:
        first = desk.both(["A", "B"])
    assert desk.both(["A", "B"]) == first
    assert _count(house) == 2


def test_activities_in_a_block_name_the_key_of_their_command(house: House) -> None:
    """So that the trace of a command leads to what it changed."""
    with house.desk.transaction():
        erika = house.desk.keyed("k").customers.create(last_name="A")
        hans = house.desk.customers.create(last_name="B")
    commands = [house.desk.activities.of_customer(who.id).items[0].command for who in (erika, hans)]
    assert commands[0] == "k"
    assert commands[1] not in {"", "k"}
    with house.loyalty.storage.transaction(read_only=True) as tx:
        trace = tx.get(CommandTrace, "k")
    assert trace is not None
    assert (trace.actor, trace.result_key) == ("anna", erika.id)


def test_the_same_command_in_a_block_and_beside_it_happens_once(house: House) -> None:
    """Whoever comes second gets the first one's answer, also while the block is still open."""
    with ThreadPoolExecutor(1) as other:
        with house.desk.transaction():
            first = house.desk.keyed("k").customers.create(last_name="A")
            again = other.submit(lambda: house.desk.keyed("k").customers.create(last_name="A"))
            sleep(0.2)
            assert not again.done()
        assert again.result() == first
    assert _count(house) == 1
