"""What customers have, as an order sees it: rules of prices, and what can pay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from attrs import evolve, frozen

from loyaltycore.cards.rules.card import CustomerCard
from loyaltycore.errors import Refused
from loyaltycore.kernel.given import shown
from loyaltycore.kernel.ledger import Purse, available_of
from loyaltycore.kernel.pricing.benefits import Earning
from loyaltycore.kernel.pricing.order import Order
from loyaltycore.kernel.pricing.rule import Limit, Rule
from loyaltycore.kernel.pricing.standing import POINTS, Tender
from loyaltycore.programs.rules.assigning import Terms
from loyaltycore.programs.rules.assignment import ProgramAssignment
from loyaltycore.programs.rules.entering import Scene
from loyaltycore.programs.rules.using import require_running
from loyaltycore.sales.rules.counting import Restricted
from loyaltycore.sales.rules.holders import Holder, purse_in
from loyaltycore.sales.rules.promotions import Published
from loyaltycore.sales.rules.reservation import Reservation, ReservationState
from loyaltycore.sales.rules.settlement import PricedFrom, SettledProgram
from loyaltycore.vouchers.rules.voucher import Voucher


@frozen
class Joined:
    """A program or a voucher that joins an order."""

    rows: tuple[Holder, ...]
    """What the customer has of it; several where a merge has left them."""
    terms: Terms
    title: str
    level: str
    """The customer's tier."""
    rivals: tuple[Reservation, ...] = ()
    """Reservations that give way, because whoever presents a code has it."""

    @property
    def id(self) -> str:
        """What rules and tenders of it are called."""
        return self.rows[0].id

    @property
    def counts_uses(self) -> bool:
        """Whether it is a voucher of which an order takes one use."""
        return _counts_uses(self.as_settled, self.terms)

    @property
    def as_settled(self) -> SettledProgram:
        """What a settlement keeps of it."""
        row = self.rows[0]
        item = row.item if isinstance(row, ProgramAssignment) else ""
        return SettledProgram(row.program, row.revision, row.id, item, self.level, isinstance(row, Voucher))


def require_own(
    assignment: ProgramAssignment, terms: Terms, order: Order, scene: Scene, hold_id: str
) -> None:
    """Make sure that a program named by hand can join an order.

    Raises:
        Refused: ``sale.other_customer``, ``program.wrong_reference``, or what keeps the program from being used.
    """
    if assignment.customer_id != order.customer_id:
        raise Refused(
            "sale.other_customer",
            "the program belongs to another customer",
            remedy="name a program of the order's customer",
            assignment=assignment.id,
        )
    require_running(assignment, terms, scene, hold_id)
    if not is_about(assignment, order):
        raise Refused(
            "program.wrong_reference",
            "the program is for another supply",
            remedy="give the reference of the supply",
            reference=assignment.reference,
        )


def require_own_card(card: CustomerCard, order: Order) -> None:
    """Make sure that the card presented is the customer's.

    Raises:
        Refused: ``sale.other_customer``.
    """
    if card.customer_id != order.customer_id:
        raise Refused(
            "sale.other_customer",
            "the card belongs to another customer",
            remedy="present a card of the order's customer",
            card=card.id,
        )


def joins(assignment: ProgramAssignment, terms: Terms, order: Order, scene: Scene, hold_id: str) -> bool:
    """Whether a program joins an order by itself, because its card is presented or the customer has it once."""
    try:
        require_running(assignment, terms, scene, hold_id)
    except Refused:
        return False
    return is_about(assignment, order)


def is_about(assignment: ProgramAssignment, order: Order) -> bool:
    """Whether an order is about the supply that a program is for."""
    return assignment.reference in {"", order.reference}


def rules_of(joined: Joined) -> Iterator[Rule]:
    """The rules that a program adds; those of a voucher can be used as often as it has uses."""
    return rules_by(joined.as_settled, joined.terms, joined.title)


def rules_by(settled: SettledProgram, terms: Terms, title: str) -> Iterator[Rule]:
    """The rules that a program adds to an order, or has added to one."""
    limits = (Limit(uses=1),) if _counts_uses(settled, terms) else ()
    for rule in terms.kind.rules(terms.terms, settled.item, settled.level):
        yield evolve(
            rule,
            id=f"{settled.holder_id}/{rule.id}",
            name=rule.name or title,
            limits=(*rule.limits, *limits),
        )


def restricted_of(joined: Joined) -> Iterator[Restricted]:
    """The rules of a program or a voucher of which its program limits the uses."""
    rivals = tuple(each.id for each in joined.rivals)
    return restricted_by(joined.as_settled, joined.terms, joined.title, rivals)


def restricted_by(
    settled: SettledProgram, terms: Terms, title: str, rivals: tuple[str, ...] = ()
) -> Iterator[Restricted]:
    """The rules that a program limits, of those that it adds to an order, or has added to one."""
    own = len(settled.holder_id) + 1
    for rule in rules_by(settled, terms, title):
        limits = rule.limits[:-1] if _counts_uses(settled, terms) else rule.limits
        if limits:
            yield Restricted(evolve(rule, limits=limits), rule.id[own:], settled.program, terms.zone, rivals)


def earning_of(joined: Joined, rule_id: str) -> Earning:
    """What one of its rules lets the customer earn."""
    benefits = (rule.benefit for rule in rules_of(joined) if rule.id == rule_id)
    return next(benefit for benefit in benefits if isinstance(benefit, Earning))


def priced_from(
    order: Order, joined: Iterable[Joined], promotions: Iterable[Published], left: Mapping[str, int]
) -> PricedFrom:
    """What is kept of where prices come from."""
    return PricedFrom(
        evolve(order, customer_id=None, card=None, programs=(), codes=()),
        (
            *(each.as_settled for each in joined),
            *(SettledProgram(each.program, each.revision) for each in promotions),
        ),
        left,
    )


def uses_left(joined: Joined, hold_id: str, at: datetime) -> dict[str, int]:
    """How often the rules of a voucher can still be used, by their limits."""
    if not joined.counts_uses:
        return {}
    left = available_in(joined, hold_id, at)
    return {rule.limit_key(len(rule.limits) - 1): left for rule in rules_of(joined)}


def tender_of(joined: Joined, hold_id: str, at: datetime) -> Tender | None:
    """What of a program can pay.

    Args:
        hold_id: What is set aside under it is all that counts, as long as it is.
    """
    pays = joined.terms.kind.pays(joined.terms.terms)
    if pays is None:
        return None
    purses = purses_of(joined)
    return Tender(
        joined.id,
        purses[0].unit if pays.worth is None else POINTS,
        available_in(joined, hold_id, at),
        joined.rows[0].program,
        title=joined.title,
        worth=pays.worth,
        expires_at=min((ends for purse in purses for ends in _ends(purse, at)), default=None),
        expired=sum(purse.expired(at) for purse in purses),
        tax=pays.tax,
    )


def spending_of(order: Order, joined: Iterable[Joined], tenders: Iterable[Tender]) -> Mapping[str, int]:
    """What an order wants to be spent, where a merge has left several purses by the one that pays.

    Raises:
        Refused: ``sale.not_spendable``.
    """
    ids = {row.id: each.id for each in joined for row in each.rows}
    spend: Counter[str] = Counter()
    for key, units in order.spend.items():
        spend[ids.get(key, key)] += units
    known = {name for tender in tenders for name in (tender.id, tender.name)}
    unknown = tuple(sorted(key for key, units in spend.items() if units and key not in known))
    if unknown:
        raise Refused(
            "sale.not_spendable",
            f"the order spends what cannot pay for it: {shown(unknown[0])}",
            remedy="name a program or a voucher that the customer has, and whose terms let it pay",
            names=unknown,
        )
    return spend


def available_in(joined: Joined, hold_id: str, at: datetime) -> int:
    """What an order can use: what is set aside for it, else what is free."""
    purses = purses_of(joined)
    return held_by(purses, hold_id, at) or available_of(purses, at)


def purses_of(joined: Joined) -> list[Purse]:
    """The purses of a program or a voucher, without what gives way."""
    gone = {rival.id for rival in joined.rivals}
    purses = [purse_in(row) for row in joined.rows]
    return [
        evolve(purse, holds=tuple(hold for hold in purse.holds if hold.id not in gone)) for purse in purses
    ]


def gives_way(voucher: Voucher, reservation: Reservation | None, order_ref: str) -> bool:
    """Whether a reservation gives a code up to whoever presents it: nobody's in particular, and no payment is running."""
    return (
        reservation is not None
        and not voucher.bound
        and reservation.order_ref != order_ref
        and reservation.state is ReservationState.OPEN
    )


def held_by(purses: Iterable[Purse], hold_id: str, at: datetime) -> int:
    """What is set aside under a hold."""
    holds = (purse.hold(hold_id, at) for purse in purses)
    return sum(hold.amount for hold in holds if hold is not None)


def _ends(purse: Purse, at: datetime) -> Iterator[datetime]:
    return (lot.expires_at for lot in purse.open_lots(at) if lot.expires_at is not None)


def _counts_uses(settled: SettledProgram, terms: Terms) -> bool:
    return settled.by_code and terms.kind.pays(terms.terms) is None
