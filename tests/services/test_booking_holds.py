"""A time is held while somebody fills in the form; resources of one provider; and how much a visitor may try."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from loyaltycore import InvalidInput, Refused
from loyaltycore.booking import Planner, hours_on
from loyaltycore.memory import MemoryLimiter, MemoryStorage
from tests.house import House, build_house, dump
from tests.services.test_booking_online import ERIKA, MONDAY, TEN, labels, plan, token

NINE, ELEVEN = TEN - timedelta(hours=1), TEN + timedelta(hours=1)
HALF_TAKEN = ["09:00", "x", "x", "x", "11:00"]
FREE = ["09:00", "09:30", "10:00", "10:30", "11:00"]


def code_of(call: Callable[[], object]) -> str:
    """The code of a refusal."""
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.code


@pytest.mark.every_engine
def test_a_time_is_held_for_whoever_fills_in_the_form(house: House) -> None:
    """It is an x for all others, the staff included, and its holder books it."""
    planner = plan(house)
    held = planner.hold(TEN)
    assert held is not None
    assert (held.starts_at, held.until) == (TEN, house.clock.now() + timedelta(minutes=10))
    assert labels(planner) == HALF_TAKEN
    assert code_of(lambda: planner.book(TEN, **ERIKA)) == "booking.slot_taken"
    assert code_of(lambda: planner.hold(TEN)) == "booking.slot_taken"
    with pytest.raises(Refused) as caught:
        house.desk.appointments.make("room", TEN, minutes=30)
    assert caught.value.code == "appointment.clash"
    assert caught.value.facts["appointments"] == ()
    assert caught.value.facts["held_until"] == held.until
    planner.book(TEN, **ERIKA, held=held.token)
    house.clock.advance(minutes=10)
    assert labels(planner) == HALF_TAKEN, "what was booked does not lapse"


@pytest.mark.every_engine
def test_what_is_held_is_free_again_at_its_moment(house: House) -> None:
    """Nobody has to do anything for it."""
    planner = plan(house)
    planner.hold(TEN)
    house.clock.advance(minutes=10, microseconds=-1)
    assert labels(planner) == HALF_TAKEN
    house.clock.advance(microseconds=1)
    assert labels(planner) == FREE
    planner.book(TEN, **ERIKA)


def test_a_hold_that_lapsed_gives_no_right(memory_house: House) -> None:
    """Its holder books the time if it is still free, and is refused if somebody else was faster."""
    planner = plan(memory_house)
    first, second = planner.hold(TEN), planner.hold(NINE)
    assert first is not None
    assert second is not None
    memory_house.clock.advance(minutes=10)
    planner.book(TEN, **ERIKA)
    assert code_of(lambda: planner.book(TEN, **ERIKA, held=first.token)) == "booking.slot_taken"
    planner.book(NINE, **ERIKA, held=second.token)


def test_whoever_books_another_time_gives_the_held_one_back(memory_house: House) -> None:
    """On the same day at once."""
    planner = plan(memory_house)
    held = planner.hold(TEN)
    assert held is not None
    planner.book(ELEVEN, **ERIKA, held=held.token)
    assert labels(planner) == ["09:00", "09:30", "10:00", "x", "x"]


@pytest.mark.every_engine
def test_whoever_leaves_the_form_gives_the_time_back(house: House) -> None:
    """At once, on every sheet, and nobody else can: neither a guess, nor the link of an appointment, nor another's token."""
    planner = plan(house, length=180, step=180)
    house.desk.appointments.setup.save_resource(
        "room", branch_id="berlin", week=hours_on(range(7), "00:00-24:00")
    )
    midnight = TEN.replace(
        hour=23
    )  # as the clock shows it in Berlin, and an hour before the day changes in UTC
    tuesday = MONDAY + timedelta(days=1)
    held = planner.hold(midnight)
    assert held is not None
    planner.book(midnight + timedelta(hours=3), **ERIKA)
    for guess in ("x", token(house), "0" * 500, "ä", " ", "room"):
        planner.release(midnight, guess)
    planner.release(midnight + timedelta(days=3), held.token)
    assert labels(planner, tuesday)[:3] == ["x", "x", "06:00"]
    planner.release(held.starts_at, held.token)
    assert labels(planner, tuesday)[:3] == ["00:00", "x", "06:00"]
    other = planner.hold(midnight)
    planner.release(midnight, held.token)
    assert labels(planner, tuesday)[:3] == ["x", "x", "06:00"]
    assert other is not None
    planner.book(midnight, **ERIKA, held=other.token)
    planner.release(midnight, other.token)
    assert labels(planner, tuesday)[:3] == ["x", "x", "06:00"], "what is booked is not given back"


def test_a_hold_counts_in_the_limit_of_the_day(memory_house: House) -> None:
    """With one appointment a day, whoever holds it has it, and books it."""
    planner = plan(memory_house, per_day=1)
    held = planner.hold(TEN)
    assert held is not None
    assert labels(planner) == ["x"] * 5
    planner.book(ELEVEN, **ERIKA, held=held.token)


def test_the_held_resource_is_the_one_that_is_booked(memory_house: House) -> None:
    """Where several are free, the other one stays free for others."""
    planner = plan(memory_house)
    setup = memory_house.desk.appointments.setup
    setup.save_resource("a-room", branch_id="berlin", name="A", week=hours_on(range(5), "09:00-12:00"))
    held = planner.hold(TEN)
    setup.save_resource("a-room", branch_id="berlin", online=True)
    assert held is not None
    planner.book(TEN, **ERIKA, held=held.token)
    (found,) = memory_house.desk.appointments.on("berlin", MONDAY)
    assert found.resource_id == "room"


def test_a_kind_may_hold_nothing(memory_house: House) -> None:
    """Then the form works without, and nothing is stored."""
    planner = plan(memory_house, hold=0)
    before = dump(memory_house.loyalty)
    assert planner.hold(TEN) is None
    after = dump(memory_house.loyalty)
    assert {key: rows for key, rows in after.items() if rows != before[key]} == {}
    assert labels(planner) == FREE


def test_a_foreign_token_holds_nothing(memory_house: House) -> None:
    """Neither a guess nor the token of a link opens what another holds."""
    planner = plan(memory_house)
    planner.book(NINE, **ERIKA)
    link = token(memory_house)
    planner.hold(TEN)
    for guess in ("x", link, "0" * 500, "ä", " "):
        assert code_of(lambda guess=guess: planner.book(TEN, **ERIKA, held=guess)) == "booking.slot_taken"


Step = tuple[str, int, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["hold", "release", "book", "book held", "make", "wait"]),
        st.integers(0, 4),
        st.integers(0, 3),
    ),
    max_size=12,
)


@given(STEPS)
def test_no_moment_is_promised_twice(steps: list[Step]) -> None:
    """Whatever is held, booked and lapses in whatever order, at most one holder has any moment, and who holds books."""
    house = build_house(MemoryStorage())
    planner = plan(house)
    held: dict[int, list[Any]] = {}
    taken: list[int] = []  # minutes from nine

    def holding(begin: int) -> bool:
        now = house.clock.now()
        return any(abs(begin - at) < 60 and each.until > now for at, all_ in held.items() for each in all_)

    for what, place, number in steps:
        begin = 30 * place
        starts_at = NINE + timedelta(minutes=begin)
        booked = any(abs(begin - at) < 60 for at in taken)
        if what == "wait":
            house.clock.advance(minutes=3 * number + 1)
        elif what == "release":
            for mine in held.pop(begin, []):
                planner.release(starts_at, mine.token)
        elif what == "book held":
            mine = [each for each in held.get(begin, []) if each.until > house.clock.now()]
            if mine:
                planner.book(starts_at, **ERIKA, held=mine[0].token)
                held[begin].remove(mine[0])
                taken.append(begin)
        elif booked or holding(begin):
            verbs: dict[str, Callable[[], object]] = {
                "hold": lambda at=starts_at: planner.hold(at),
                "book": lambda at=starts_at: planner.book(at, **ERIKA),
                "make": lambda at=starts_at: house.desk.appointments.make("room", at, minutes=60),
            }
            assert code_of(verbs[what]) in {"booking.slot_taken", "appointment.clash"}
        elif what == "hold":
            held.setdefault(begin, []).append(planner.hold(starts_at))
        else:
            if what == "book":
                planner.book(starts_at, **ERIKA)
            else:
                house.desk.appointments.make("room", starts_at, minutes=60)
            taken.append(begin)
    assert all(abs(a - b) >= 60 for i, a in enumerate(taken) for b in taken[i + 1 :])


@pytest.mark.parametrize("provider", ["hearing_acoustician", "optician", "therapist", "own-word"])
def test_a_kind_is_offered_by_its_provider(memory_house: House, provider: str) -> None:
    """A template for one provider takes the time of resources of that provider alone; without one, of all."""
    planner = plan(memory_house, provider=provider)
    assert planner.grid(MONDAY, 1)[0].slots == ()
    assert code_of(lambda: planner.book(TEN, **ERIKA)) == "booking.slot_taken"
    memory_house.desk.appointments.setup.save_resource("room", branch_id="berlin", provider=provider)
    assert labels(planner) == FREE
    planner.book(TEN, **ERIKA)


def visited(house: House, who: str = "203.0.113.7", **limits: int) -> Planner:
    """The planner as a visitor sees it, with limits of the chain."""
    plan(house)
    settings = house.loyalty.session("admin").settings
    for name, most in limits.items():
        settings.change(settings.option(f"booking.{name}"), most)
    return house.loyalty.planner("berlin", visitor=who)


@pytest.mark.parametrize(
    ("limit", "do"),
    [
        ("tries_per_hour", lambda planner: planner.book(TEN)),
        ("tries_per_hour", lambda planner: planner.book(TEN, first_name="x" * 1000, email="no")),
        ("holds_per_hour", lambda planner: planner.hold(TEN)),
        ("links_per_hour", lambda planner: planner.show("guess")),
        ("links_per_hour", lambda planner: planner.cancel("guess")),
        ("links_per_hour", lambda planner: planner.release(TEN, "guess")),
    ],
)
def test_a_visitor_has_so_many_tries(limit: str, do: Callable[[Planner], object]) -> None:
    """Whatever comes of them; then all is refused until an hour has passed, and others are not bothered."""
    house = build_house(MemoryStorage())
    planner = visited(house, **{limit: 2})

    def answer(who: Planner) -> str:
        try:
            do(who)
        except Refused as refusal:
            return refusal.code
        except InvalidInput:
            return "invalid"
        return "done"

    first = [answer(planner), answer(planner)]
    assert "booking.too_many" not in first
    before = dump(house.loyalty)
    with pytest.raises(Refused) as caught:
        do(planner)
    assert (caught.value.code, caught.value.facts["wait"]) == ("booking.too_many", timedelta(hours=1))
    assert dump(house.loyalty) == before, "a refusal costs no write"
    assert answer(house.loyalty.planner("berlin", visitor="198.51.100.1")) != "booking.too_many"
    assert answer(house.loyalty.planner("berlin")) != "booking.too_many"
    house.clock.advance(hours=1)
    assert answer(planner) != "booking.too_many"


def test_a_mail_address_is_not_flooded(memory_house: House) -> None:
    """However many visitors there seem to be, and however the address is spelled, it gets so many mails a day."""
    visited(memory_house, tries_per_address=2)
    codes = []
    for number, email in enumerate(["a@example.org", "A@EXAMPLE.org", "a@example.org", "b@example.org"]):
        planner = memory_house.loyalty.planner("berlin", visitor=f"visitor {number}")
        try:
            planner.book(TEN + timedelta(days=number), **{**ERIKA, "email": email})
            codes.append("booked")
        except Refused as refusal:
            codes.append(refusal.code)
    assert codes == ["booked", "booked", "booking.too_many", "booked"]


@pytest.mark.every_engine
def test_tries_are_counted_for_all_processes(house: House) -> None:
    """They lie in the storage, without the visitor's address, until they count for nothing."""
    visited(house, links_per_hour=1)
    for expected in ("booking.bad_link", "booking.too_many"):
        planner = house.loyalty.planner("berlin", visitor="203.0.113.7")
        assert code_of(lambda planner=planner: planner.show("guess")) == expected
    stored = dump(house.loyalty)["rate_windows"]
    assert len(stored) == 1
    assert "203.0.113.7" not in repr(stored)
    assert house.loyalty.prune(older_than=timedelta(days=1)).windows == 0
    house.clock.advance(hours=1, microseconds=1)
    assert house.loyalty.prune(older_than=timedelta(days=1)).windows == 1


def test_a_host_brings_its_own_limiter() -> None:
    """Then nothing about visitors is stored."""
    house = build_house(MemoryStorage())
    own = build_house(MemoryStorage(), limiter=MemoryLimiter(house.clock))
    planner = visited(own, links_per_hour=1)
    codes = [code_of(lambda: planner.show("guess")) for _ in range(2)]
    assert codes == ["booking.bad_link", "booking.too_many"]
    assert dump(own.loyalty)["rate_windows"] == []


@pytest.mark.parametrize("odd", [1, b"x", "x" * 201, ["x"]])
def test_a_visitor_is_a_short_text(memory_house: House, odd: Any) -> None:
    """Anything else is refused by its name."""
    with pytest.raises(InvalidInput, match="visitor"):
        memory_house.loyalty.planner("berlin", visitor=odd)
