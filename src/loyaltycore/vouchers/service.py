"""Vouchers: issue, check, redeem, take back, make void; and batches of them."""

from __future__ import annotations

from datetime import date

from loyaltycore.cards.rules.card import CustomerCard
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.validation import Faults
from loyaltycore.programs.reading import scene_of, terms_of
from loyaltycore.programs.records import COMMENT_LENGTH, REFERENCE_LENGTH
from loyaltycore.programs.rules.assignment import ProgramMove
from loyaltycore.programs.rules.defining import require_in_force
from loyaltycore.programs.rules.entering import About, fact_of
from loyaltycore.programs.rules.program import Program
from loyaltycore.programs.rules.terms import MOST_UNITS
from loyaltycore.vouchers.importing import Importing
from loyaltycore.vouchers.rules import issuing, redeeming
from loyaltycore.vouchers.rules.codes import canonical, hashes, is_mistyped, read_own_code
from loyaltycore.vouchers.rules.redeeming import Checked
from loyaltycore.vouchers.rules.voucher import Voucher
from loyaltycore.work.limiting import StorageLimiter
from loyaltycore.work.paging import Page, find_page, read_portion
from loyaltycore.work.running import command, query

_LONGEST_CODE = 200


class Vouchers(Importing):
    """The vouchers of a shop."""

    @command("vouchers.issue")
    def issue(
        self,
        program: str,
        value: Money | None = None,
        *,
        customer: str,
        reason: str,
        bound: bool = False,
        card: str | None = None,
        code: str | None = None,
        starts_on: date | str | None = None,
        ends_on: date | str | None = None,
    ) -> Voucher:
        """Issue a voucher by hand: its history says so, and no money has flowed.

        Args:
            value: What a payment voucher is worth; None for a discount voucher.
            customer: The buyer, the recipient, or a walk-in customer.
            reason: Why, for the history.
            bound: Whether that customer alone can use it.
            card: A card of the customer to which it belongs.
            code: A code of your own; None for one that nobody can guess, which `code_of` shows.
            starts_on: Its first day; None for now.
            ends_on: Its last day; None for what the terms say.

        Raises:
            NotFound: There is no such customer or card.
            InvalidInput: Names every fault of the arguments.
            Refused: ``program.undefined``, ``program.not_published``, ``voucher.other_kind``, ``.other_card``, ``.no_key``
                or ``.code_taken``.
        """
        with Faults() as faults:
            why = faults.text("reason", reason, limit=COMMENT_LENGTH, required=True)
            own = "" if code is None else read_own_code(faults, code)
            first, last = faults.day("starts_on", starts_on), faults.day("ends_on", ends_on)
            alone = faults.flag("bound", bound)
            if value is not None and not isinstance(value, Money):
                faults.note("value", "wrong_type", "must be Money")
        buyer = self.unit.get(Customer, customer)
        on_card = None if card is None else self.unit.get(CustomerCard, card)
        found = require_in_force(self.unit.seek(Program, program, for_update=True), program)
        terms = terms_of(self.session.house, self.unit, found.id, found.revision)
        key = issuing.require_key(self.keys)
        issuing.require_free(self._with_code(own) if own else None)
        wanted = issuing.Issue(buyer, value, alone, on_card, own, first, last, why)
        return self.unit.apply(issuing.issue(found, terms, wanted, key, scene_of(self.unit)))

    def code_of(self, voucher_id: str) -> str:
        """The code of a voucher, as it is printed; that it was shown is written down.

        Raises:
            NotFound: There is no such voucher.
            Refused: ``voucher.own_code`` or ``voucher.no_key``.
        """
        voucher = self._show(voucher_id)
        return issuing.code_of(voucher, self.keys)

    def check(self, code: str, *, visitor: str = "", customer: str | None = None) -> Checked:
        """Say what a code is good for; nothing changes.

        Args:
            visitor: Who asks, if it is a stranger, such as a network address: strangers hear the same of every code that
                they cannot use, and may try ten a minute. Empty for staff.
            customer: Who wants to use it, as your application knows; asked for if it is bound.

        Raises:
            NotFound: There is no such customer.
            InvalidInput: An argument is no text, or too long.
            Refused: ``voucher.too_many``; ``facts["wait"]`` says how long to wait.
        """
        with Faults() as faults:
            given = faults.text("code", code, limit=_LONGEST_CODE)
            who = faults.text("visitor", visitor, limit=200)
        if who:
            house = self.session.house
            limiter = house.limiter or StorageLimiter(house)
            redeeming.refuse_for_now(limiter.admit(who, redeeming.TRIES))
        return self._checked(given, customer, who)

    @command("vouchers.redeem")
    def redeem(
        self,
        code: str,
        *,
        amount: Money | None = None,
        customer: str | None = None,
        order_ref: str = "",
        line_ref: str = "",
        comment: str = "",
    ) -> ProgramMove:
        """Use a voucher: one use of a discount, or an amount of money.

        Args:
            amount: Of a payment voucher; None for all that is left.
            customer: Who uses it; asked for if it is bound.
            order_ref: The order or receipt: the same line of it uses a voucher once, whatever is repeated.

        Returns:
            The line of history, with what is left.

        Raises:
            NotFound: There is no such customer.
            InvalidInput: Names every fault of the arguments.
            Refused: ``voucher.mistyped``, ``.unknown``, ``.no_key``, ``.other_customer``, ``.not_started``, ``.expired``,
                ``.void``, ``.limited``, ``.spent`` or ``.other_unit``.
        """
        with Faults() as faults:
            given = faults.text("code", code, limit=_LONGEST_CODE)
            order = faults.text("order_ref", order_ref, limit=REFERENCE_LENGTH)
            line = faults.text("line_ref", line_ref, limit=REFERENCE_LENGTH)
            says = faults.text("comment", comment, limit=COMMENT_LENGTH)
            if isinstance(amount, Money):
                faults.integer("amount.amount", amount.amount, least=1, most=MOST_UNITS)
            elif amount is not None:
                faults.note("amount", "wrong_type", "must be Money")
        typed = canonical(given)
        voucher = redeeming.require_known(self._with_code(typed), typed, has_keys=bool(self.keys))
        fact = fact_of("redeem", voucher.id, order, line) if order else None
        earlier = self.unit.first(ProgramMove, stored("fact") == fact) if fact else None
        if earlier is not None:
            return earlier
        redeeming.require_usable(voucher, self._known(customer), self.unit.now)
        redeeming.require_unlimited(
            voucher, terms_of(self.session.house, self.unit, voucher.program, voucher.revision).terms
        )
        about = About(order_ref=order, line_ref=line, fact=fact, comment=says)
        return self.unit.apply(redeeming.redeem(voucher, amount, about, scene_of(self.unit)))

    @command("vouchers.take_back")
    def take_back(self, move_id: str, *, reason: str = "") -> ProgramMove:
        """Put back what was redeemed, once.

        Args:
            move_id: The line of history.

        Raises:
            NotFound: There is no such line, or it is not one of a voucher.
            Refused: ``program.nothing_to_undo``.
        """
        with Faults() as faults:
            why = faults.text("reason", reason, limit=COMMENT_LENGTH)
        move = self.unit.get(ProgramMove, move_id)
        voucher = self.unit.get(Voucher, move.holder_id, for_update=True)
        mine = (stored("holder_id") == voucher.id) & (stored("reverses") == move.seq)
        earlier = tuple(self.unit.find(ProgramMove, mine))
        about = About(order_ref=move.order_ref, line_ref=move.line_ref, comment=why)
        return self.unit.apply(redeeming.take_back(voucher, move, earlier, about, scene_of(self.unit)))

    @command("vouchers.void")
    def void(self, voucher_id: str, *, reason: str = "") -> Voucher:
        """Make a voucher void that nobody has used.

        Raises:
            NotFound: There is no such voucher.
            Refused: ``voucher.redeemed`` or ``voucher.set_aside``.
        """
        with Faults() as faults:
            why = faults.text("reason", reason, limit=COMMENT_LENGTH)
        voucher = self.unit.get(Voucher, voucher_id, for_update=True)
        return self.unit.apply(redeeming.make_void(voucher, why, scene_of(self.unit)))

    @query
    def get(self, voucher_id: str) -> Voucher:
        """Read one voucher.

        Raises:
            NotFound: There is no such voucher.
        """
        return self.unit.get(Voucher, voucher_id)

    @query
    def of_customer(self, customer_id: str, *, unusable: bool = False) -> tuple[Voucher, ...]:
        """The vouchers of a customer that can be used now, in the order of issue.

        Args:
            unusable: Whether those that cannot be used any more, or not yet, are listed, too.

        Raises:
            NotFound: There is no such customer.
        """
        with Faults() as faults:
            every = faults.flag("unusable", unusable)
        mine = stored("customer_id") == self.unit.get(Customer, customer_id).id
        found = self.unit.find(Voucher, mine, order_by=("id",))
        return tuple(each for each in found if every or each.is_usable(self.unit.now))

    @query
    def statement(self, voucher_id: str, *, limit: int | None = 50, after: str = "") -> Page[ProgramMove]:
        """The history of a voucher since it was first used, newest first.

        Raises:
            NotFound: There is no such voucher.
            InvalidInput: The limit is not between 1 and 500, or the cursor belongs to something else.
        """
        with Faults() as faults:
            portion = read_portion(faults, ("-id",), limit, after)
        voucher = self.unit.get(Voucher, voucher_id)
        return find_page(self.unit, ProgramMove, stored("holder_id") == voucher.id, portion)

    @command("vouchers.show_code")
    def _show(self, voucher_id: str) -> Voucher:
        voucher = self.unit.get(Voucher, voucher_id)
        issuing.code_of(voucher, self.keys)
        return self.unit.apply(issuing.show_code(voucher))

    @query
    def _checked(self, given: str, customer: str | None, visitor: str) -> Checked:
        code = canonical(given)
        return redeeming.checked(
            None if is_mistyped(code) else self._with_code(code),
            self._known(customer),
            self.unit.now,
            is_public=bool(visitor),
            none=redeeming.why_none(code, has_keys=bool(self.keys)),
        )

    def _known(self, customer: str | None) -> str | None:
        """The id of a customer as it is now, also of one who was merged into another."""
        return None if customer is None else self.unit.get(Customer, customer).id

    def _with_code(self, code: str) -> Voucher | None:
        """The voucher of a canonical code."""
        if not code or not self.keys:
            return None
        return self.unit.first(Voucher, stored("code_hash").one_of(hashes(self.keys, code)))
