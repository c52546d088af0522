"""What a failing run says to its author beside the promise: which hook failed, what is missing, what to do."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any, ClassVar

import pytest

import loyaltycore.testing as kit
from loyaltycore.kernel.printing import PrintOrder, PrintState
from loyaltycore.ports.card_printing import PrintReceipt
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from loyaltycore.storing.registry import Registry
from loyaltycore.testing import MailerCapabilities, ReceivedMail
from loyaltycore.testing.calendar import CalendarCapabilities, CalendarConformance, Lacks
from loyaltycore.testing.processes import Say, forked
from loyaltycore.testing.suite import Judgement, judge
from tests.testing.liars.honest import HonestStorage
from tests.testing.liars.honest_calendar import HONEST
from tests.testing.liars.honest_gateway import HonestGateway
from tests.testing.liars.honest_mailer import HonestMailer
from tests.testing.liars.honest_printer import HonestPrinter
from tests.testing.liars.storage_settings import GivesUpAtOnce
from tests.testing.trials import calendar_trial, gateway_trial, mailer_trial, printer_trial, storage_trial


def verdict_of(trial: type[Any], test: str) -> Judgement:
    (verdict,) = judge(trial, [test])
    return verdict


def test_a_peek_that_raises_is_named() -> None:
    """Where `peek` stumbles over a file that is not there yet, the failure says that it was `peek`, and what it owes."""

    class Blind(storage_trial(HonestStorage)):
        def peek(self, storage: Any, table: str) -> int:
            raise FileNotFoundError(table)

    verdict = verdict_of(Blind, "test_the_rows_are_really_there")
    assert verdict.outcome == "broken"
    assert "the hook `peek` raised this when asked for 'kit_things'" in verdict.detail
    assert "must answer 0 there" in verdict.detail


def test_a_storage_that_never_waits_is_told_to() -> None:
    """Who raises `StorageBusy` at once is told to wait, not that the engine rolled back."""
    verdict = verdict_of(storage_trial(GivesUpAtOnce), "test_nothing_unfinished_is_seen")
    assert verdict.outcome == "broken"
    assert "wait for the lock some seconds before raising `StorageBusy`" in verdict.detail


def test_known_dates_are_asked_for() -> None:
    """A calendar's author who says nothing about `known` is told what it is, and how to do without."""

    class Made:
        def open(self) -> AbstractContextManager[Any]:
            return nullcontext(HONEST)

    with pytest.raises(
        TypeError, match=r"leaves the hook `known` open: Set it to dates .* `known=Lacks\(...\)`"
    ):
        type("TestMine", (Made, CalendarConformance), {})
    made_by_chance = Lacks("made by chance")
    gap = {"capabilities": CalendarCapabilities(known=made_by_chance, other=made_by_chance)}
    without = type("TestMine", (Made, CalendarConformance), gap)
    assert verdict_of(without, "test_known_dates_are_right").detail == "made by chance"


def test_known_dates_of_one_kind_prove_little() -> None:
    """Working days alone are no proof of a calendar's facts, and the failure says so."""

    class Half(calendar_trial(lambda: HONEST)):
        known: ClassVar = {day: True for day, works in calendar_trial(lambda: HONEST).known.items() if works}

    verdict = verdict_of(Half, "test_known_dates_are_right")
    assert "`known` needs a working day and a free one at least" in verdict.detail


def test_a_failure_in_another_process_is_shown() -> None:
    """What goes wrong in the second process fails the test with that process's traceback."""

    def stumble(say: Say) -> None:
        say("begun")
        raise LookupError("only here")

    with forked(stumble) as child:
        assert child.line() == "begun"
        with pytest.raises(AssertionError, match="LookupError: only here"):
            child.line()


def test_a_killed_process_ends_its_lines() -> None:
    """After a kill what was said before is still heard, and then the end."""

    def go_on(say: Say) -> None:
        number = 0
        while True:
            say(str(number := number + 1))

    with forked(go_on) as child:
        assert child.line() == "1"
        child.kill()
        heard = child.lines()
        assert heard == [str(number) for number in range(2, len(heard) + 2)]
        assert child.line() is None


def test_a_system_without_fork_skips(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are no copies of processes the tests that need one are skipped with the reason."""
    monkeypatch.delattr(os, "fork")
    with (
        pytest.raises(pytest.skip.Exception, match="cannot make a copy of a process"),
        forked(lambda _: None),
    ):
        pass


def test_a_foreign_error_is_no_broken_promise() -> None:
    """An error that no port names is reported as what it is, and the promise as what was tried when it came."""

    class Stumbles(HonestStorage):
        def bind(self, registry: Registry) -> None:
            raise ZeroDivisionError

    verdict = verdict_of(storage_trial(Stumbles), "test_every_write_is_kept")
    assert (
        "foreign error: ZeroDivisionError came out of `test_a_foreign_error_is_no_broken_promise"
        in verdict.detail
    )
    assert "Stumbles.bind`" in verdict.detail
    assert 'while this was tried: "what it did is kept as a whole at its end"' in verdict.detail
    assert "broken promise" not in verdict.detail


@pytest.mark.parametrize(
    ("hook", "given", "told"),
    [
        (
            "open",
            lambda _: HonestMailer(),
            "gave a HonestMailer, and owes a context manager that yields a Mailer",
        ),
        (
            "open",
            lambda _: (made for made in (HonestMailer(),)),
            "gave a generator, and owes a context manager that yields a Mailer: is `@contextmanager` missing above it?",
        ),
        (
            "peek",
            lambda _, mailer, address: iter(mailer.received(address)),
            "owes a list of ReceivedMail",
        ),
        (
            "peek",
            lambda _, mailer, address: (mail for mail in mailer.received(address)),
            "gave a generator, and owes a list of ReceivedMail: return a list",
        ),
        (
            "peek",
            lambda _, mailer, address: [EmailMessage() for _ in mailer.received(address)],
            "gave a list of EmailMessage, and owes a list of ReceivedMail",
        ),
        ("peek", lambda *_: None, "gave nothing (None), and owes a list of ReceivedMail"),
        ("trouble", lambda *_: None, "gave nothing (None), and owes a context manager or a Lacks"),
    ],
)
def test_a_hook_that_gives_something_else_is_named(hook: str, given: Callable[..., Any], told: str) -> None:
    """Who forgets a decorator or a return is told which hook it is and what it owes, and no promise is blamed."""
    mine = type("TestMine", (mailer_trial(HonestMailer),), {hook: given})
    verdict = verdict_of(mine, "test_who_is_refused_is_rejected")
    assert verdict.outcome == "broken"
    assert f"the hook `{hook}` gave " in verdict.detail
    assert told in verdict.detail
    assert "promise" not in verdict.detail


def test_an_error_of_a_hook_names_it() -> None:
    """What a hook raises, when it is called or when its block begins or ends, is said of that hook and not of the adapter."""

    @contextmanager
    def stumbling(made: object, *, late: bool) -> Iterator[object]:
        if late:
            yield made
        raise ZeroDivisionError

    hooks: list[tuple[str, Callable[..., Any]]] = [
        ("open", lambda *_: stumbling(HonestMailer(), late=True)),
        ("open", lambda *_: stumbling(HonestMailer(), late=False)),
        ("trouble", lambda *_: 1 // 0),
    ]
    for name, filled in hooks:
        mine = type("TestMine", (mailer_trial(HonestMailer),), {name: filled})
        detail = verdict_of(mine, "test_an_error_hides_no_copy").detail
        assert f"foreign error: ZeroDivisionError came out of the hook `{name}`" in detail
    headers: Any = {"To": "erika@example.org"}
    mine = type("TestMine", (mailer_trial(HonestMailer),), {"peek": lambda *_: [ReceivedMail(headers)]})
    detail = verdict_of(mine, "test_the_words_arrive").detail
    assert "`headers` are pairs" in detail
    assert "came out of the hook `peek`" in detail


@pytest.mark.parametrize(
    ("trial", "test"),
    [
        (printer_trial(HonestPrinter), "test_what_the_vendor_refuses_is_rejected"),
        (printer_trial(HonestPrinter), "test_a_wait_is_passed_on"),
        (printer_trial(HonestPrinter), "test_a_failure_claims_nothing"),
        (printer_trial(HonestPrinter), "test_who_is_shut_out_says_so"),
        (mailer_trial(HonestMailer), "test_who_is_refused_is_rejected"),
        (mailer_trial(HonestMailer), "test_a_refusal_has_a_word"),
        (mailer_trial(HonestMailer), "test_a_failure_is_no_refusal"),
        (mailer_trial(HonestMailer), "test_a_break_in_the_middle_leaves_the_rest"),
        (gateway_trial(HonestGateway), "test_who_is_refused_is_rejected"),
        (gateway_trial(HonestGateway), "test_a_refusal_has_a_word"),
        (gateway_trial(HonestGateway), "test_a_request_to_wait_is_passed_on"),
    ],
)
def test_a_trouble_that_does_nothing_is_suspected_first(trial: type[Any], test: str) -> None:
    """If the other side has what it was not to take, no adapter did that: the author looks at the hook."""
    mine = type("TestMine", (trial,), {"trouble": lambda *_: nullcontext()})
    assert "look at the hook `trouble` first" in verdict_of(mine, test).detail


def test_what_is_no_gap_is_refused() -> None:
    """A gap without a reason is no gap."""
    gap: Any = False
    with pytest.raises(TypeError, match=r"sets `html` to False: a gap is `html=Lacks\(...\)`"):
        type("TestMine", (mailer_trial(HonestMailer),), {"capabilities": MailerCapabilities(html=gap)})


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (
            {"way": (PrintState.RECEIVED, PrintState.IN_PRODUCTION, PrintState.DISPATCHED)},
            "RECEIVED in `way`",
        ),
        ({"way": (PrintState.DISPATCHED,)}, "lacks IN_PRODUCTION in `way`"),
        ({"way": ()}, "lacks IN_PRODUCTION and DISPATCHED in `way`"),
        ({"words": {}}, "has no `words`: set it to every word"),
        ({"words": {"sent": "dispatched"}}, "'sent' means 'dispatched', which is no PrintState"),
    ],
)
def test_facts_of_no_vendor_are_refused(facts: dict[str, Any], told: str) -> None:
    """What no test could begin with is said when the class is defined."""
    with pytest.raises(TypeError, match=re.escape(told)):
        type("TestMine", (printer_trial(HonestPrinter),), facts)


def test_a_call_is_dated() -> None:
    """A call without a zone would be too old on some machines alone."""
    with pytest.raises(ValueError, match="aware instant"):
        kit.Call({}, b"", datetime(2026, 1, 1))  # noqa: DTZ001  what is refused


def test_a_refused_order_is_shown_in_full() -> None:
    """Who accepts too little reads why the order was refused and what it was, although neither shows itself."""

    class Rejects(HonestPrinter):
        def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
            return PrintReceipt(Receipt(DeliveryStatus.REJECTED, code="no_such_design", detail=order.product))

    detail = verdict_of(printer_trial(Rejects), "test_an_order_is_found").detail
    assert "REJECTED with code 'no_such_design', detail 'gold'" in detail
    assert "'name': 'Erika Größ'" in detail


def test_every_assertion_of_the_kit_says_something() -> None:
    """Whatever fails, an author reads a sentence about it, and not only a comparison of values."""
    silent = [
        f"{path.name}:{node.lineno}"
        for path in Path(kit.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Assert) and node.msg is None
    ]
    assert silent == []
