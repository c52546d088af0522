"""What makes a request to book suspicious: it is kept for the staff, and no mail leaves until they trust it.

Whoever sends it is answered like everybody else, so that a program learns nothing from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, Final

from attrs import evolve, field, frozen

from loyaltycore.booking.rules.appointment import Appointment, require_open
from loyaltycore.booking.rules.request import BookingRequest
from loyaltycore.errors import RegistrationError
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.settings import Option, SettingsSnapshot
from loyaltycore.kernel.validation import Faults

LENGTH: Final = 200
"""Of all that is suspicious about one request."""
SOONEST: Final = timedelta(seconds=3)
"""Within which nobody fills in four fields."""

_LINK: Final = re.compile(r"(?i)https?:|\bwww\.|\[url|<\s*a\b|\b[\w-]+\.(?:com|net|org|info|ru|cn|xyz|top)/")
_WORD: Final = re.compile(r"[a-z0-9_]{1,40}")

DOMAINS: Final = Option(
    "booking.suspicious_domains",
    "mailinator.com, guerrillamail.com, 10minutemail.com, trashmail.com, yopmail.com",
    "Domains of e-mail addresses that are thrown away, separated by commas: what is booked with them waits for the staff",
    tab="appointment",
    section="online",
)


@frozen
class Filling:
    """How the form was filled in, as the page has seen it."""

    trap: str = field(default="", repr=False)
    """What stands in a field that people do not see."""
    took: timedelta | None = None
    """How long it was open; None if nobody knows."""


NOTHING_SEEN: Final = Filling()
"""Where the page does not look."""


@frozen
class Submission:
    """A form that was sent: what is looked at for signs of a program."""

    request: BookingRequest
    filling: Filling
    options: SettingsSnapshot


Suspects = Callable[[Submission], str]
"""A rule: a word for what is suspicious, such as ``links``, or an empty text."""


def read_filling(faults: Faults, given: object) -> Filling:
    """Check what the page has seen."""
    if type(given) is not Filling:
        faults.note("filling", "wrong_type", "must be a Filling")
        return NOTHING_SEEN
    if type(given.trap) is not str:
        faults.note("filling.trap", "wrong_type", "must be a text")
    if given.took is not None and type(given.took) is not timedelta:
        faults.note("filling.took", "wrong_type", "must be a timedelta")
    return given


def _trapped(submission: Submission) -> str:
    return "trap" if submission.filling.trap else ""


def _hasty(submission: Submission) -> str:
    took = submission.filling.took
    return "too_fast" if took is not None and took < SOONEST else ""


def _linking(submission: Submission) -> str:
    """Nobody's name or street is a link, and few who want an appointment send one."""
    request = submission.request
    said = (request.first_name, request.last_name, request.salutation, request.street, request.city)
    return "links" if any(_LINK.search(each) for each in (*said, request.remark)) else ""


def _thrown_away(submission: Submission) -> str:
    domain = submission.request.email.rpartition("@")[2].casefold()
    listed = {each.strip().casefold() for each in submission.options[DOMAINS].split(",")} - {""}
    return "domain" if any(domain == each or domain.endswith(f".{each}") for each in listed) else ""


OWN: Final[tuple[Suspects, ...]] = (_trapped, _hasty, _linking, _thrown_away)


def suspicion_of(submission: Submission, rules: Iterable[Suspects]) -> str:
    """All that is suspicious about it, in the order of the rules, separated by blanks; empty if nothing is.

    Raises:
        RegistrationError: A rule of the host answers something else than a word.
    """
    words: list[str] = []
    for rule in rules:
        word: Any = rule(submission)
        if word and not (type(word) is str and _WORD.fullmatch(word)):
            raise RegistrationError(f"{rule!r} answers {word!r}: a word of a-z, 0-9 and _, or an empty text")
        if word and word not in words:
            words.append(word)
    return " ".join(words)[:LENGTH]


def trust(appointment: Appointment) -> Decision[Appointment]:
    """Say that a request is not suspicious after all; a second time changes nothing.

    Raises:
        Refused: ``appointment.over``.
    """
    if not require_open(appointment).suspicion:
        return Decision(appointment)
    after = evolve(appointment, suspicion="")
    return Decision(after, save=(after,), notes=(Note("appointment.trusted", appointment, after),))
