"""`status`, `requeue`, `catch-up` and `prune`: looking after a shop."""

from __future__ import annotations

from datetime import timedelta

from attrs import evolve

from loyaltycore.cards import OrderState
from loyaltycore.kernel.criteria import Query
from loyaltycore.kernel.outbox import MessageState, OutboxMessage, finish
from loyaltycore.work.journal import Activity
from loyaltycore_cardvendor import RunningVendor
from tests.cli.shop import Shop, order_cards


def _give_up(shop: Shop, detail: str = "550 no such user", *, kind: str = "email.send") -> list[str]:
    """Order two cards and give their messages up; answers the ids of the messages."""
    with shop.opened() as loyalty:
        order_cards(loyalty, 2)
        with loyalty.storage.transaction() as tx:
            found = list(tx.find(OutboxMessage, Query()))
            now = loyalty.clock.now()
            for message in found:
                dead = finish(message, MessageState.DEAD, now, code="mailbox_unknown", detail=detail)
                tx.save(evolve(dead, kind=kind))
    return [message.id for message in found]


def test_status_counts_and_names_reasons(shop: Shop) -> None:
    """The status shows messages and every counted group by state, under its label, and each message that was given up with its reason."""
    ids = _give_up(shop)
    ended = shop.run("status")
    assert (ended.returncode, ended.stderr) == (0, "")
    lines = [line.split() for line in ended.stdout.splitlines()]
    assert ["pending", "0", "0", "due", "now"] in lines
    assert ["dead", "2"] in lines
    assert lines.index(["Outbox"]) < lines.index(["Card", "orders"]) < lines.index(["placed", "2"])
    reasons = [line for line in lines if line and line[0] in ids]
    assert [line[1] for line in reasons] == ["email.send"] * 2
    assert [line[-5:] for line in reasons] == [["mailbox_unknown", "550", "no", "such", "user"]] * 2


def test_what_a_server_says_cannot_write_on_the_terminal(shop: Shop) -> None:
    """A reply of another system is shown with its control characters made visible."""
    _give_up(shop, "550 \x1b[2J\r\nall is well")
    shown = shop.run("status").stdout
    assert "\x1b" not in shown
    assert r"550 \x1b[2J\r\nall is well" in shown


def test_requeue_gives_one_message_a_new_life(shop: Shop) -> None:
    """The named message is due again with all its tries, the other one stays given up."""
    first, second = _give_up(shop)
    ended = shop.run("requeue", first)
    assert (ended.returncode, ended.stdout) == (0, "1 due again, 0 not\n")
    states = {m.id: (m.state, m.attempts) for m in shop.messages()}
    assert states == {first: (MessageState.PENDING, 0), second: (MessageState.DEAD, 0)}


def test_requeue_all(shop: Shop) -> None:
    """All that were given up become due again; a second time there is nothing left to do."""
    _give_up(shop)
    assert shop.run("requeue", "--all").stdout == "2 due again, 0 not\n"
    assert {m.state for m in shop.messages()} == {MessageState.PENDING}
    assert shop.run("requeue", "--all").stdout == "0 due again, 0 not\n"


def test_requeue_says_why_not(shop: Shop) -> None:
    """An unknown message and one that waits anyway are named with the reason; the others are requeued all the same."""
    first, second = _give_up(shop)
    shop.run("requeue", first)
    ended = shop.run("requeue", "nonsense", first, second)
    assert (ended.returncode, ended.stdout) == (1, "1 due again, 2 not\n")
    complaints = ended.stderr.splitlines()
    assert [line.split()[1] for line in complaints] == ["nonsense:", f"{first}:"]
    assert "only a message that was given up can be requeued" in complaints[1]


def test_requeue_wants_to_know_what(shop: Shop) -> None:
    """Neither nothing nor both at once is understood."""
    for arguments in ((), ("--all", "x")):
        ended = shop.run("requeue", *arguments)
        assert ended.returncode == 2
        assert "name messages, or --all" in ended.stderr


def test_catch_up_takes_in_what_was_missed(card_shop: Shop, vendor: RunningVendor) -> None:
    """What the vendor reported while nobody listened is taken in once, and known the next time."""
    with card_shop.opened() as loyalty:
        order_cards(loyalty, 2)
        loyalty.deliver()
    vendor.control("advance", state="in_production")
    assert (
        card_shop.run("catch-up").stdout == "4 taken in, 0 known already, 0 about records that are not ours\n"
    )
    assert (
        card_shop.run("catch-up").stdout == "0 taken in, 0 known already, 0 about records that are not ours\n"
    )
    with card_shop.opened() as loyalty:
        assert loyalty.session("outbox").outbox.status().records["Card orders"][OrderState.IN_PRODUCTION] == 2


def test_catch_up_with_a_vendor_that_does_not_answer(card_shop: Shop, vendor: RunningVendor) -> None:
    """A vendor that cannot be reached is one line and exit code 2."""
    vendor.stop()
    ended = card_shop.run("catch-up")
    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1


def test_catch_up_without_a_vendor(shop: Shop) -> None:
    """Without a card printer there is nobody to ask."""
    ended = shop.run("catch-up")
    assert ended.returncode == 2
    assert "nobody to ask: set up [mailer] or [sms] or [card_printer]" in ended.stderr


def test_prune_removes_what_is_old_and_done(shop: Shop) -> None:
    """A delivered message older than the span goes; younger ones and those that were given up stay."""
    first, second = _give_up(shop)
    with shop.opened() as loyalty, loyalty.storage.transaction() as tx:
        message = tx.get(OutboxMessage, first)
        assert message
        long_ago = loyalty.clock.now() - timedelta(days=40)
        tx.save(evolve(message, state=MessageState.DONE, finished_at=long_ago))
    rest = " messages, 0 commands, 0 events, what became of 0 messages, and 0 counts of tries\n"
    assert shop.run("prune").stdout == f"removed 0{rest}"
    assert shop.run("prune", "--days", "30").stdout == f"removed 1{rest}"
    assert [m.id for m in shop.messages()] == [second]
    assert shop.run("prune", "--days", "0").returncode == 2


def test_forget_removes_history_whose_time_is_over(shop: Shop) -> None:
    """A line about a customer goes after ten years, one about anything else after three; what is younger stays."""
    with shop.opened() as loyalty:
        loyalty.session("admin").branches.create("berlin", name="Berlin")
        loyalty.session("admin").customers.create(last_name="Muster")
        with loyalty.storage.transaction() as tx:
            long_ago = loyalty.clock.now() - timedelta(days=4 * 366)
            for each in list(tx.find(Activity, Query())):
                tx.save(evolve(each, at=long_ago))
    ended = shop.run("forget")
    assert ended.stderr == ""
    assert ended.stdout == "removed 1 of the change log\n"
    assert shop.run("forget").stdout == "removed nothing\n"


def test_remind_goes_through_all_branches(shop: Shop) -> None:
    """Whoever has an appointment in the next days is reminded once, of one branch if that is asked for."""
    with shop.opened() as loyalty:
        admin = loyalty.session("admin")
        admin.appointments.setup.save_template("test", name="Test", length=30, remind=5)
        begin = (loyalty.clock.now() + timedelta(days=2)).replace(microsecond=0)
        for key in ("bonn", "kiel"):
            admin.branches.ensure(key, name=key.title())
            admin.appointments.setup.save_resource(f"room-{key}", branch_id=key, name="Room")
            customer = admin.customers.create(last_name="Muster", email=f"{key}@example.org")
            made = admin.appointments.make(f"room-{key}", begin, template="test", customer_id=customer.id)
            with loyalty.storage.transaction() as tx:
                tx.save(evolve(made, booked_at=begin - timedelta(days=9)))
    assert shop.run("remind", "--branch", "bonn").stdout == "1 put into the outbox\n"
    assert shop.run("remind").stdout == "1 put into the outbox\n"
    assert shop.run("remind").stdout == "0 put into the outbox\n"
    unknown = shop.run("remind", "--branch", "nowhere")
    assert (unknown.returncode, len(unknown.stderr.splitlines())) == (2, 1)
