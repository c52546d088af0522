"""Presenting a card to programs: what it offers, and what it does once for each reading."""

from __future__ import annotations

from loyaltycore.cards.rules.card import CardStanding, Presentation
from loyaltycore.cards.service import Cards
from loyaltycore.errors import Refused
from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.validation import Faults
from loyaltycore.programs.reading import rows_of, scene_of, terms_of
from loyaltycore.programs.records import REFERENCE_LENGTH
from loyaltycore.programs.rules import using
from loyaltycore.programs.rules.answers import Offer, Presented, offer_of
from loyaltycore.programs.rules.assigning import Terms
from loyaltycore.programs.rules.assignment import ProgramAssignment, ProgramMove
from loyaltycore.programs.rules.entering import About, fact_of
from loyaltycore.programs.rules.issuer import Issuer, issuer_of
from loyaltycore.programs.rules.kind import Use
from loyaltycore.work.running import command, query
from loyaltycore.work.service import Service


class Presenting(Service):
    """Cards at a reader."""

    def present(self, number: str, *, reading: str | None = None) -> Presented:
        """Present a card: find the customer, and say what each program offers.

        With a reading, each program on the card does what its `on_card` says, once for that reading. A card that is not
        good does nothing: by hand, `use` works all the same.

        Args:
            number: As for `Cards.present`.
            reading: What the reader calls this reading, unique for it, for example ``reader-3-99812``; None to look only.

        Raises:
            InvalidInput: The number or the reading is no text, or too long.
        """
        if reading is not None:
            self._read_card(number, reading)
        return self._shown(number, reading)

    @command("programs.read_card")
    def _read_card(self, number: str, reading: str) -> None:
        said = _reading(reading)
        for row in self._carried(Cards(self.session).present(number)):
            self._act(row, said)

    @query
    def _shown(self, number: str, reading: str | None) -> Presented:
        said = None if reading is None else _reading(reading)
        card = Cards(self.session).present(number)
        if card.customer is None:
            unknown = card.standing is CardStanding.UNKNOWN
            return Presented(card, issuer=issuer_of(self.unit.find(Issuer), card.number) if unknown else None)
        mine = stored("customer_id") == card.customer.id
        rows = self.unit.find(ProgramAssignment, mine, order_by=("id",))
        now = self.unit.now
        return Presented(
            card,
            tuple(self._offer(row, card, said) for row in rows if row.ends_at is None or now < row.ends_at),
        )

    def _carried(self, card: Presentation) -> list[ProgramAssignment]:
        if card.customer is None or card.card is None:
            return []
        return list(self.unit.find(ProgramAssignment, stored("card_id") == card.card.id, order_by=("id",)))

    def _act(self, row: ProgramAssignment, reading: str) -> None:
        terms = self._terms(row)
        wanted = _card_use(row, terms)
        fact = fact_of("reading", reading, row.id)
        if wanted is None or self._done(fact):
            return
        scene = scene_of(self.unit)
        try:
            units = using.require_usable(row, terms, wanted, "", scene)
            rows = rows_of(self.unit, row, single=terms.kind.single)
            told = using.about_use(About(comment=reading), wanted, units, fact)
            decision = using.use(rows, terms, units, told, scene)
        except Refused:
            # The other programs on the card are none the worse for it; `present` says which rule it was.
            return
        self.unit.apply(decision)

    def _offer(self, row: ProgramAssignment, card: Presentation, reading: str | None) -> Offer:
        now = self.unit.now
        wanted = None
        if reading is not None and card.card is not None and row.card_id == card.card.id:
            terms = self._terms(row)
            wanted = _card_use(row, terms)
        if reading is None or wanted is None:
            return offer_of(row, now)
        done = self._done(fact_of("reading", reading, row.id))
        if done is not None:
            return offer_of(row, now, used=-done.amount)
        return offer_of(row, now, refused=using.why_not(row, terms, wanted, scene_of(self.unit)))

    def _terms(self, row: ProgramAssignment) -> Terms:
        return terms_of(self.session.house, self.unit, row.program, row.revision)

    def _done(self, fact: str) -> ProgramMove | None:
        return self.unit.first(ProgramMove, stored("fact") == fact)


def _card_use(row: ProgramAssignment, terms: Terms) -> Use | None:
    """What presenting the card uses of an assignment."""
    action = terms.revision.content.on_card
    return terms.kind.card_use(terms.terms, row.item, action) if action else None


def _reading(reading: object) -> str:
    with Faults() as faults:
        return faults.text("reading", reading, limit=REFERENCE_LENGTH, required=True)
