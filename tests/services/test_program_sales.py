"""Programs that are sold: with a completed offer, to a card or none, and what cancelling the sale does."""

from __future__ import annotations

from typing import Any

import pytest

from loyaltycore import InvalidInput, Money, Refused
from loyaltycore.kernel.pricing.order import Order, OrderLine
from loyaltycore.programs import (
    AssignmentState,
    Extra,
    MembershipTerms,
    Module,
    ProgramAssignment,
    Quota,
    SoldBy,
    monthly_fee,
)
from tests.house import House
from tests.services.programs import BATTERIES, GIFT, at, card_of, define

HSP = MembershipTerms(
    [
        Module("loss", groups=["replacement"], percent=50, fee=Money(600, "EUR")),
        Module("repair", groups=["repair"], fee=Money(500, "EUR")),
        Module("care", quota=Quota(72, groups=["batteries", "care"]), fee=Money(400, "EUR")),
    ],
    months=[12, 24, 36],
    extras=[Extra(2, 24, 500), Extra(3, 24, 1000)],
)


@pytest.fixture
def shop(house: House) -> House:
    """A house whose articles sell programs."""
    house.set_up_cards()
    define(house.desk, "batteries", BATTERIES, sold_by=["P-BAT"])
    define(house.desk, "gift", GIFT, sold_by=["P-GIFT"])
    modules = [
        SoldBy(f"P-{item}-{months}", item, months)
        for item in ("loss", "repair", "care")
        for months in (12, 24)
    ]
    define(house.desk, "hsp", HSP, sold_by=modules)
    house.desk.processes.templates.create("supply", name="Supply", open_mandatory="block")
    return house


def order(*articles: str, number: str = "R-1", customer: str | None = None) -> Order:
    """An order of one unit of each article."""
    lines = [OrderLine(f"{place}", each, Money(2500, "EUR")) for place, each in enumerate(articles, 1)]
    return Order(number, customer, lines)


def complete(shop: House, customer_id: str, offer: Order, **given: Any) -> tuple[ProgramAssignment, ...]:
    """Complete an offer in a process of its own."""
    process = shop.desk.processes.start(customer_id, "supply").process
    shop.desk.processes.complete_offer(process.id, offer=offer, **given)
    return shop.desk.programs.of_customer(customer_id)


def test_an_offer_assigns_what_it_sells_when_it_is_completed(shop: House) -> None:
    """F40: on completion and not before; an offer that is blocked assigns nothing; what is no program is sold as ever."""
    shop.desk.processes.templates.add_step("supply", "task", name="Sign", step="sign", mandatory=True)
    erika = shop.customer()
    process = shop.desk.processes.start(erika.id, "supply").process
    offer = order("P-BAT", "glasses", customer=erika.id)
    with pytest.raises(Refused, match="mandatory"):
        shop.desk.processes.complete_offer(process.id, offer=offer)
    assert shop.desk.programs.of_customer(erika.id) == ()
    shop.desk.processes.execute_step(process.id, "sign")
    shop.desk.keyed("till").processes.complete_offer(process.id, offer=offer)
    shop.desk.keyed("till").processes.complete_offer(process.id, offer=offer)
    (mine,) = shop.desk.programs.of_customer(erika.id)
    assert (mine.program, mine.order_ref, mine.line_ref, mine.balance) == ("batteries", "R-1", "1", 30)
    assert (mine.starts_at, mine.ends_at) == (shop.clock.now(), at(15, year=2027, hour=23))


def test_a_gift_line_is_worth_its_price(shop: House) -> None:
    """F40: two of one article are two assignments of their own."""
    erika = shop.customer()
    lines = [OrderLine("1", "P-GIFT", Money(5000, "EUR"), quantity=2)]
    rows = complete(shop, erika.id, Order("R-1", None, lines))
    assert [(row.program, row.balance) for row in rows] == [("gift", 5000), ("gift", 5000)]


def test_without_a_card_there_is_no_link_and_one_card_gets_it(shop: House) -> None:
    """F43: no card, no link; one card, also one that was only ordered, is linked to the one program that is sold."""
    erika = shop.customer()
    (bare,) = complete(shop, erika.id, order("P-BAT"))
    assert bare.card_id is None
    placed = shop.desk.cards.order(erika.id)
    linked = complete(shop, erika.id, order("P-BAT", number="R-2"))[-1]
    assert linked.card_id == placed.card_id


def test_with_several_cards_or_programs_somebody_has_to_choose(shop: House) -> None:
    """F43: the refusal names the choices; any card, or none, can be chosen for each line."""
    erika = shop.customer()
    first, second = card_of(shop, erika.id), card_of(shop, erika.id)
    with pytest.raises(Refused) as refused:
        complete(shop, erika.id, order("P-BAT", "P-GIFT"))
    assert refused.value.code == "program_sale.card_choice_required"
    assert refused.value.facts["cards"] == (first.id, second.id)
    assert refused.value.facts["lines"] == ("1", "2")
    rows = complete(shop, erika.id, order("P-BAT", "P-GIFT"), cards={"1": second.id, "2": ""})
    assert [(row.program, row.card_id) for row in rows] == [("batteries", second.id), ("gift", None)]
    for wrong in ({"9": first.id}, {"1": "no-card", "2": ""}):
        with pytest.raises(InvalidInput):
            complete(shop, erika.id, order("P-BAT", "P-GIFT"), cards=wrong)


def test_a_cancelled_invoice_ends_what_it_sold(shop: House) -> None:
    """F43: what is unspent is made void; money that was spent has to come back first."""
    erika = shop.customer()
    process = shop.desk.processes.start(erika.id, "supply").process
    lines = [
        OrderLine("1", "P-BAT", Money(2500, "EUR")),
        OrderLine("2", "P-GIFT", Money(5000, "EUR")),
    ]
    shop.desk.processes.complete_offer(process.id, offer=Order("R-1", None, lines))
    batteries, gift = shop.desk.programs.of_customer(erika.id)
    shop.desk.programs.use(batteries.id)
    spent = shop.desk.programs.use(gift.id, quantity=Money(1, "EUR"))
    shop.clock.advance(days=1)
    with pytest.raises(Refused) as refused:
        shop.desk.programs.cancel_sale("R-1")
    assert refused.value.code == "program_sale.redeemed"
    shop.desk.programs.undo(spent.id)
    shop.desk.programs.cancel_sale("R-1", reason="returned")
    for row in shop.desk.programs.of_customer(erika.id, ended=True):
        assert row.state(shop.clock.now()) is AssignmentState.ENDED
        assert (row.balance, row.ended_why) == (0, "returned")
    shop.desk.programs.cancel_sale("R-1")


def test_a_card_is_encoded_and_carries_what_is_sold_afterwards(shop: House) -> None:
    """F49: a card without an order is in use at once; articles are sold in any combination; a number is had once."""
    erika = shop.customer()
    card = shop.desk.cards.encode(erika.id, "4711 0815-1")
    with pytest.raises(Refused) as refused:
        shop.desk.cards.encode(erika.id, "471108151")
    assert refused.value.code == "card.number_taken"
    complete(shop, erika.id, order("P-BAT"))
    rows = complete(shop, erika.id, order("P-care-12", "P-loss-12", number="R-2"))
    assert {row.card_id for row in rows} == {card.id}
    presented = shop.desk.programs.present("471108151")
    assert [offer.item for offer in presented.offers] == ["", "loss", "care"]
    with pytest.raises(InvalidInput):
        shop.desk.cards.encode(erika.id, "--")


def test_a_step_of_a_process_encodes_a_card(shop: House) -> None:
    """F49: the card is the customer's, and in use; without a number, or with one that is taken, the step is not done."""
    templates, processes = shop.desk.processes.templates, shop.desk.processes
    templates.create("partner", name="Partner card")
    templates.add_step("partner", "encode_card", name="Encode", step="card")
    erika = shop.customer()
    process = processes.start(erika.id, "partner").process
    for wrong in ({}, {"number": "--"}, {"number": "4711", "template": "gold"}):
        with pytest.raises(InvalidInput):
            processes.execute_step(process.id, "card", **wrong)
    done = processes.execute_step(process.id, "card", number="4711 0815", valid_until="2027-12-31")
    card = shop.desk.cards.get(str(done.step("card").result["card"]))
    assert (card.number, card.customer_id, str(card.valid_until)) == ("47110815", erika.id, "2027-12-31")
    assert shop.desk.programs.present("47110815").card.customer == erika
    other = processes.start(erika.id, "partner").process
    with pytest.raises(Refused) as refused:
        processes.execute_step(other.id, "card", number="4711-0815")
    assert refused.value.code == "card.number_taken"


def test_a_foreign_card_names_its_issuer(shop: House) -> None:
    """F49: by the longest prefix of its number; a card of one's own, however worn out, does not."""
    save = shop.desk.programs.issuers.save
    save("partners", name="Pro Akustik", prefixes=["99"])
    koeln = save("koeln", name="Akustik Köln", prefixes=["9911", "77"], message="Bitte 0221 1234 anrufen")
    assert shop.desk.programs.present("99 1123-4").issuer == koeln
    assert shop.desk.programs.present("9923").issuer == shop.desk.programs.issuers.all()[1]
    assert shop.desk.programs.present("1234").issuer is None
    own = shop.desk.cards.encode(shop.customer().id, "7701")
    shop.desk.cards.invalidate(own.id)
    assert shop.desk.programs.present("7701").issuer is None
    shop.desk.programs.issuers.remove("koeln")
    assert shop.desk.programs.present("9911").issuer is not None
    with pytest.raises(InvalidInput):
        save("x", name="", prefixes=["-"])


def test_the_modules_of_a_sale_have_one_term(shop: House) -> None:
    """F48: one to three modules; mixed terms are refused; care counts down, and all end together."""
    erika = shop.customer()
    with pytest.raises(Refused) as refused:
        complete(shop, erika.id, order("P-care-12", "P-loss-24"))
    assert refused.value.code == "program_sale.mixed_terms"
    rows = complete(shop, erika.id, order("P-care-24", "P-repair-24", "P-loss-24"))
    assert sorted((row.item, row.balance) for row in rows) == [("care", 72), ("loss", 0), ("repair", 0)]
    assert {row.ends_at for row in rows} == {at(15, year=2028, hour=23)}
    assert len({row.bundle for row in rows}) == 1
    care = next(row for row in rows if row.item == "care")
    assert shop.desk.programs.use(care.id, article="bat-10", groups=["batteries"]).balance == 71
    with pytest.raises(Refused):
        shop.desk.programs.use(care.id, article="frame", groups=["frames"])


def test_more_modules_and_longer_terms_cost_less_a_month() -> None:
    """F48: the fee is the sum of the modules', less the discount for their number and term."""
    assert monthly_fee(HSP, ["care"], 24) == Money(400, "EUR")
    assert monthly_fee(HSP, ["care", "repair"], 12) == Money(900, "EUR")
    assert monthly_fee(HSP, ["care", "repair"], 24) == Money(855, "EUR")
    assert monthly_fee(HSP, ["care", "repair", "loss"], 24) == Money(1350, "EUR")


def test_a_membership_is_assigned_by_hand_with_its_modules(shop: House) -> None:
    """F48: modules and a term are chosen; what is not offered is refused by name."""
    erika = shop.customer()
    shop.desk.programs.assign(erika.id, "hsp", modules=["care"], months=36)
    (care,) = shop.desk.programs.of_customer(erika.id)
    assert (care.item, care.ends_at) == ("care", at(15, year=2029, hour=23))
    with pytest.raises(InvalidInput) as wrong:
        shop.desk.programs.assign(erika.id, "hsp", modules=["dance"], months=13)
    assert wrong.value.fields == ("months", "modules.0")
