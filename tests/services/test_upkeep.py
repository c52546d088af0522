"""Upkeep: old traces go, in portions; everything that matters stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from loyaltycore import InvalidInput
from loyaltycore.kernel.outbox import MessageState
from loyaltycore.ports.messaging import DeliveryStatus
from tests.house import House, dump

pytestmark = pytest.mark.every_engine


def test_old_traces_go_and_the_rest_stays(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Delivered messages, commands and event ids older than the span go; dead letters and all records stay."""
    monkeypatch.setattr("loyaltycore.outbox.upkeep.PORTION", 2)
    house.set_up_cards()
    erika = house.customer()
    for _ in range(3):
        house.desk.cards.order(erika.id)
    house.mailer.answers.append(DeliveryStatus.REJECTED)
    house.loyalty.deliver()
    house.loyalty.catch_up()
    house.clock.advance(days=91)
    house.desk.cards.order(erika.id)
    before = dump(house.loyalty)
    pruned = house.loyalty.prune(older_than=timedelta(days=90))
    after = dump(house.loyalty)
    assert (pruned.messages, pruned.events) == (5, 3)
    assert [m.state for m in after["outbox"]].count(MessageState.DEAD) == 1
    assert (len(after["outbox"]), len(after["commands"]), after["inbox"]) == (3, 1, [])
    kept = set(before) - {"outbox", "commands", "inbox"}
    assert {table: after[table] for table in kept} == {table: before[table] for table in kept}
    assert house.loyalty.prune(older_than=timedelta(days=90)).messages == 0


@pytest.mark.parametrize("span", [timedelta(hours=23), timedelta(days=-1), 90, None])
def test_young_traces_are_never_removed(memory_house: House, span: object) -> None:
    """A span under a day is refused: somebody may still repeat."""
    with pytest.raises(InvalidInput):
        memory_house.loyalty.prune(older_than=span)  # wrong on purpose
