"""What a vendor has said about an order, kept as a set: neither the order of arrival nor a repetition leaves a trace.

Reports come late, twice, in any order and by several ways at once: as answers, webhooks, events read again, look-ups.
So an order keeps them, sorted by the vendor's own count, and everything else is read from them; see `settling`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Final

from attrs import frozen

from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.printing import PrintState, PrintStatus
from loyaltycore.kernel.showing import showing
from loyaltycore.kernel.words import as_text

WORD_LENGTH: Final = 60
LINE_LENGTH: Final = 200
REASON_LENGTH: Final = 500
"""What a vendor says is shortened to this, and made storable: no word must hold up its news."""

MOST_REPORTS: Final = 40
"""So many of the newest reports are kept, and besides them those that decide something: an order cannot grow for ever."""

_NOT_COUNTED: Final = -1
"""Vendors count from 1: what has a lower number is no news, and 0 is ours."""

_PLACES: Final = {state: place for place, state in enumerate(PrintState)}
_ON_ITS_WAY: Final = frozenset({PrintState.DISPATCHED, PrintState.DELIVERED})
_LEFT: Final = _ON_ITS_WAY | {PrintState.RETURNED}


@frozen(repr=False)
class Report:
    """One thing that a vendor has said about an order."""

    __repr__ = showing("revision", "state", "at")

    revision: int
    """Counts the vendor's changes to the order; 0 if it refused the print order and so has nothing to count."""
    state: PrintState | None
    """None if the vendor's word is unknown."""
    word: str
    """The vendor's own word for the state."""
    at: datetime
    """When it happened at the vendor, in UTC."""
    vendor_id: str = ""
    reason_code: str = ""
    reason: str = ""
    tracking: str = ""
    cancellation_refused: bool = False


NOTHING: Final = Report(0, None, "", datetime.min.replace(tzinfo=UTC))
"""Stands for a report where there is none."""


def is_sent(report: Report) -> bool:
    """Whether the card had been handed to the carrier, at the latest then."""
    return report.state in _ON_ITS_WAY


def is_delivered(report: Report) -> bool:
    """Whether the card has arrived."""
    return report.state is PrintState.DELIVERED


def has_left(report: Report) -> bool:
    """Whether the card was made and sent; it may have come back."""
    return report.state in _LEFT


def has_state(report: Report) -> bool:
    """Whether it says where the card is, in a word that is known."""
    return report.state is not None


def refuses(report: Report) -> bool:
    """Whether the vendor refuses a request to cancel."""
    return report.cancellation_refused


def says_why(report: Report) -> bool:
    """Whether it gives a reason."""
    return bool(report.reason_code or report.reason)


def has_vendor_id(report: Report) -> bool:
    """Whether it says under which id the vendor has the order."""
    return bool(report.vendor_id)


def has_tracking(report: Report) -> bool:
    """Whether it says under which number the carrier has the card."""
    return bool(report.tracking)


_FIRST: Final = (is_sent, is_delivered, has_left)
_LAST: Final = (has_state, refuses, says_why, has_vendor_id, has_tracking)
"""What `settling` asks the reports for; those that answer are kept."""


def first(reports: Iterable[Report], holds: Callable[[Report], bool]) -> Report:
    """The oldest report of which something holds, or `NOTHING`."""
    return next(filter(holds, reports), NOTHING)


def last(reports: tuple[Report, ...], holds: Callable[[Report], bool]) -> Report:
    """The newest report of which something holds, or `NOTHING`."""
    return first(reversed(reports), holds)


def read_report(status: PrintStatus) -> Report:
    """Read what a vendor's adapter hands over; its words are shortened and made storable.

    Raises:
        InvalidInput: Its revision is no number, or its time no instant.
    """
    if type(status.revision) is not int or not isinstance(status.occurred_at, datetime):
        raise InvalidInput([Fault("status", "wrong_type", "needs a revision and an instant")])
    return Report(
        revision=status.revision or _NOT_COUNTED,
        state=status.state if isinstance(status.state, PrintState) else None,
        word=as_text(status.raw_state, WORD_LENGTH),
        at=_in_utc(status.occurred_at),
        vendor_id=as_text(status.vendor_id, LINE_LENGTH),
        reason_code=as_text(status.reason_code, WORD_LENGTH),
        reason=as_text(status.reason, REASON_LENGTH),
        tracking=as_text(status.tracking, LINE_LENGTH),
        cancellation_refused=status.cancellation_refused is True,
    )


def refusal(code: str, reason: str, now: datetime) -> Report:
    """The report that the vendor does not take the print order at all."""
    return Report(
        revision=0,
        state=PrintState.REJECTED,
        word="",
        at=now,
        reason_code=as_text(code, WORD_LENGTH),
        reason=as_text(reason, REASON_LENGTH),
    )


def added(known: tuple[Report, ...], report: Report) -> tuple[Report, ...]:
    """The reports with one more; `known` itself if it says nothing new.

    Any report outweighs the refusal of the print order: whoever reports on an order has it. Reports that differ in
    nothing but the time are one, with the earliest time.
    """
    twin = first(known, lambda each: _rank(each) == _rank(report))
    outweighed = known if report.revision == 0 else report.revision < 0
    if outweighed or (twin is not NOTHING and twin.at <= report.at):
        return known
    counted = (report, *(each for each in known if each.revision and each is not twin))
    kept = _kept(tuple(sorted(counted, key=_rank)))
    return known if kept == known else kept


def _kept(reports: tuple[Report, ...]) -> tuple[Report, ...]:
    """The newest, and those that decide something however old they are; all of a vendor that keeps to the point."""
    deciding = {*(first(reports, holds) for holds in _FIRST), *(last(reports, holds) for holds in _LAST)}
    return tuple(sorted({*reports[-MOST_REPORTS:], *deciding} - {NOTHING}, key=_rank))


def _rank(report: Report) -> tuple[object, ...]:
    """The order of reports, and what makes two of them one: all that they say but the time."""
    return (
        report.revision,
        -1 if report.state is None else _PLACES[report.state],
        report.cancellation_refused,
        report.word,
        report.reason_code,
        report.reason,
        report.tracking,
        report.vendor_id,
    )


def _in_utc(instant: datetime) -> datetime:
    """Without a zone it is read as UTC: news must not be held up by what an adapter forgot."""
    try:
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidInput(
            [Fault("status.occurred_at", "out_of_range", "is outside the calendar")]
        ) from error
