"""Sales at a till: quote, reserve, settle, refund."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from attrs import evolve

from loyaltycore.customers.rules.customer import Customer
from loyaltycore.errors import NotFound
from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.pricing.order import MOST_LINES, Order
from loyaltycore.kernel.pricing.quote import Quote
from loyaltycore.kernel.validation import Faults
from loyaltycore.programs.reading import scene_of
from loyaltycore.programs.rules.entering import About
from loyaltycore.sales.counting import kept_for
from loyaltycore.sales.records import ORDER_LENGTH, REASON_LENGTH
from loyaltycore.sales.returning import Returning
from loyaltycore.sales.rules import books, reservation as reserving
from loyaltycore.sales.rules.books import Books
from loyaltycore.sales.rules.counting import Counts
from loyaltycore.sales.rules.holders import Holder
from loyaltycore.sales.rules.refunding import Asked
from loyaltycore.sales.rules.repeating import is_same
from loyaltycore.sales.rules.reservation import Held, Reservation, ReservationState
from loyaltycore.sales.rules.settlement import Refund, Settlement, digest_of
from loyaltycore.sales.rules.settling import Booked, require_expected, require_same, settlement_of
from loyaltycore.sales.selling import Selling
from loyaltycore.sales.simulating import Simulating
from loyaltycore.work.running import command, query

LONGEST_RESERVATION = 7 * 24 * 60
"""In minutes."""


class Sales(Selling, Returning, Simulating):
    """Orders: what they cost, and what becomes of them."""

    @query
    def quote(self, order: Order) -> Quote:
        """Say what an order costs and why. Nothing changes.

        The programs on the card presented join, those named, the vouchers whose codes are given, and what the customer can
        have only once.

        Raises:
            InvalidInput: Names every fault of the order.
            NotFound: There is no such customer, card or assignment.
            Refused: ``sale.other_customer`` or ``.not_spendable``; or a program or a code that is named cannot be used: ``program.not_started``,
                ``.ended``, ``.wrong_branch`` or ``.wrong_reference``, ``voucher.unknown``, ``.mistyped``, ``.spent`` and so on.
        """
        read = self._read_order(order)
        reservation = self._open(read.number)
        return self._priced(read, reservation.id if reservation else "").quote

    @command("sales.reserve")
    def reserve(self, order: Order, *, minutes: int = 15) -> Reservation:
        """Set aside what will pay for an order, all of it or nothing.

        Args:
            minutes: How long, up to a week. An order that is too slow pays like any other.

        Returns:
            The reservation; the one that the order has already, if it is the same order.

        Raises:
            Refused: What `quote` refuses, ``reservation.settled``, ``reservation.differs``, ``purse.insufficient``, ``.too_many_holds`` or
                ``tally.too_many_holds``.
        """
        with Faults() as faults:
            faults.integer("minutes", minutes, least=1, most=LONGEST_RESERVATION, required=True)
        given = self._as_given(order)
        read, digest = self._of_now(given), digest_of(given)
        reserving.require_unsettled(read.number, self._settlement(read.number))
        earlier = self._open(read.number)
        if earlier is not None and earlier.is_live(self.unit.now):
            return reserving.repeated(earlier, same=is_same(earlier, digest, read.customer_id))
        priced = self._priced(read, for_update=True)
        scene = scene_of(self.unit)
        until = scene.now + timedelta(minutes=minutes)
        held, entered = [], Books(scene)
        reservation_id = self.unit.ids.new()
        about = About(order_ref=read.number)
        self._end(priced.rivals, entered, priced.counts)
        wanted = [(priced.of(paid.tender).rows, paid.spent) for paid in priced.quote.tenders]
        wanted += [(each.rows, 1) for each in priced.used]
        for rows, units in wanted:
            held += books.hold(entered, rows, units, reservation_id, until, about)
        counted = priced.counts.hold(priced.limits, priced.quote.uses, reservation_id, until)
        reservation = Reservation(
            id=reservation_id,
            order_ref=read.number,
            open_order=read.number,
            customer_id=read.customer_id,
            state=ReservationState.OPEN,
            expires_at=until,
            parts=tuple(held),
            counted=counted,
            digest=digest,
            created_at=scene.now,
            created_by=scene.actor,
        )
        gone = (reserving.over(earlier, ReservationState.RELEASED),) if earlier else ()
        self.unit.apply(Decision(None, save=gone))
        self.unit.apply(priced.counts.decision())
        self.unit.apply(entered.decision("program.reserved"))
        return self.unit.apply(
            Decision(reservation, add=(reservation,), notes=(Note("reservation.made", after=reservation),))
        )

    @command("sales.lock")
    def lock(self, reservation_id: str) -> Reservation:
        """Say that a payment is running.

        Raises:
            NotFound: There is no such reservation.
            Refused: ``reservation.ended``.
        """
        found = self.unit.get(Reservation, reservation_id, for_update=True)
        return self.unit.apply(reserving.lock(found, self.unit.now))

    @command("sales.release")
    def release(self, reservation_id: str) -> Reservation:
        """End a reservation without a sale; one that is over stays as it is.

        Raises:
            NotFound: There is no such reservation.
        """
        found = self.unit.get(Reservation, reservation_id, for_update=True)
        if found.open_order is None:
            return found
        entered, counts = Books(scene_of(self.unit)), Counts(self.unit.now, self.unit.ids.new, {})
        (after,) = self._end([found], entered, counts)
        self.unit.apply(counts.decision())
        self.unit.apply(entered.decision("program.released"))
        return after

    @command("sales.settle")
    def settle(
        self,
        order: Order,
        *,
        reservation: str | None = None,
        expect: str | None = None,
        cards: Mapping[str, str] | None = None,
    ) -> Settlement:
        """Book that an order is paid: stored value and points are spent, points earned, programs sold.

        Args:
            reservation: That of the order; found by the order's number if None.
            expect: The digest of the quote that was shown; without it, whatever the order costs by now is booked.
            cards: Which program goes to which card: ids of cards by ids of lines, empty for no card.

        Returns:
            What is kept, to the unit; what was kept before, if the same order is settled again.

        Raises:
            InvalidInput: Names every fault of the arguments.
            NotFound: There is no such customer, card, assignment or reservation.
            Refused: ``settlement.differs``, ``quote.changed``, ``reservation.other_order`` or ``.ended``,
                ``program_sale.customer_required``, ``.card_choice_required`` or ``.mixed_terms``, what `quote` refuses, and
                what keeps a program from being assigned.
        """
        given = self._as_given(order)
        read = self._of_now(given)
        with Faults() as faults:
            expected = faults.text("expect", expect, limit=64)
            named = faults.members("cards", cards, most=MOST_LINES, what="ids of cards by the ids of lines")
            chosen = {line: faults.text(f"cards.{line}", card, limit=64) for line, card in named.items()}
        digest = digest_of(given)
        settled = self._settlement(read.number)
        if settled is not None:
            return require_same(settled, digest, read.customer_id)
        held = self._reserved(read.number, reservation)
        priced = self._priced(read, held.id if held else "", for_update=True)
        require_expected(priced.quote, expected)
        scene = scene_of(self.unit)
        entered, about = Books(scene), About(order_ref=read.number)
        self._end(priced.rivals, entered, priced.counts)
        draws, uses, awards = self._pay(priced, entered, held.id if held else "", about)
        if held is not None:
            self._let_go(held, entered, priced.counts)
            self.unit.apply(Decision(None, save=(reserving.over(held, ReservationState.SETTLED),)))
        counted = priced.counts.take(priced.limits, priced.quote.uses)
        self.unit.apply(priced.counts.decision())
        self.unit.apply(entered.decision("program.settled"))
        sold = self._sell(priced, chosen)
        booked = Booked(scene.new_id(), scene.branch_id, scene.actor, scene.now)
        made = settlement_of(priced.quote, booked, draws, uses, awards, sold)
        kept = evolve(made, digest=digest, counted=counted, priced_from=priced.origin)
        return self.unit.apply(Decision(kept, add=(kept,), notes=(Note("order.settled", about=kept),)))

    def refund(
        self, order_ref: str, number: str, lines: Mapping[str, int] | None = None, *, reason: str = ""
    ) -> Refund:
        """Take units back, and give back exactly what they had cost: money, stored value, points and taxes.

        What they earned is taken back, and owed if it is spent by now. Programs that they had sold end.

        Args:
            order_ref: The number of the order.
            number: The refund's own; the same one gives nothing back twice.
            lines: How many units, by the id of the line; None for all that are left.

        Returns:
            What is given back; what was given back before, under the same number.

        Raises:
            InvalidInput: Names every fault of the arguments.
            NotFound: No such order was settled.
            Refused: ``refund.differs``, ``.too_many`` or ``.below_minimum``; or ``program_sale.redeemed`` or
                ``.set_aside``, ``voucher.redeemed`` or ``.set_aside``: something of what was sold was spent, or pays for another order.
        """
        with Faults() as faults:
            clean = faults.text("number", number, limit=ORDER_LENGTH, required=True)
            wanted = None if lines is None else faults.members("lines", lines, most=MOST_LINES)
            why = faults.text("reason", reason, limit=REASON_LENGTH)
        settlement = self._refund(order_ref, clean, wanted, why)
        return next(each for each in settlement.refunds if each.number == clean)

    @command("sales.refund")
    def _refund(
        self, order_ref: str, number: str, lines: Mapping[str, int] | None, reason: str
    ) -> Settlement:
        asked = Asked(number, lines, reason, self.unit.now, self.unit.acting.actor)
        return self._take_back(self._settled(order_ref), asked)

    @query
    def settlement(self, order_ref: str) -> Settlement:
        """What is kept of an order that was settled.

        Raises:
            NotFound: No such order was settled.
        """
        return self._settled(order_ref)

    @query
    def reservation(self, reservation_id: str) -> Reservation:
        """Read one reservation.

        Raises:
            NotFound: There is no such reservation.
        """
        return self.unit.get(Reservation, reservation_id)

    @query
    def of_customer(self, customer_id: str) -> tuple[Settlement, ...]:
        """What a customer has bought, newest first.

        Raises:
            NotFound: There is no such customer.
        """
        customer = self.unit.get(Customer, customer_id)
        mine = stored("customer_id") == customer.id
        return tuple(self.unit.find(Settlement, mine, order_by=("-id",)))

    def _end(self, reservations: Iterable[Reservation], entered: Books, counts: Counts) -> list[Reservation]:
        """End reservations without a sale."""
        ended = []
        for found in reservations:
            self._let_go(found, entered, counts)
            ended.append(self.unit.apply(reserving.release(found)))
        return ended

    def _let_go(self, reservation: Reservation, entered: Books, counts: Counts) -> None:
        """Release what is set aside: units of purses, and uses of limits."""
        about = About(order_ref=reservation.order_ref)
        books.let_go(entered, self._holders(reservation.parts), reservation.id, about)
        owners = [
            (program, whose) for program in reservation.counted for whose in {None, reservation.customer_id}
        ]
        missing = [owner for owner in owners if owner not in counts.kept]
        counts.kept = kept_for(self.unit, missing) | counts.kept
        counts.let_go(owners, reservation.id)

    def _open(self, order_ref: str) -> Reservation | None:
        return self.unit.first(Reservation, stored("open_order") == order_ref)

    def _reserved(self, order_ref: str, reservation_id: str | None) -> Reservation | None:
        """The reservation of an order: that named, or the one that is open."""
        if reservation_id is None:
            return self._open(order_ref)
        found = self.unit.get(Reservation, reservation_id)
        reserving.require_for(found, order_ref)
        return found

    def _settlement(self, order_ref: str) -> Settlement | None:
        return self.unit.first(Settlement, stored("order_ref") == order_ref)

    def _settled(self, order_ref: object) -> Settlement:
        with Faults() as faults:
            number = faults.text("order_ref", order_ref, limit=ORDER_LENGTH, required=True)
        found = self._settlement(number)
        if found is None:
            raise NotFound("settlement", number)
        return found

    def _holders(self, parts: tuple[Held, ...]) -> list[Holder]:
        return [self._holder(part.holder_id) for part in parts]
