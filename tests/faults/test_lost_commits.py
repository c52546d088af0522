"""The connection to the database is lost at the COMMIT, where nobody can know whether it happened.

A proxy throws the COMMIT away, or lets it through and throws the answer away. The driver's error is the same in both
cases; only the command's key tells them apart.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings, strategies as st

from loyaltycore import Loyalty
from loyaltycore.cards.rules.order import CardOrder
from loyaltycore.desk import Desk
from loyaltycore.errors import KeyReused
from loyaltycore.kernel.criteria import Query
from loyaltycore.kernel.outbox import MessageState, OutboxMessage
from loyaltycore.work.journal import Activity, CommandTrace
from tests.faults.cutting import ANSWER_LOST, COMMIT_LOST, Line, cut_line
from tests.faults.effort import FACTOR
from tests.faults.racing import seeded, tell
from tests.house import House, build_house, dump

SERVERS = ("postgresql", "mariadb")
UNDER_FIRE, PASSES = 3, 8
"""How many passes of a worker lose commits, and after how many it has certainly come to the end."""

cuts = st.lists(st.sampled_from([ANSWER_LOST, COMMIT_LOST]), max_size=4)
law = settings(
    max_examples=8 * FACTOR, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(params=SERVERS)
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    """A line to each server."""
    with cut_line(request.param) as opened:
        yield opened


@pytest.fixture
def house(line: Line, no_pauses: None) -> House:
    """A house behind the line; it does not wait between its tries."""
    opened = build_house(line.far)
    opened.set_up_cards()
    return opened


def _near_desk(line: Line) -> Desk:
    """The same workstation on a line of its own."""
    return Loyalty(line.near).session("anna", "berlin")


def _assert_one_order(house: House, customer_id: str, order_id: str) -> None:
    """One order, one card, one print order, one mail, one line in the activities, one trace."""
    everything = dump(house.loyalty)
    orders = house.desk.cards.orders_of(customer_id)
    assert [order.id for order in orders] == [order_id]
    assert [card.order_id for card in house.desk.cards.of_customer(customer_id)] == [order_id]
    messages = [
        m.key for m in everything["outbox"] if isinstance(m, OutboxMessage) and m.about_key == order_id
    ]
    assert sorted(messages) == [f"{order_id}.confirmation", f"{order_id}.submit"]
    placed = [a for a in everything["activities"] if isinstance(a, Activity) and a.subject_id == order_id]
    assert [activity.action for activity in placed] == ["card_order.placed"]
    traces = [c for c in everything["commands"] if isinstance(c, CommandTrace) and c.result_key == order_id]
    assert [trace.id for trace in traces] == [placed[0].command]


@law
@given(planned=cuts)
@example(planned=[ANSWER_LOST])
@example(planned=[COMMIT_LOST])
@example(planned=[COMMIT_LOST, ANSWER_LOST])
def test_an_order_is_placed_once(house: House, line: Line, planned: list[str]) -> None:
    """Whichever commits are cut in whichever way: one order, one card, one print order, and that order comes back."""
    erika = house.customer()
    line.cutter.plan(planned)
    order = house.desk.cards.order(erika.id)
    line.cutter.plan([])
    assert house.desk.cards.get_order(order.id) == order
    _assert_one_order(house, erika.id, order.id)


@law
@given(planned=cuts, calls=st.integers(1, 3))
def test_a_keyed_order_is_placed_once_however_often_it_is_called(
    house: House, line: Line, planned: list[str], calls: int
) -> None:
    """The caller repeats its call under its key, on a line that cuts commits: the same order every time."""
    erika = house.customer()
    line.cutter.plan(planned)
    orders = {house.desk.keyed(f"till-{erika.number}").cards.order(erika.id) for _ in range(calls)}
    line.cutter.plan([])
    (order,) = orders
    _assert_one_order(house, erika.id, order.id)


def test_what_an_import_reports_is_what_it_did(house: House, line: Line) -> None:
    """The commit of an import's batch is cut: every row is there once, and the report counts each of them once."""
    rows = "".join(f"Muster{n};Eva;eva{n}@example.org\n" for n in range(9))
    for planned in ([ANSWER_LOST], [COMMIT_LOST], [COMMIT_LOST, ANSWER_LOST]):
        before = house.desk.customers.count()
        data = f"last_name;first_name;email\n{rows}".replace("Muster", f"Muster{before}-").encode()
        line.cutter.plan(planned)
        report = house.desk.customers.import_file([data], batch_size=4)
        assert (report.added, house.desk.customers.count()) == (9, before + 9)


def test_somebody_else_used_the_key_meanwhile(
    house: House, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A till's call loses its commit; before it tries again, the till's own repetition gets through: both get its order."""
    erika = house.customer()
    near = _near_desk(line)
    repeated: list[CardOrder] = []

    def meanwhile(_: int) -> None:
        if not repeated:
            repeated.append(near.keyed("till-1").cards.order(erika.id))

    monkeypatch.setattr("loyaltycore.work.running.pause", meanwhile)
    line.cutter.plan([COMMIT_LOST])
    order = house.desk.keyed("till-1").cards.order(erika.id)
    assert [order] == repeated
    _assert_one_order(house, erika.id, order.id)


def test_somebody_else_used_the_key_for_something_else(
    house: House, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same with another command under the key: a conflict, and not an order that does not exist."""
    erika = house.customer()
    near = _near_desk(line)
    monkeypatch.setattr(
        "loyaltycore.work.running.pause",
        lambda _: near.keyed("till-1").customers.change(erika.id, notes="other"),
    )
    line.cutter.plan([COMMIT_LOST])
    with pytest.raises(KeyReused):
        house.desk.keyed("till-1").cards.order(erika.id)
    assert house.desk.cards.orders_of(erika.id) == ()


def test_a_worker_whose_commits_are_cut_hands_everything_over(house: House, line: Line) -> None:
    """Claiming and writing down lose their commits: every message is done in the end, and no card is made twice."""
    erika = house.customer()
    orders = [house.desk.cards.order(erika.id) for _ in range(5)]
    generator, passes = seeded(), 0
    while not all(message.state is MessageState.DONE for message in _messages(line)):
        passes += 1
        assert passes <= PASSES
        # Never so many that one command loses all of its tries; and none in the end, or the two could go on for ever.
        line.cutter.plan(generator.choices((COMMIT_LOST, ANSWER_LOST), k=8 if passes <= UNDER_FIRE else 0))
        house.loyalty.deliver()
        house.clock.advance(minutes=6)
    assert set(house.printer.orders) == {order.id for order in orders}
    assert {house.desk.cards.get_order(order.id).vendor_revision for order in orders} == {1}
    mails = len(house.mailer.sent)
    assert mails >= len(orders)
    tell(f"{passes} passes, {line.cutter.cuts} commits cut, {mails} mails for {len(orders)} orders")


def _messages(line: Line) -> list[OutboxMessage]:
    with line.near.transaction(read_only=True) as tx:
        return list(tx.find(OutboxMessage, Query()))
