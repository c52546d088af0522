"""Customers erased, and marked as deleted."""

from __future__ import annotations

from typing import Final

from tests.faults.verbs.verb import Run, Verb


def _somebody(run: Run) -> None:
    run.free.customers.create(number="D1", last_name="Muster", email="d@example.org")


def _confirmed(run: Run) -> str:
    # After the erasure nobody answers to the number, and a repetition gives what it gave.
    return run.free.privacy.preview(_who(run)).confirmation


def _who(run: Run) -> str:
    return run.free.customers.by_number("D1").id


def _marked(run: Run) -> None:
    _somebody(run)
    run.free.privacy.mark(_who(run))


def _forget_later(run: Run) -> None:
    run.loyalty.clock.advance(days=4000)  # type: ignore[attr-defined]  # a fixed one
    assert run.free.privacy.forget_old()


VERBS: Final = (
    Verb(
        "customer erased",
        lambda run: run.desk.privacy.erase(_who(run), confirm=_confirmed(run)),
        "privacy.erase",
        _somebody,
        repeatable=False,
    ),
    Verb("customer marked", lambda run: run.desk.privacy.mark(_who(run)), "privacy.mark", _somebody),
    Verb("old history forgotten", _forget_later, units=0),
    Verb("mark taken away", lambda run: run.desk.privacy.unmark(_who(run)), "privacy.unmark", _marked),
)
