"""A verb that blocks an event loop says so."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import Callable

import pytest

from loyaltycore import BlocksEventLoop
from tests.house import House, build_house


def warned(act: Callable[[], object]) -> list[warnings.WarningMessage]:
    """The warnings that an action in a running loop gives."""

    async def main() -> None:
        act()

    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        asyncio.run(main())
    return found


def verbs(house: House) -> list[Callable[[], object]]:
    """One of each kind: a command, a query, a block, what the house does itself, the feed."""
    return [
        lambda: house.desk.customers.create(last_name="Muster"),
        house.desk.customers.count,
        lambda: house.desk.transaction().__enter__(),
        lambda: house.loyalty.session("bert"),
        house.loyalty.deliver,
        house.desk.activities.since,
    ]


@pytest.mark.parametrize("number", range(6))
def test_every_kind_of_verb_warns_in_a_loop_once(number: int) -> None:
    """Whatever blocks first names the remedy and the line of the caller; after that the house is silent."""
    house = build_house()
    (first,) = warned(verbs(house)[number])
    assert first.category is BlocksEventLoop
    assert "loyalty.aio.run" in str(first.message)
    assert first.filename == __file__
    assert [warned(verb) for verb in verbs(house)[:2] if number != 2] in ([[], []], [])
    assert len(warned(verbs(build_house())[number])) == 1


def test_no_verb_warns_without_a_loop(memory_house: House) -> None:
    """Programs without a loop, and threads beside one, hear nothing."""

    async def main() -> None:
        await asyncio.to_thread(memory_house.customer)
        await memory_house.loyalty.aio.run(memory_house.customer)

    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        memory_house.customer()
        asyncio.run(main())
    assert found == []


def test_a_verb_whose_warning_is_an_error_has_changed_nothing(memory_house: House) -> None:
    """Under `python -W error` the warning comes before the work."""

    async def main() -> None:
        with pytest.raises(BlocksEventLoop):
            memory_house.customer()

    asyncio.run(main())
    assert memory_house.desk.customers.count() == 0


def test_a_house_that_has_warned_can_go() -> None:
    """Remembering who has warned keeps no house alive."""
    house = build_house()
    warned(house.desk.customers.count)
    known = len(_told())
    del house
    gc.collect()
    assert len(_told()) < known


def _told() -> set[object]:
    from loyaltycore.work.loops import _TOLD

    return set(_TOLD)
