"""The law of the vendor's news, on histories of the reference vendor itself: its works, its words, read by the adapter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, Final

from attrs import define, evolve, field
from hypothesis import given, settings, strategies as st

from loyaltycore.cards import Cancellation, OrderState
from loyaltycore.kernel.printing import PrintState, PrintStatus
from loyaltycore_cardprint.wire import order_body, read_order
from loyaltycore_cardvendor.checks import Checker
from loyaltycore_cardvendor.database import Database
from loyaltycore_cardvendor.problems import Problem
from loyaltycore_cardvendor.works import MADE, Works
from tests.domain.cards.samples import ORDER
from tests.domain.cards.telling import World, tellings

from .values import an_order

MOVES: Final = (
    "",
    "on_hold",
    "accepted",
    "in_production",
    "produced",
    "dispatched",
    "delivered",
    "returned",
    "failed",
)


@define
class Story:
    """What the works have said up to our wish to cancel and after it, and what they answered to the wish."""

    before: list[PrintStatus] = field(factory=list)
    after: list[PrintStatus] = field(factory=list)
    answer: Cancellation | None = None
    """None if nothing was wished."""
    last: dict[str, Any] = field(factory=dict)

    def hear(self, document: dict[str, Any]) -> None:
        """Note what they answer."""
        self.last = document
        (self.before if self.answer is None else self.after).append(_status(document))

    def overhear(self, documents: list[dict[str, Any]]) -> None:
        """Note what they have told in events, those on the way to what they answered too."""
        wished_at = max(status.revision for status in self.before)
        for document in documents:
            early = self.answer is None or document["revision"] <= wished_at
            (self.before if early else self.after).append(_status(document))


def _status(document: dict[str, Any]) -> PrintStatus:
    return evolve(read_order(document).status, reference=ORDER.id)


@contextmanager
def works() -> Iterator[Works]:
    """The reference vendor's works, in memory."""
    with closing(Database(":memory:")) as database:
        yield Works(database, Checker())


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """An order's way through the works, with a wish to cancel at any moment or none."""
    body = order_body(an_order())
    wished = draw(st.none() | st.integers(0, 6))
    policy = draw(st.sampled_from(["decide", "ask", "refuse"]))
    story = Story()
    with works() as vendor:
        vendor.database.change_settings({"cancellations": policy})
        story.hear(vendor.place(body, "k" * 16)[1])
        for number, move in enumerate(draw(st.lists(st.sampled_from(MOVES), min_size=1, max_size=7))):
            if number == wished:
                _wish(vendor, story, body["reference"])
            _move(vendor, story, body["reference"], move, granted=draw(st.booleans()))
        story.overhear([event["data"] for event in vendor.events(None, 200)["events"]])
    return story


def _wish(vendor: Works, story: Story, reference: str) -> None:
    story.answer = Cancellation.REQUESTED
    try:
        status, document = vendor.cancel(story.last["id"], {"reference": reference})
    except Problem as problem:
        story.answer = Cancellation.REFUSED
        story.hear(problem.members["order"])
    else:
        story.answer = Cancellation.CONFIRMED if status == 200 else Cancellation.REQUESTED
        story.hear(document)


def _move(vendor: Works, story: Story, reference: str, move: str, *, granted: bool) -> None:
    try:
        if story.last["cancellation"] == "requested":
            story.hear(vendor.decide(reference, granted=granted))
        story.hear(vendor.advance(reference, move))
    except Problem:
        pass  # it has come to its end


def _lived(story: Story, before: list[PrintStatus], after: list[PrintStatus]) -> World:
    """Our side: what came before the wish, the wish, its answer, and what came after it."""
    world = World().told(*before)
    if story.answer is None:
        return world.told(*after)
    world = world.done("cancel")
    answer = {Cancellation.CONFIRMED: "hear yes", Cancellation.REFUSED: "hear no"}.get(story.answer)
    if answer and "cancel" in world.accepted:
        world = world.done(answer)
    return world.told(*after)


@settings(max_examples=300)
@given(story=stories(), data=st.data())
def test_the_works_end_as_they_say_however_the_news_come(story: Story, data: st.DataObject) -> None:
    """With any delay and repetition, also over our wish to cancel: the same end, and the one that the works had."""
    late = data.draw(st.lists(st.sampled_from(story.before), max_size=4))
    heard = [status for status in story.before if status not in late] or story.before[:1]
    one = _lived(story, story.before, story.after)
    two = _lived(story, data.draw(tellings(heard)), data.draw(tellings([*late, *story.after, *heard])))
    if one.accepted == two.accepted:
        assert one.order == two.order
    for world in (one, two):
        _agrees(story, world)


def _agrees(story: Story, world: World) -> None:
    """The end is the works' own: the state that they say, and a cancellation that is confirmed if no card was made."""
    order = world.order
    assert (order.vendor_revision, order.vendor_word) == (story.last["revision"], story.last["state"])
    assert (order.dispatched_at is not None) == any(
        status.state in {PrintState.DISPATCHED, PrintState.DELIVERED}
        for status in [*story.before, *story.after]
    )
    if "cancel" not in world.accepted and order.state is not OrderState.CANCELLED:
        expected = {
            "received": "placed",
            "accepted": "placed",
            "on_hold": "placed",
            "produced": "in_production",
        }
        assert order.state.value == expected.get(story.last["state"], story.last["state"])
    if order.cancellation is Cancellation.CONFIRMED:
        assert order.production not in {PrintState[word.upper()] for word in MADE}
