"""A world with one order, in which news arrive and our side acts; and strategies for what vendors may say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from attrs import evolve, frozen
from hypothesis import strategies as st

from loyaltycore.cards import Cancellation, CardOrder, CustomerCard
from loyaltycore.cards.rules.cancelling import cancel_order, settle_cancellation
from loyaltycore.cards.rules.card import activate_card, follow, invalidate_card
from loyaltycore.cards.rules.production import apply_status, reject_order
from loyaltycore.cards.rules.replacing import step_aside
from loyaltycore.errors import Refused
from loyaltycore.kernel.decisions import Decision
from loyaltycore.kernel.printing import PrintState, PrintStatus
from tests.domain.cards.samples import CARD, MESSAGE, NOW, OLD_CARD, ORDER

FOLLOWER: Final = evolve(CARD, replaces="k0")


@frozen
class World:
    """An order, its card, the card that it follows, what was written down, and which acts were accepted."""

    order: CardOrder = ORDER
    card: CustomerCard = FOLLOWER
    old: CustomerCard = OLD_CARD
    notes: tuple[tuple[str, str], ...] = ()
    accepted: tuple[str, ...] = ()

    def after(self, decision: Decision[Any]) -> World:
        """With the records that a decision saves."""
        saved = {record.id: record for record in decision.save}
        notes = tuple((note.action, note.comment) for note in decision.notes)
        return evolve(
            self,
            order=saved.get("o1", self.order),
            card=saved.get("k1", self.card),
            old=saved.get("k0", self.old),
            notes=self.notes + notes,
        )

    def told(self, *news: PrintStatus) -> World:
        """After some news."""
        world = self
        for status in news:
            world = world.after(apply_status(world.order, world.card, world.old, status, NOW))
        return world

    def done(self, act: str) -> World:
        """After an act of ours, or as it is if the act is refused."""
        try:
            return evolve(ACTS[act](self), accepted=(*self.accepted, act))
        except Refused:
            return self

    @property
    def said(self) -> list[tuple[str, str]]:
        """The activities about the order, without those about cards."""
        return [note for note in self.notes if note[0].startswith("card_order.")]


def _merged(world: World) -> World:
    return evolve(
        world,
        order=evolve(world.order, customer_id="c2"),
        card=evolve(world.card, customer_id="c2"),
        old=evolve(world.old, customer_id="c2"),
    )


def _followed(world: World) -> World:
    return evolve(
        world, card=dict(enumerate(after for _, after in follow(world.card, NOW))).get(0, world.card)
    )


def _answered(outcome: Cancellation) -> Callable[[World], World]:
    return lambda world: world.after(settle_cancellation(world.order, outcome))


ACTS: Final[dict[str, Callable[[World], World]]] = {
    "cancel": lambda world: world.after(cancel_order(world.order, world.card, None, "anna", NOW, "wrong")),
    "call back": lambda world: world.after(
        cancel_order(world.order, world.card, MESSAGE, "anna", NOW, "wrong")
    ),
    "hear yes": _answered(Cancellation.CONFIRMED),
    "hear no": _answered(Cancellation.REFUSED),
    "hear of a refused print order": lambda world: world.after(
        reject_order(world.order, world.card, "bad", "no such design", NOW)
    ),
    "activate": lambda world: world.after(activate_card(world.card, world.old, NOW)),
    "invalidate": lambda world: world.after(invalidate_card(world.card, NOW, "lost")),
    "replace": lambda world: world.after(step_aside(world.card, NOW, "lost", keep=False)),
    "be followed": _followed,
    "invalidate the old card": lambda world: world.after(invalidate_card(world.old, NOW, "lost")),
    "merge": _merged,
}
"""What our side does to an order, its card and the card that it follows."""

ENDING: Final = frozenset({"cancel", "call back", "invalidate", "replace", "be followed"})
"""The acts that put the card out of use."""

states = st.sampled_from([*PrintState, None])


@st.composite
def reports(draw: st.DrawFn, revisions: st.SearchStrategy[int] = st.integers(0, 6)) -> PrintStatus:  # noqa: B008  a strategy is a value
    """Anything that a vendor may say about the order, with few values, so that they meet."""
    state = draw(states)
    return PrintStatus(
        reference="o1",
        vendor_id=draw(st.sampled_from(["v1", "v2", ""])),
        revision=draw(revisions),
        state=state,
        raw_state=state.value if state else "teleported",
        occurred_at=NOW + timedelta(hours=draw(st.integers(0, 3))),
        reason_code=draw(st.sampled_from(["", "", "lost"])),
        reason=draw(st.sampled_from(["", "", "gone"])),
        tracking=draw(st.sampled_from(["", "DHL 1", "DHL 2"])),
        cancellation_refused=draw(st.booleans()),
    )


@st.composite
def histories(draw: st.DrawFn) -> list[PrintStatus]:
    """What a vendor that counts may say: each revision once, in order, with or without gaps."""
    told = draw(st.lists(reports(), min_size=1, max_size=8))
    count, counted = 0, []
    for status in told:
        count += draw(st.sampled_from([1, 1, 1, 2]))
        counted.append(evolve(status, revision=count, occurred_at=NOW + timedelta(hours=count)))
    return counted


def babble() -> st.SearchStrategy[list[PrintStatus]]:
    """What a vendor that does not count may say: revisions meet, and mean different things."""
    return st.lists(reports(), min_size=1, max_size=8)


def tellings(told: list[PrintStatus]) -> st.SearchStrategy[list[PrintStatus]]:
    """All of it in any order, with repetitions."""
    again = st.lists(st.sampled_from(told), max_size=4)
    return again.flatmap(lambda more: st.permutations([*told, *more]))
