"""Programs of customers: assign, use, earn, adjust, undo, end; and say what is left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from loyaltycore.cards.rules.card import CustomerCard
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.ledger import Beyond
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.validation import Faults
from loyaltycore.programs.adding import ALSO_CANCELS
from loyaltycore.programs.defining import Defining
from loyaltycore.programs.many import UsingMany
from loyaltycore.programs.presenting import Presenting
from loyaltycore.programs.reading import carried_by, purse_at, rows_of, scene_of, terms_of
from loyaltycore.programs.records import COMMENT_LENGTH, REFERENCE_LENGTH
from loyaltycore.programs.reports import ProgramReports
from loyaltycore.programs.rules import assigning, changing, using
from loyaltycore.programs.rules.answers import Balance, balance_of
from loyaltycore.programs.rules.assignment import ProgramAssignment, ProgramMove
from loyaltycore.programs.rules.defining import require_in_force
from loyaltycore.programs.rules.entering import About, fact_of, purse_of
from loyaltycore.programs.rules.given import read_names, read_units, read_use
from loyaltycore.programs.rules.options import PER_CARD
from loyaltycore.programs.rules.program import Program
from loyaltycore.programs.rules.selling import cancel
from loyaltycore.programs.selling import already_has
from loyaltycore.programs.sweeping import sweep
from loyaltycore.work.paging import Page, find_page, read_portion
from loyaltycore.work.running import command, query


class Programs(Defining, Presenting, UsingMany):
    """Loyalty programs, and what customers have of them."""

    @property
    def reports(self) -> ProgramReports:
        """What programs owe to customers."""
        return ProgramReports(self.session)

    @command("programs.assign")
    def assign(
        self,
        customer_id: str,
        program: str,
        *,
        card: str | None = None,
        value: int | Money | None = None,
        modules: Sequence[str] = (),
        months: int | None = None,
        starts_on: date | str | None = None,
        ends_on: date | str | None = None,
        reference: str = "",
        comment: str = "",
    ) -> ProgramAssignment:
        """Assign a program to a customer by hand.

        Args:
            card: A card of the customer that carries it; None for none.
            value: What is given at once, where terms leave that open: points, or an amount of money.
            modules: The modules of a membership.
            months: The term of a membership, where it offers several.
            starts_on: Its first day; None for now.
            ends_on: Its last day; None for what the terms say.
            reference: The supply that it is for; empty for any.

        Returns:
            The assignment; the first one, if the program has several quotas or modules: they share `bundle`.

        Raises:
            NotFound: There is no such customer or card.
            InvalidInput: Names every fault of the arguments.
            Refused: ``program.undefined``, ``.not_published``, ``.assigned_already``, ``.other_card``, ``.card_ended`` or
                ``.card_full``.
        """
        with Faults() as faults:
            given: dict[str, Any] = {
                "starts_on": faults.day("starts_on", starts_on),
                "last_day": faults.day("ends_on", ends_on),
                "reference": faults.text("reference", reference, limit=REFERENCE_LENGTH),
                "comment": faults.text("comment", comment, limit=COMMENT_LENGTH),
            }
            names = read_names(faults, "modules", modules)
            faults.integer("months", months, least=1, most=600)
            if value is not None and not isinstance(value, Money):
                faults.integer("value", value, least=1, most=10**12)
        customer = self.unit.get(Customer, customer_id)
        found = require_in_force(self.unit.seek(Program, program, for_update=True), program)
        terms = terms_of(self.session.house, self.unit, found.id, found.revision)
        grant = assigning.Grant(
            customer=customer,
            card=None if card is None else self.unit.get(CustomerCard, card, for_update=True),
            on_card=() if card is None else carried_by(self.unit, card, self.unit.now),
            per_card=self.session.options[PER_CARD],
            opening={"value": value, "modules": names, "months": months},
            **given,
        )
        already = already_has(self.unit, customer, found) if terms.kind.single else None
        return self.unit.apply(assigning.assign(found, terms, grant, already, scene_of(self.unit)))

    @command("programs.change")
    def change(
        self,
        assignment_id: str,
        *,
        starts_on: date | str | None = None,
        ends_on: date | str | None = None,
        card: str | None = None,
        reference: str | None = None,
        comment: str | None = None,
        reason: str = "",
    ) -> ProgramAssignment:
        """Change first day, last day, card, supply or comment by hand; None leaves each as it is.

        Args:
            card: Empty for no card.
            reason: Why, for the history.

        Raises:
            NotFound: There is no such assignment or card.
            InvalidInput: Names every fault of the arguments.
            Refused: ``program.other_card``, ``.card_ended`` or ``.card_full``.
        """
        with Faults() as faults:
            edited = changing.Edited(
                faults.day("starts_on", starts_on),
                faults.day("ends_on", ends_on),
                None if card is None else faults.text("card", card, limit=64),
                None if reference is None else faults.text("reference", reference, limit=REFERENCE_LENGTH),
                None if comment is None else faults.text("comment", comment, limit=COMMENT_LENGTH),
            )
            why = faults.text("reason", reason, limit=COMMENT_LENGTH)
        row = self.unit.get(ProgramAssignment, assignment_id, for_update=True)
        if edited.card_id and edited.card_id != row.card_id:
            self._move_to(row, edited.card_id)
        terms = terms_of(self.session.house, self.unit, row.program, row.revision)
        return self.unit.apply(changing.change(row, terms, edited, why, scene_of(self.unit)))

    @command("programs.end")
    def end(self, assignment_id: str, *, reason: str = "") -> None:
        """End an assignment now; what is left of it is kept and can no longer be used.

        Raises:
            NotFound: There is no such assignment.
        """
        with Faults() as faults:
            why = faults.text("reason", reason, limit=COMMENT_LENGTH)
        row = self.unit.get(ProgramAssignment, assignment_id, for_update=True)
        self.unit.apply(changing.end((row,), why, scene_of(self.unit)))

    @command("programs.cancel_sale")
    def cancel_sale(self, order_ref: str, *, reason: str = "") -> None:
        """End what an order sold, because its invoice was cancelled; what is unspent is made void, vouchers, too.

        Raises:
            InvalidInput: An argument is no text, or too long.
            Refused: ``program_sale.redeemed`` or ``voucher.redeemed``; something of it was spent. ``program_sale.set_aside`` or
                ``voucher.set_aside``; another order pays with it.
        """
        with Faults() as faults:
            number = faults.text("order_ref", order_ref, limit=REFERENCE_LENGTH, required=True)
            why = faults.text("reason", reason, limit=COMMENT_LENGTH)
        rows = self.unit.find(ProgramAssignment, stored("order_ref") == number, order_by=("id",))
        reason = why or "the sale was cancelled"
        self.unit.apply(cancel(rows, reason, scene_of(self.unit)))
        for also in self.session.house.added(ALSO_CANCELS):
            also(self.unit, number, reason)

    @command("programs.use")
    def use(
        self,
        assignment_id: str,
        *,
        article: str = "",
        quantity: int | Money = 1,
        groups: Sequence[str] = (),
        reference: str = "",
        order_ref: str = "",
        line_ref: str = "",
        comment: str = "",
    ) -> ProgramMove:
        """Use something: an article of a quota, points, or an amount of money.

        Args:
            article: What is handed over.
            groups: The groups of the article, to be checked against the quota; none if the caller answers for them.
            reference: The supply that it is for; asked for if the assignment has one.
            order_ref: The order or receipt: the same line of it is used once, whatever is repeated.

        Returns:
            The line of history, with what is left.

        Raises:
            NotFound: There is no such assignment.
            InvalidInput: Names every fault of the arguments.
            Refused: ``program.not_started``, ``.ended``, ``.wrong_branch``, ``.wrong_reference``, ``.not_covered``,
                ``.exhausted`` or ``.expired``.
        """
        with Faults() as faults:
            wanted = read_use(faults, article, quantity, groups)
            about = self._about(faults, order_ref, line_ref, comment)
            supply = faults.text("reference", reference, limit=REFERENCE_LENGTH)
        row = self.unit.get(ProgramAssignment, assignment_id, for_update=True)
        fact = (
            fact_of("use", row.id, about.order_ref, about.line_ref, wanted.article)
            if about.order_ref
            else None
        )
        earlier = self._known(fact)
        if earlier is not None:
            return earlier
        terms = terms_of(self.session.house, self.unit, row.program, row.revision)
        scene = scene_of(self.unit)
        units = using.require_usable(row, terms, wanted, supply, scene)
        rows = rows_of(self.unit, row, single=terms.kind.single)
        told = using.about_use(about, wanted, units, fact)
        return self.unit.apply(using.use(rows, terms, units, told, scene))

    @command("programs.earn")
    def earn(
        self, assignment_id: str, spent: Money, *, order_ref: str, line_ref: str = "", comment: str = ""
    ) -> ProgramMove | None:
        """Give what is earned by spending money.

        Args:
            order_ref: The order or receipt: the same line of it earns once, whatever is repeated.

        Returns:
            The line of history; None if nothing is earned.

        Raises:
            NotFound: There is no such assignment.
            InvalidInput: Names every fault of the arguments.
            Refused: ``program.not_started``, ``.ended`` or ``.wrong_branch``.
        """
        with Faults() as faults:
            about = self._about(faults, order_ref, line_ref, comment)
            if not about.order_ref:
                faults.note("order_ref", "required", "must not be empty")
            if not isinstance(spent, Money):
                faults.note("spent", "wrong_type", "must be Money")
        row = self.unit.get(ProgramAssignment, assignment_id, for_update=True)
        fact = fact_of("earn", row.id, about.order_ref, about.line_ref)
        earlier = self._known(fact)
        if earlier is not None:
            return earlier
        terms = terms_of(self.session.house, self.unit, row.program, row.revision)
        told = using.about_fact(about, fact)
        return self.unit.apply(using.earn(row, terms, spent, told, scene_of(self.unit)))

    @command("programs.adjust")
    def adjust(self, assignment_id: str, by: int | Money, *, reason: str) -> ProgramMove:
        """Give something, or take it away if it is negative, by hand.

        Args:
            by: Points, articles or uses; or an amount of money, where money is kept.
            reason: Why, for the history.

        Raises:
            NotFound: There is no such assignment.
            InvalidInput: Names every fault of the arguments.
            Refused: ``program.not_counted`` or ``purse.insufficient``.
        """
        row = self.unit.get(ProgramAssignment, assignment_id, for_update=True)
        using.require_counted(row)
        with Faults() as faults:
            amount = read_units(faults, "by", by, purse_of(row).unit)
            why = faults.text("reason", reason, limit=COMMENT_LENGTH, required=True)
        terms = terms_of(self.session.house, self.unit, row.program, row.revision)
        return self.unit.apply(using.adjust_by(row, terms, amount, About(comment=why), scene_of(self.unit)))

    @command("programs.undo")
    def undo(
        self,
        move_id: str,
        *,
        amount: int | None = None,
        beyond: Beyond | str = Beyond.REFUSE,
        reason: str = "",
    ) -> ProgramMove:
        """Put back what was used, or take back what was given; each unit once.

        Args:
            move_id: The line of history.
            amount: How many units of it; None for all that is left.
            beyond: What happens if more is taken back than is there: ``refuse``, ``cap`` or ``deficit``.

        Raises:
            NotFound: There is no such line.
            InvalidInput: Names every fault of the arguments.
            Refused: ``program.nothing_to_undo`` or ``purse.insufficient``.
        """
        with Faults() as faults:
            faults.integer("amount", amount, least=1, most=10**12)
            policy = faults.choice("beyond", beyond, Beyond, Beyond.REFUSE) or Beyond.REFUSE
            why = faults.text("reason", reason, limit=COMMENT_LENGTH)
        move = self.unit.get(ProgramMove, move_id)
        row = self.unit.get(ProgramAssignment, move.holder_id, for_update=True)
        earlier = tuple(
            self.unit.find(ProgramMove, (stored("holder_id") == row.id) & (stored("reverses") == move.seq))
        )
        terms = terms_of(self.session.house, self.unit, row.program, row.revision)
        undone = changing.Undone(move, earlier, amount, policy)
        about = using.about_undoing(move, why)
        return self.unit.apply(changing.undo(row, terms, undone, about, scene_of(self.unit)))

    @query
    def assignment(self, assignment_id: str) -> ProgramAssignment:
        """Read one assignment.

        Raises:
            NotFound: There is no such assignment.
        """
        return self.unit.get(ProgramAssignment, assignment_id)

    @query
    def of_customer(self, customer_id: str, *, ended: bool = False) -> tuple[ProgramAssignment, ...]:
        """What a customer has, in the order of assignment.

        Args:
            ended: Whether what has ended is listed, too.

        Raises:
            NotFound: There is no such customer.
        """
        with Faults() as faults:
            all_ = faults.flag("ended", ended)
        customer = self.unit.get(Customer, customer_id)
        found = self.unit.find(ProgramAssignment, stored("customer_id") == customer.id, order_by=("id",))
        return tuple(each for each in found if all_ or each.ends_at is None or self.unit.now < each.ends_at)

    @query
    def balance(
        self, assignment_id: str, *, at: datetime | date | None = None, known: datetime | None = None
    ) -> Balance:
        """What there is, was, or will be if nothing happens until then.

        Args:
            at: A moment, or a day, which means its end; None for now.
            known: What was booked later is left out; None for all that is known today.

        Raises:
            NotFound: There is no such assignment.
            Refused: ``program.not_counted``.
        """
        row = self.unit.get(ProgramAssignment, assignment_id)
        using.require_counted(row)
        terms = terms_of(self.session.house, self.unit, row.program, row.revision)
        with Faults() as faults:
            moment = using.read_moment(faults, "at", at, terms) or self.unit.now
            until = faults.instant("known", known)
        return balance_of(
            purse_at(self.unit, row, moment, until), moment, using.standing_in(row, terms, moment)
        )

    @query
    def statement(self, assignment_id: str, *, limit: int | None = 50, after: str = "") -> Page[ProgramMove]:
        """The history, newest first: what changed, by how much, who did it and when, and what was left.

        Raises:
            NotFound: There is no such assignment.
            InvalidInput: The limit is not between 1 and 500, or the cursor belongs to something else.
        """
        with Faults() as faults:
            portion = read_portion(faults, ("-id",), limit, after)
        row = self.unit.get(ProgramAssignment, assignment_id)
        return find_page(self.unit, ProgramMove, stored("holder_id") == row.id, portion)

    def sweep(self) -> int:
        """Book everything that has expired, in portions; no balance changes, and an interrupted sweep is just begun again.

        Returns:
            How many lots were booked.
        """
        return sweep(self.session)

    def _known(self, fact: str | None) -> ProgramMove | None:
        """The line of something that has been entered already."""
        return self.unit.first(ProgramMove, stored("fact") == fact) if fact else None

    def _about(self, faults: Faults, order_ref: object, line_ref: object, comment: object) -> About:
        return About(
            order_ref=faults.text("order_ref", order_ref, limit=REFERENCE_LENGTH),
            line_ref=faults.text("line_ref", line_ref, limit=REFERENCE_LENGTH),
            comment=faults.text("comment", comment, limit=COMMENT_LENGTH),
        )

    def _move_to(self, row: ProgramAssignment, card_id: str) -> None:
        card = self.unit.get(CustomerCard, card_id, for_update=True)
        grant = assigning.Grant(
            customer=self.unit.get(Customer, row.customer_id),
            card=card,
            on_card=carried_by(self.unit, card.id, self.unit.now),
            per_card=self.session.options[PER_CARD],
        )
        self.unit.apply(assigning.load_card(self.unit.get(Program, row.program), grant))
