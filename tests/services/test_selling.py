"""Orders that sell programs, and what comes of programs in orders."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from attrs import evolve, frozen
from typing_extensions import override

from loyaltycore import InvalidInput, Refused
from loyaltycore.kernel.validation import Faults
from loyaltycore.programs import (
    Credit,
    DiscountTerms,
    MembershipTerms,
    Module,
    Opened,
    Opening,
    Pays,
    ProgramAssignment,
    ProgramKind,
    Quota,
    QuotaTerms,
    SoldBy,
    StoredValueTerms,
    WarrantyTerms,
    months,
)
from loyaltycore.sales import Earning, OrderLine, Rule, earning
from tests.house import House, build_house
from tests.services.programs import card_of, define
from tests.services.sales import FRAME, TIPS, euros, gift, left, order


@pytest.fixture
def erika(house: House) -> str:
    house.set_up_cards()
    return house.customer().id


def test_selling_programs(house: House, erika: str) -> None:
    """F43: a gift is worth its price and cannot be paid with a gift; batteries count; what comes back ends."""
    define(house.desk, "gift", StoredValueTerms("EUR"), sold_by=["P-GIFT"])
    define(house.desk, "batteries", QuotaTerms([Quota(30)], term=months(12)), sold_by=["P-BAT"])
    mine = gift(house, erika, 90000)
    lines = [OrderLine("1", "P-GIFT", euros(2500), 2), OrderLine("2", "P-BAT", euros(2500))]
    sale = house.desk.sales.settle(order(erika, *lines, programs=[mine.id]))
    assert sale.due == 5000
    sold = [house.desk.programs.assignment(each.assignment_id) for line in sale.lines for each in line.sold]
    assert [(row.program, row.balance, row.order_ref) for row in sold] == [
        ("gift", 2500, "R-42"),
        ("gift", 2500, "R-42"),
        ("batteries", 30, "R-42"),
    ]
    house.desk.sales.refund("R-42", "G-1", {"1": 1}, reason="changed his mind")
    ended = house.desk.programs.assignment(sold[0].id)
    assert (ended.balance, ended.ended_why) == (0, "changed his mind")
    house.desk.programs.use(sold[1].id, quantity=euros(100))
    with pytest.raises(Refused) as caught:
        house.desk.sales.refund("R-42", "G-2", {"1": 1})
    assert caught.value.code == "program_sale.redeemed"


def test_which_card_a_program_goes_to(house: House, erika: str) -> None:
    """F43: no card: none. One: that one. Several: it has to be said."""
    define(house.desk, "batteries", QuotaTerms([Quota(30)]), sold_by=["P-BAT"])
    line = OrderLine("1", "P-BAT", euros(2500))

    def sold(number: str, *lines: OrderLine, **more: Any) -> list[ProgramAssignment]:
        sale = house.desk.sales.settle(order(erika, *lines, number=number), **more)
        ids = [each.assignment_id for line in sale.lines for each in line.sold]
        return [house.desk.programs.assignment(each) for each in ids]

    assert [row.card_id for row in sold("R-1", line)] == [None]
    first = card_of(house, erika)
    assert [row.card_id for row in sold("R-2", line)] == [first.id]
    second = card_of(house, erika)
    with pytest.raises(Refused) as caught:
        sold("R-4", line)
    assert caught.value.code == "program_sale.card_choice_required"
    assert [row.card_id for row in sold("R-4", line, cards={"1": second.id})] == [second.id]
    with pytest.raises(InvalidInput, match=r"cards\.9"):
        sold("R-5", line, cards={"9": second.id})


def test_programs_are_sold_to_customers(house: House) -> None:
    """Without one, an order that sells a program is refused, and nothing is kept."""
    define(house.desk, "batteries", QuotaTerms([Quota(30)]), sold_by=["P-BAT"])
    with pytest.raises(Refused) as caught:
        house.desk.sales.settle(order(None, OrderLine("1", "P-BAT", euros(2500))))
    assert caught.value.code == "program_sale.customer_required"
    assert house.desk.sales.settle(order(None)).customer_id is None


def test_modules_of_a_service_plan(house: House, erika: str) -> None:
    """F48: modules of one term are sold together; a repair then costs nothing, and batteries count."""
    plan = MembershipTerms(
        [
            Module("loss"),
            Module("repair", groups=["repairs"]),
            Module("care", quota=Quota(10, groups=["batteries"])),
        ],
        months=(12, 24),
    )
    sellers = [
        SoldBy(f"P-{item}-{term}", item, term) for item in ("loss", "repair", "care") for term in (12, 24)
    ]
    define(house.desk, "hsp", plan, sold_by=sellers)
    mixed = [OrderLine("1", "P-loss-12", euros(100)), OrderLine("2", "P-repair-24", euros(100))]
    with pytest.raises(Refused) as caught:
        house.desk.sales.settle(order(erika, *mixed))
    assert caught.value.code == "program_sale.mixed_terms"
    lines = [OrderLine("1", "P-repair-24", euros(9900)), OrderLine("2", "P-care-24", euros(4900))]
    sale = house.desk.sales.settle(order(erika, *lines))
    ids = [each.assignment_id for line in sale.lines for each in line.sold]
    repair, care = (house.desk.programs.assignment(each) for each in ids)
    assert (repair.item, care.item, repair.bundle == care.bundle) == ("repair", "care", True)
    fixed = OrderLine("1", "repair", euros(8000), groups=["repairs"], covered=euros(5000))
    quote = house.desk.sales.quote(order(erika, fixed, number="R-43", programs=[repair.id]))
    assert (quote.covered, quote.due) == (euros(5000), euros(0))
    assert house.desk.programs.use(care.id, article="bat", groups=["batteries"]).balance == 9


def test_a_warranty_is_for_one_supply(house: House, erika: str) -> None:
    """An order about another hearing aid gets nothing of it."""
    define(house.desk, "warranty", WarrantyTerms(["repairs"], months(24)))
    mine = house.desk.programs.assign(erika, "warranty", reference="HG-1")
    fixed = OrderLine("1", "repair", euros(8000), groups=["repairs"])
    with pytest.raises(Refused) as caught:
        house.desk.sales.quote(order(erika, fixed, programs=[mine.id]))
    assert caught.value.code == "program.wrong_reference"
    assert house.desk.sales.quote(order(erika, fixed, programs=[mine.id], reference="HG-1")).due == euros(0)


def test_an_offer_that_is_completed_and_settled_assigns_once(house: House, erika: str) -> None:
    """F40: the offer assigns, the sale of the same number finds that, and a refund ends it."""
    define(house.desk, "batteries", QuotaTerms([Quota(30)]), sold_by=["P-BAT"])
    house.desk.processes.templates.create("card", name="Card")
    process = house.desk.processes.start(erika, "card", answers={}).process
    offer = order(erika, OrderLine("1", "P-BAT", euros(2500)), number="A-1")
    with house.desk.transaction():
        house.desk.processes.complete_offer(process.id, offer=offer)
        sale = house.desk.sales.settle(offer)
    (mine,) = house.desk.programs.of_customer(erika)
    assert [each.assignment_id for each in sale.lines[0].sold] == [mine.id]
    house.desk.sales.refund("A-1", "G-1")
    assert house.desk.programs.of_customer(erika) == ()


def test_a_receipt_that_is_cancelled_ends_what_it_sold(house: House, erika: str) -> None:
    """F43: everything comes back at once, and the program is over; unspent value is void."""
    define(house.desk, "gift", StoredValueTerms("EUR"), sold_by=["P-GIFT"])
    house.desk.sales.settle(order(erika, OrderLine("1", "P-GIFT", euros(2500)), FRAME_TOO))
    refund = house.desk.sales.refund("R-42", "cancelled", reason="wrong customer")
    assert refund.due == euros(22400)
    assert house.desk.programs.of_customer(erika) == ()
    (over,) = house.desk.programs.of_customer(erika, ended=True)
    assert (over.ended_why, over.balance) == ("wrong customer", 0)


FRAME_TOO = evolve(FRAME, id="2")


def test_a_glasses_order(house: House, erika: str) -> None:
    """F47: the discount comes before the insurer's share, the voucher after it; taxes are exact, and so is a part returned."""
    define(house.desk, "gift", StoredValueTerms("EUR"))
    define(house.desk, "tenth", DiscountTerms(10, groups=["frames", "lenses"]))
    voucher, tenth = gift(house, erika, 5000), house.desk.programs.assign(erika, "tenth")
    lenses = OrderLine("2", "lenses", euros(10000), 2, groups=["lenses"], tax="7", covered=euros(9000))
    sale = house.desk.sales.settle(order(erika, FRAME, lenses, programs=[voucher.id, tenth.id]))
    assert (sale.due, left(house, voucher)) == (17910 + 18000 - 9000 - 5000, 0)
    assert [(part.key, part.gross, part.tax) for part in sale.taxes] == [
        ("19", euros(17910), euros(2860)),
        ("7", euros(18000), euros(1178)),
    ]
    lens = house.desk.sales.refund("R-42", "G-1", {"2": 1})
    assert (lens.price, lens.covered, lens.taxes[0].tax) == (euros(9000), euros(4500), euros(589))
    rest = house.desk.sales.refund("R-42", "G-2")
    assert lens.due + rest.due == euros(sale.due)
    assert left(house, voucher) == 5000


@frozen
class StampTerms:
    """Terms of a kind that the host brings."""

    stamps: int


class Stamps(ProgramKind):
    """Stamps that are worth a euro each, and one more for every order."""

    key: ClassVar[str] = "stamps"
    label: ClassVar[str] = "Stamp card"
    terms: ClassVar[type[Any]] = StampTerms

    @override
    def open(self, faults: Faults, terms: StampTerms, opening: Opening) -> tuple[Opened, ...]:
        return (Opened(unit="stamps", credits=(Credit(terms.stamps, opening.funding),)),)

    @override
    def rules(self, terms: StampTerms, item: str, level: str) -> tuple[Rule, ...]:
        return (earning("visit", Earning(1)),)

    @override
    def pays(self, terms: StampTerms) -> Pays:
        return Pays(worth=euros(100))


def test_a_hosts_kind_is_sold_used_and_refunded() -> None:
    """F5: it pays and earns in orders like the library's own kinds, also in simulated ones."""
    house = build_house(program_kinds=[Stamps()])
    erika = house.customer().id
    define(house.desk, "stamps", StampTerms(5), sold_by=["P-STAMPS"])
    house.desk.sales.settle(order(erika, OrderLine("1", "P-STAMPS", euros(400)), number="R-1"))
    (mine,) = house.desk.programs.of_customer(erika)
    bought = order(erika, TIPS, programs=[mine.id], spend={"stamps": 3})
    sale = house.desk.sales.settle(bought)
    assert (sale.due, left(house, mine)) == (699, 3)
    simulated = house.desk.sales.simulate("stamps", StampTerms(9), house.desk.sales.history())
    assert (simulated.issued, simulated.spent, simulated.cost) == (1, 3, euros(300))
    house.desk.sales.refund("R-42", "G-1")
    assert left(house, mine) == 5
