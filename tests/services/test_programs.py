"""Programs: assigned, used, counted, changed and ended, by card and by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

import pytest
from attrs import frozen
from typing_extensions import override

from loyaltycore import InvalidInput, Money, Refused
from loyaltycore.cards import CardStanding
from loyaltycore.errors import NotFound
from loyaltycore.kernel.validation import Faults
from loyaltycore.programs import (
    AssignmentState,
    Credit,
    Opened,
    Opening,
    ProgramKind,
    Quota,
    QuotaTerms,
    Use,
    WarrantyTerms,
    months,
)
from tests.house import House, build_house, dump
from tests.services.programs import BATTERIES, CLUB, GIFT, TEN_PERCENT, at, card_of, define


def refusal(call: Any, *args: Any, **given: Any) -> str:
    """The code with which something is refused."""
    with pytest.raises(Refused) as refused:
        call(*args, **given)
    return refused.value.code


@pytest.fixture
def shop(house: House) -> House:
    """A house with four programs in force, and cards."""
    house.set_up_cards()
    for key, terms in {"batteries": BATTERIES, "club": CLUB, "gift": GIFT, "ten": TEN_PERCENT}.items():
        define(house.desk, key, terms, on_card="count" if key == "batteries" else "")
    return house


def test_steps_of_a_process_assign_and_use_programs(shop: House) -> None:
    """F39: by a step of any template; the program is preset or chosen, and what ends first is used."""
    templates, processes = shop.desk.processes.templates, shop.desk.processes
    templates.create("supply", name="Supply")
    preset = {"program": "batteries"}
    templates.add_step("supply", "assign_program", name="Card", step="assign", settings=preset)
    templates.add_step("supply", "use_program", name="Batteries", step="use")
    erika = shop.customer()
    process = processes.start(erika.id, "supply").process
    given = {"program": "batteries", "article": "bat-10"}
    assert refusal(processes.execute_step, process.id, "use", **given) == "program.not_assigned"
    processes.execute_step(process.id, "assign")
    shop.desk.programs.assign(erika.id, "batteries", ends_on="2026-02-28")
    done = processes.execute_step(process.id, "use", quantity=4, **given)
    assert done.step("use").result["left"] == 26
    assert [row.balance for row in shop.desk.programs.of_customer(erika.id)] == [30, 26]
    for wrong in ({"program": "club", "step": "assign"}, {"quantity": 0, "step": "use"}, {"step": "use"}):
        step = str(wrong.pop("step"))
        with pytest.raises((InvalidInput, Refused)):
            processes.execute_step(process.id, step, **wrong)


def test_a_card_carries_several_programs_and_not_more_than_five(shop: House) -> None:
    """F1: three programs of three kinds on one card; a sixth program is refused, a second of the same is not."""
    erika = shop.customer()
    card = card_of(shop, erika.id)
    for program in ("batteries", "club", "ten"):
        shop.desk.programs.assign(erika.id, program, card=card.id)
    offers = shop.desk.programs.present(card.number).offers
    assert [offer.program for offer in offers] == ["batteries", "club", "ten"]
    for number in range(3):
        define(shop.desk, f"more-{number}", TEN_PERCENT)
    shop.desk.programs.assign(erika.id, "more-0", card=card.id)
    shop.desk.programs.assign(erika.id, "more-1", card=card.id)
    assert refusal(shop.desk.programs.assign, erika.id, "more-2", card=card.id) == "program.card_full"
    shop.desk.programs.assign(erika.id, "batteries", card=card.id)
    shop.desk.programs.assign(erika.id, "more-2")


def test_a_bonus_item_counts_down_with_a_history(shop: House) -> None:
    """F2: of 30 batteries each use takes one and says who, when and how many; the 31st is refused."""
    erika = shop.customer()
    mine = shop.desk.programs.assign(erika.id, "batteries")
    move = shop.desk.programs.use(mine.id, article="bat-10")
    assert (move.amount, move.balance, move.actor, move.branch_id) == (-1, 29, "anna", "berlin")
    shop.clock.advance(days=1)
    shop.desk.programs.use(mine.id, article="bat-10", groups=["batteries", "size-10"], quantity=29)
    assert refusal(shop.desk.programs.use, mine.id, article="bat-10") == "program.exhausted"
    now = shop.clock.now()
    assert shop.desk.programs.assignment(mine.id).state(now) is AssignmentState.EXHAUSTED
    page = shop.desk.programs.statement(mine.id)
    told = [(line.amount, line.balance, line.at, line.article, line.quantity) for line in page.items]
    assert told == [
        (-29, 0, now, "bat-10", 29),
        (-1, 29, now - timedelta(days=1), "bat-10", 1),
        (30, 30, now - timedelta(days=1), "", 0),
    ]


def test_what_a_quota_does_not_cover_is_refused(shop: House) -> None:
    """F2: articles are told by name or by group; a program that counts nothing has nothing to be used."""
    erika = shop.customer()
    define(shop.desk, "tips", QuotaTerms([Quota(2, articles=["tip-s"])]))
    tips = shop.desk.programs.assign(erika.id, "tips")
    assert refusal(shop.desk.programs.use, tips.id, article="tip-m") == "program.not_covered"
    shop.desk.programs.use(tips.id, article="tip-s")
    mine = shop.desk.programs.assign(erika.id, "batteries")
    wrong = {"article": "drops", "groups": ["care"]}
    assert refusal(shop.desk.programs.use, mine.id, **wrong) == "program.not_covered"
    assert refusal(shop.desk.programs.use, mine.id, groups=["care"]) == "program.not_covered"
    ten = shop.desk.programs.assign(erika.id, "ten")
    assert refusal(shop.desk.programs.use, ten.id) == "program.not_covered"
    assert refusal(shop.desk.programs.balance, ten.id) == "program.not_counted"


def test_several_quotas_are_assigned_together(shop: House) -> None:
    """F2: each quota has a purse of its own; what was assigned together has one bundle."""
    erika = shop.customer()
    terms = QuotaTerms([Quota(30, groups=["batteries"], item="bat"), Quota(4, groups=["care"], item="care")])
    define(shop.desk, "both", terms)
    first = shop.desk.programs.assign(erika.id, "both")
    both = shop.desk.programs.of_customer(erika.id)
    assert [(row.item, row.balance, row.bundle) for row in both] == [
        ("bat", 30, first.bundle),
        ("care", 4, first.bundle),
    ]


def test_only_what_is_defined_and_published_is_assigned(shop: House) -> None:
    """F7: an unknown program, a draft and a hidden one are refused; whoever has a hidden one keeps it."""
    erika = shop.customer()
    with pytest.raises(Refused, match="no program 'nothing'") as caught:
        shop.desk.programs.assign(erika.id, "nothing")
    assert (caught.value.code, caught.value.facts["program"]) == ("program.undefined", "nothing")
    shop.desk.programs.define("draft", BATTERIES, name="Draft")
    assert refusal(shop.desk.programs.assign, erika.id, "draft") == "program.not_published"
    mine = shop.desk.programs.assign(erika.id, "batteries")
    shop.desk.programs.hide("batteries")
    assert refusal(shop.desk.programs.assign, erika.id, "batteries") == "program.not_published"
    shop.desk.programs.use(mine.id)
    assert refusal(shop.desk.programs.remove, "batteries") == "program.used"
    shop.desk.programs.remove("draft")
    with pytest.raises(NotFound):
        shop.desk.programs.get("draft")
    shop.desk.programs.publish("batteries")
    shop.desk.programs.assign(erika.id, "batteries")


def test_who_has_a_program_keeps_its_terms(shop: House) -> None:
    """F7: a new revision is for those who get the program afterwards."""
    erika = shop.customer()
    old = shop.desk.programs.assign(erika.id, "batteries")
    define(shop.desk, "batteries", QuotaTerms([Quota(10, articles=["bat-13"])]))
    new = shop.desk.programs.assign(erika.id, "batteries")
    assert (old.revision, old.balance, new.revision, new.balance) == (1, 30, 2, 10)
    shop.desk.programs.use(old.id, article="bat-10")
    assert refusal(shop.desk.programs.use, new.id, article="bat-10") == "program.not_covered"
    assert shop.desk.programs.terms("batteries", revision=1) == BATTERIES


def test_the_card_of_a_program_can_be_worn_out_and_the_program_go_on(shop: House) -> None:
    """F20: an expired card does nothing, and by hand everything works; a program that has ended is refused with any card."""
    erika = shop.customer()
    card = card_of(shop, erika.id, valid_until=date(2026, 2, 1))
    mine = shop.desk.programs.assign(erika.id, "batteries", card=card.id)
    shop.clock.instant = at(2, 2)
    presented = shop.desk.programs.present(card.number, reading="reader-1-7")
    assert (presented.card.standing, presented.offers) == (CardStanding.EXPIRED, ())
    assert shop.desk.programs.balance(mine.id).available == 30
    assert shop.desk.programs.use(mine.id, article="bat-10").balance == 29
    good = card_of(shop, erika.id)
    shop.desk.programs.change(mine.id, card=good.id, ends_on=date(2026, 2, 28))
    shop.clock.instant = at(1, 3)
    presented = shop.desk.programs.present(good.number, reading="reader-1-8")
    assert (presented.card.standing, presented.offers) == (CardStanding.VALID, ())
    assert refusal(shop.desk.programs.use, mine.id) == "program.ended"


def test_a_program_is_assigned_by_hand_and_its_dates_are_edited(shop: House) -> None:
    """F39: first and last day can be given or changed, with a reason; what is left ends with the last day."""
    erika = shop.customer()
    order = shop.desk.cards.order(erika.id)
    mine = shop.desk.programs.assign(erika.id, "batteries", card=order.card_id, starts_on="2026-02-01")
    assert refusal(shop.desk.programs.use, mine.id) == "program.not_started"
    shop.desk.programs.change(mine.id, starts_on="2026-01-10", ends_on=date(2026, 1, 20), reason="mistake")
    shop.clock.instant = at(20, hour=22)
    assert shop.desk.programs.use(mine.id).balance == 29
    shop.clock.instant = at(20, hour=23)
    assert refusal(shop.desk.programs.use, mine.id) == "program.ended"
    assert shop.desk.programs.balance(mine.id).balance == 0
    shop.desk.programs.change(mine.id, ends_on="2027-01-31", reason="prolonged")
    with pytest.raises(InvalidInput):
        shop.desk.programs.change(mine.id, ends_on="2025-01-31")
    feed = shop.desk.activities.of_customer(erika.id)
    told = [line.comment for line in feed.items if line.action == "program.edited"]
    assert told == ["prolonged", "mistake"]


def test_a_reading_runs_once(shop: House) -> None:
    """F44: a reading takes one battery, sent twice it takes one; without a reading it only offers; by hand it is the same."""
    erika = shop.customer()
    card = card_of(shop, erika.id)
    mine = shop.desk.programs.assign(erika.id, "batteries", card=card.id)
    shop.desk.programs.assign(erika.id, "club")
    before = dump(shop.loyalty)
    shop.desk.programs.present(card.number)
    assert dump(shop.loyalty) == before
    first = shop.desk.programs.present(card.number, reading="reader-3-99812")
    again = shop.desk.programs.present(card.number, reading="reader-3-99812")
    assert [(offer.used, offer.available) for offer in first.offers] == [(1, 29), (0, 0)]
    assert first == again
    assert shop.desk.programs.use(mine.id).balance == 28
    shop.desk.programs.use(mine.id, quantity=28)
    last = shop.desk.programs.present(card.number, reading="reader-3-99813").offers[0]
    assert (last.used, last.refused, last.state) == (0, "program.exhausted", AssignmentState.EXHAUSTED)


def test_a_receipt_is_used_once_whatever_is_repeated(shop: House) -> None:
    """F44: the same line of a receipt is recognised under another command key, too."""
    mine = shop.desk.programs.assign(shop.customer().id, "batteries")
    one = shop.desk.keyed("a").programs.use(mine.id, order_ref="R-1", line_ref="1")
    assert shop.desk.keyed("a").programs.use(mine.id, order_ref="R-1", line_ref="1") == one
    assert shop.desk.programs.use(mine.id, order_ref="R-1", line_ref="1") == one
    assert shop.desk.programs.use(mine.id, order_ref="R-1", line_ref="2").balance == 28


def test_a_program_for_one_supply_or_branch_is_used_there_alone(shop: House) -> None:
    """F2: the wrong supply and the wrong branch are refused."""
    erika = shop.customer()
    define(shop.desk, "warranty", WarrantyTerms(["repair"], months(12)))
    left = shop.desk.programs.assign(erika.id, "batteries", reference="left")
    assert refusal(shop.desk.programs.use, left.id, reference="right") == "program.wrong_reference"
    shop.desk.programs.use(left.id, reference="left")
    define(shop.desk, "here", BATTERIES, branches=["hamburg"])
    here = shop.desk.programs.assign(erika.id, "here")
    assert refusal(shop.desk.programs.use, here.id) == "program.wrong_branch"
    warranty = shop.desk.programs.assign(erika.id, "warranty")
    assert warranty.ends_at == at(15, year=2027, hour=23)


def test_another_customers_card_and_one_out_of_use_carry_nothing(shop: House) -> None:
    """F1: a card of somebody else, and one that has ended, are refused."""
    erika, otto = shop.customer(), shop.customer(first_name="Otto", email="otto@example.org")
    card = card_of(shop, otto.id)
    assert refusal(shop.desk.programs.assign, erika.id, "ten", card=card.id) == "program.other_card"
    shop.desk.cards.invalidate(card.id)
    assert refusal(shop.desk.programs.assign, otto.id, "ten", card=card.id) == "program.card_ended"


def test_points_are_earned_pending_and_expire_at_the_end_of_a_year(shop: House) -> None:
    """A point for each full euro, usable after two weeks, until the end of the year in which two years are over."""
    erika = shop.customer()
    club = shop.desk.programs.assign(erika.id, "club")
    assert refusal(shop.desk.programs.assign, erika.id, "club") == "program.assigned_already"
    move = shop.desk.programs.earn(club.id, Money(25_99, "EUR"), order_ref="R-1")
    assert move is not None
    assert shop.desk.programs.earn(club.id, Money(99, "EUR"), order_ref="R-2") is None
    assert shop.desk.programs.earn(club.id, Money(1000, "USD"), order_ref="R-3") is None
    assert shop.desk.programs.earn(club.id, Money(25_99, "EUR"), order_ref="R-1") == move
    now = shop.desk.programs.balance(club.id)
    assert (now.available, now.pending) == (0, 25)
    assert shop.desk.programs.balance(club.id, at=date(2026, 1, 29)).available == 0
    assert shop.desk.programs.balance(club.id, at=date(2026, 1, 30)).available == 25
    assert shop.desk.programs.balance(club.id, at=date(2028, 12, 31)).available == 25
    assert shop.desk.programs.balance(club.id, at=date(2029, 1, 1)).available == 0
    shop.clock.instant = at(1, 2)
    assert shop.desk.programs.use(club.id, quantity=20).balance == 5


def test_what_was_used_is_put_back_and_what_was_given_is_taken_back(shop: House) -> None:
    """F5: each line of history is undone at most once, by a policy for what is missing."""
    club = shop.desk.programs.assign(shop.customer().id, "club")
    programs = shop.desk.programs
    given = programs.adjust(club.id, 50, reason="welcome")
    used = programs.use(club.id, quantity=30)
    assert programs.undo(used.id, amount=10).balance == 30
    assert programs.undo(used.id).balance == 50
    assert refusal(programs.undo, used.id) == "program.nothing_to_undo"
    programs.use(club.id, quantity=45)
    assert refusal(programs.undo, given.id) == "purse.insufficient"
    assert programs.undo(given.id, beyond="deficit", reason="fraud").balance == -45
    assert programs.adjust(club.id, 50, reason="sorry").balance == 5
    assert refusal(programs.adjust, club.id, -6, reason="no") == "purse.insufficient"
    assert programs.adjust(club.id, -5, reason="expired here").balance == 0


def test_money_is_kept_in_its_currency(shop: House) -> None:
    """Stored value is given, used and adjusted as money of its own currency alone."""
    erika = shop.customer()
    gift = shop.desk.programs.assign(erika.id, "gift", value=Money(5000, "EUR"))
    assert shop.desk.programs.use(gift.id, quantity=Money(1999, "EUR")).balance == 3001
    assert refusal(shop.desk.programs.use, gift.id, quantity=5) == "program.not_covered"
    assert refusal(shop.desk.programs.use, gift.id, quantity=Money(1, "USD")) == "program.not_covered"
    assert shop.desk.programs.adjust(gift.id, Money(-1, "EUR"), reason="coin").balance == 3000
    for value in (Money(1, "USD"), 5):
        with pytest.raises(InvalidInput):
            shop.desk.programs.assign(erika.id, "gift", value=value)
    with pytest.raises(InvalidInput):
        shop.desk.programs.adjust(gift.id, 5, reason="points?")


def test_a_sweep_books_what_has_expired_and_changes_no_balance(shop: House) -> None:
    """It can run late or twice; the history says since when it was over."""
    erika = shop.customer()
    mine = shop.desk.programs.assign(erika.id, "batteries", ends_on="2026-02-01")
    shop.desk.programs.assign(erika.id, "gift", value=Money(5000, "EUR"))
    assert shop.desk.programs.sweep() == 0
    shop.clock.instant = at(1, 6)
    before = shop.desk.programs.balance(mine.id)
    assert (shop.desk.programs.sweep(), shop.desk.programs.sweep()) == (1, 0)
    assert shop.desk.programs.balance(mine.id) == before
    line = shop.desk.programs.statement(mine.id).items[0]
    assert (line.amount, line.effective_at) == (-30, at(1, 2, hour=23))
    assert shop.desk.programs.balance(mine.id, at=at(1, 2)).balance == 30


def test_a_balance_of_the_past_is_told_as_it_was_and_as_it_was_known(shop: House) -> None:
    """`at` says of which moment, `known` what had been booked by then."""
    club = shop.desk.programs.assign(shop.customer().id, "club")
    shop.desk.programs.adjust(club.id, 50, reason="welcome")
    then = shop.clock.now()
    shop.clock.advance(days=10)
    shop.desk.programs.use(club.id, quantity=20)
    assert shop.desk.programs.balance(club.id, at=then).balance == 50
    assert shop.desk.programs.balance(club.id).balance == 30
    assert shop.desk.programs.balance(club.id, known=then).balance == 50


@frozen
class StampTerms:
    """Terms of a kind that a host brings."""

    stamps: int


class Stamps(ProgramKind):
    """So many stamps, each of which is worth a coffee."""

    key: ClassVar[str] = "stamps"
    label: ClassVar[str] = "Stamp card"
    terms: ClassVar[type[Any]] = StampTerms

    @override
    def check(self, faults: Faults, terms: StampTerms) -> None:
        faults.integer("stamps", terms.stamps, least=1, most=20)

    @override
    def open(self, faults: Faults, terms: StampTerms, opening: Opening) -> tuple[Opened, ...]:
        return (Opened(unit="stamps", credits=(Credit(terms.stamps),)),)

    @override
    def takes(self, terms: StampTerms, item: str, use: Use) -> int | None:
        return 1 if use.article == "coffee" else None


def test_a_host_adds_a_kind_of_program() -> None:
    """F5: it is defined, assigned, used and undone like the library's own."""
    house = build_house(program_kinds=[Stamps()])
    define(house.desk, "coffee", StampTerms(5))
    mine = house.desk.programs.assign(house.customer().id, "coffee")
    move = house.desk.programs.use(mine.id, article="coffee")
    assert move.balance == 4
    assert refusal(house.desk.programs.use, mine.id, article="tea") == "program.not_covered"
    assert house.desk.programs.undo(move.id).balance == 5
    assert house.desk.programs.terms("coffee") == StampTerms(5)
    with pytest.raises(InvalidInput):
        house.desk.programs.define("free", StampTerms(99), name="Free")
    with pytest.raises(InvalidInput):
        build_house().desk.programs.define("coffee", StampTerms(5), name="Coffee")
