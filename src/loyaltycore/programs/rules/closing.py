"""Closing months: what a program had issued, and what had become of it, at a moment that is over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from attrs import asdict, evolve, frozen

from loyaltycore.errors import Refused
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.ledger import Move, Purse, Turnover, expire, replay
from loyaltycore.kernel.showing import showing
from loyaltycore.kernel.validation import Faults
from loyaltycore.kernel.wall_clock import start_of_day

_MONTHS = 12
_FIRST_MONTH = 190001
_LAST_MONTH = 999911


@frozen
class Held:
    """A purse, and what holds it."""

    id: str
    purse: Purse
    since: datetime
    """When it began."""
    ends_at: datetime | None = None
    """From then on nothing of it can be used, whatever is in it."""

    def has_ended(self, at: datetime) -> bool:
        """Whether its time is over."""
        return self.ends_at is not None and self.ends_at <= at


@frozen(repr=False)
class ProgramPeriod:
    """One month of a program's books, which never changes. Amounts are in the program's unit."""

    __repr__ = showing("id")

    id: str
    program: str
    month: int
    """For example 202611."""
    zone: str
    """Where it began and ended; an IANA name."""
    opening: int
    """What was owed to customers at its beginning."""
    closing: int
    """What was owed at its end: the opening less what the accounts have got."""
    turnover: Turnover
    """What each account has got from customers in it; negative for what it gave."""
    total: Turnover
    """The same since the beginning of the program."""
    closed_at: datetime
    closed_by: str
    version: int = 1


def at_cut(held: Held, moves: Iterable[Move], cut: datetime) -> Turnover:
    """What accounts have got from one purse before a moment; what has expired until then counts, booked or not.

    Args:
        moves: All of its history, in order, if some of it is of later; empty if nothing is.
    """
    history = list(moves)
    purse = held.purse
    if history:
        purse = replay(purse.unit, (move for move in history if move.at < cut))
    elif held.since >= cut:
        return Turnover()
    return purse.after(*expire(purse, cut)).turnover


def plus(one: Turnover, other: Turnover, times: int = 1) -> Turnover:
    """The sum of two turnovers, or their difference."""
    more = asdict(other)
    return Turnover(**{name: amount + times * more[name] for name, amount in asdict(one).items()})


def cuts_of(month: int, zone: str) -> tuple[datetime, datetime]:
    """When a month begins and ends."""
    return start_of_day(_first_day(month), zone), start_of_day(_first_day(_next(month)), zone)


def read_month(faults: Faults, name: str, given: object) -> int:
    """Read a month such as 202611."""
    if type(given) is int and _FIRST_MONTH <= given <= _LAST_MONTH and 1 <= given % 100 <= _MONTHS:
        return given
    faults.note(name, "bad_month", "must be a month as an integer like 202611")
    return 0


def require_over(month: int, ends_at: datetime, now: datetime) -> None:
    """Make sure that a month has ended.

    Raises:
        Refused: ``period.not_over``.
    """
    if now < ends_at:
        raise Refused(
            "period.not_over",
            "the month goes on",
            remedy="wait until it is over",
            month=month,
            ends_at=ends_at,
        )


def require_next(month: int, last: ProgramPeriod | None) -> None:
    """Make sure that months are closed one after the other.

    Raises:
        Refused: ``period.not_next``.
    """
    if last is not None and _next(last.month) != month:
        raise Refused(
            "period.not_next",
            "months are closed one after the other",
            remedy="close the month that follows the last one",
            month=month,
            next=_next(last.month),
        )


def close(period: ProgramPeriod, last: ProgramPeriod | None, before: Turnover) -> Decision[ProgramPeriod]:
    """Close a month.

    Args:
        period: The month with its total.
        last: The month before, if any was closed; what was booked late for it is part of this one.
        before: The total at the beginning, if none was.
    """
    opened = last.total if last else before
    closed = evolve(
        period,
        opening=-opened.total,
        closing=-period.total.total,
        turnover=plus(period.total, opened, -1),
    )
    return Decision(closed, add=(closed,), notes=(Note("program.period_closed", after=closed),))


def _first_day(month: int) -> date:
    return date(month // 100, month % 100, 1)


def _next(month: int) -> int:
    return month + 1 if month % 100 < _MONTHS else month + 100 - _MONTHS + 1
