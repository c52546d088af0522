"""The law of the vendor's news: what an order and its cards are depends on what was said, never on how it arrived."""

from __future__ import annotations

from itertools import permutations

from attrs import evolve
from hypothesis import event, example, given, settings, strategies as st

from loyaltycore.cards.rules.production import apply_status, is_news
from loyaltycore.cards.rules.reports import MOST_REPORTS
from loyaltycore.kernel.printing import PrintState, PrintStatus
from tests.domain.cards.samples import NOW, news
from tests.domain.cards.telling import ACTS, ENDING, World, babble, histories, reports, tellings


def _facts(world: World) -> tuple[object, ...]:
    """All that the law is about if nothing was done here."""
    return world.order, world.card, world.old


@settings(max_examples=600)
@given(told=histories() | babble(), data=st.data())
def test_the_end_does_not_depend_on_the_order_of_arrival(
    told: list[PrintStatus], data: st.DataObject
) -> None:
    """Two tellings of one set of news, with any repetitions, end with equal order, card and old card, facts and all."""
    one, two = World().told(*told), World().told(*data.draw(tellings(told)))
    assert _facts(one) == _facts(two)


@settings(max_examples=300)
@given(told=histories(), data=st.data())
def test_the_activities_tell_each_report_once(told: list[PrintStatus], data: st.DataObject) -> None:
    """In any order of arrival, late or repeated, each report of a vendor that counts has one line about the order."""
    world = World().told(*data.draw(tellings(told)))
    assert sorted(world.said) == sorted(World().told(*told).said)
    assert len(world.said) == len(told)


@settings(max_examples=1000)
@given(told=histories() | babble(), acts=st.lists(st.sampled_from(sorted(ACTS)), max_size=4), data=st.data())
def test_the_end_does_not_depend_on_when_our_side_acted(
    told: list[PrintStatus], acts: list[str], data: st.DataObject
) -> None:
    """News that come before or after what was done here end the same, if the same acts were accepted.

    The law ends at acts that put the card out of use: a card that was ended before its dispatch was known has never been
    in use here, so it keeps no moment of activation, and the card that it follows stays.
    """
    one, two = (_mixed(data, tuple(data.draw(tellings(told))), acts) for _ in range(2))
    if one.accepted != two.accepted:
        event("an act was refused, since it was known to come too late")
        return
    event(f"{len(one.accepted)} acts accepted")
    assert one.order == two.order
    if ENDING.isdisjoint(one.accepted):
        assert (one.card, one.old) == (two.card, two.old)
    else:
        assert evolve(one.card, activated_at=None) == evolve(two.card, activated_at=None)


def _mixed(data: st.DataObject, told: tuple[PrintStatus, ...], acts: list[str]) -> World:
    """The acts in their order, with the news between them, before them and after them."""
    places = sorted(data.draw(st.lists(st.integers(0, len(told)), min_size=len(acts), max_size=len(acts))))
    world, position = World(), 0
    for act, place in zip(acts, places, strict=True):
        world, position = world.told(*told[position:place]).done(act), place
    return world.told(*told[position:])


def test_all_orders_of_arrival_of_a_card_that_came_back() -> None:
    """Sent and returned, in each of the 24 orders: in use, with the time of dispatch and the reason for its return."""
    told = (
        news(PrintState.ACCEPTED, 2),
        news(PrintState.DISPATCHED, 3, tracking="DHL 1", occurred_at=NOW),
        news(PrintState.RETURNED, 4, reason_code="undeliverable"),
        news(None, 5),
    )
    ends = {_facts(World().told(*arrival)) for arrival in permutations(told)}
    ((order, card, old),) = ends
    assert (order.state.value, order.dispatched_at, order.reason_code, order.tracking) == (
        "returned",
        NOW,
        "undeliverable",
        "DHL 1",
    )
    assert (card.state.value, old.state.value) == ("active", "invalid")


@settings(max_examples=300)
@given(told=histories() | babble(), again=st.data())
def test_what_was_said_before_is_no_news(told: list[PrintStatus], again: st.DataObject) -> None:
    """Each repetition, whatever came in between, decides nothing, saves nothing and writes nothing down."""
    world = World().told(*told)
    status = again.draw(st.sampled_from(told))
    assert not is_news(world.order, status)
    decision = apply_status(world.order, world.card, world.old, status, NOW)
    assert (decision.save, decision.notes) == ((), ())


@settings(max_examples=150)
@given(
    told=st.lists(
        reports(st.integers(1, 3 * MOST_REPORTS)), min_size=MOST_REPORTS, max_size=2 * MOST_REPORTS
    ),
    data=st.data(),
)
@example(told=[news(PrintState.DISPATCHED, 1), *(news(None, 2 + n) for n in range(MOST_REPORTS))], data=None)
def test_a_vendor_that_does_not_stop_talking(told: list[PrintStatus], data: st.DataObject | None) -> None:
    """Of any number of reports a bounded number is kept, and the end is still the same in any order of arrival."""
    one = World().told(*told)
    two = World().told(*(data.draw(tellings(told)) if data else reversed(told)))
    assert _facts(one) == _facts(two)
    assert len(one.order.dealings.reports) <= MOST_REPORTS + 8
