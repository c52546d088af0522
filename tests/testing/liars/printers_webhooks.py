"""Card printers that believe calls that prove nothing, or none that do."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from attrs import evolve

from loyaltycore.errors import WebhookRejected
from loyaltycore.kernel.printing import PrintEvent
from tests.testing.liars.honest_printer import HonestPrinter
from tests.testing.liars.honest_vendor import signature


class BelievesAnything(HonestPrinter):
    """Reads calls without proof."""

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> tuple[PrintEvent, ...]:
        """Read."""
        return self.called("e", body)


class BelievesTheUnsigned(HonestPrinter):
    """Checks a signature if there is one."""

    def proves(self, event: str, seconds: str, body: bytes, given: str) -> bool:
        """Look, if there is something to look at."""
        return not given or super().proves(event, seconds, body, given)

    def header(self, headers: Mapping[str, str], name: str) -> str:
        """One header, or none."""
        try:
            return super().header(headers, name)
        except WebhookRejected:
            if name == "x-signature" and name not in {key.lower() for key in headers}:
                return ""
            raise


class ComparesTheBeginning(HonestPrinter):
    """Compares the first characters of a signature."""

    def proves(self, event: str, seconds: str, body: bytes, given: str) -> bool:
        """Look at sixteen."""
        return super().proves(event, seconds, body, given[:16] + signature(event, seconds, body)[16:])


class ComparesWhatIsGiven(HonestPrinter):
    """Takes the beginning of a signature for the signature."""

    def proves(self, event: str, seconds: str, body: bytes, given: str) -> bool:
        """Look as far as it goes."""
        return seconds.isdecimal() and signature(event, seconds, body).startswith(given)


class ProvesNoTimes(HonestPrinter):
    """Believes whatever time a call names."""

    def proves(self, event: str, seconds: str, body: bytes, given: str) -> bool:
        """Look for a time, near the one that is named, that was signed."""
        if not seconds.isdecimal():
            return False
        near = range(int(seconds) - 600, int(seconds) + 601)
        return any(hmac.compare_digest(signature(event, str(at), body), given) for at in near)


class ProvesNoIds(HonestPrinter):
    """Believes whatever id a call names."""

    def proves(self, event: str, seconds: str, body: bytes, given: str) -> bool:
        """Look for an id that was signed."""
        known = [found["id"] for found in self.vendor.events]
        return any(super(ProvesNoIds, self).proves(name, seconds, body, given) for name in known)


class ProvesWhatItReads(HonestPrinter):
    """Checks the signature of what it has understood, not of what came."""

    def proves(self, event: str, seconds: str, body: bytes, given: str) -> bool:
        """Read, write, and look."""
        try:
            read = json.dumps(json.loads(body)).encode()
        except ValueError:
            return False
        return super().proves(event, seconds, read, given)


class BelievesOldCalls(HonestPrinter):
    """Reads genuine calls of any age."""

    def is_stale(self, at: datetime, now: datetime) -> bool:
        """Never."""
        return False


class BelievesTheFuture(HonestPrinter):
    """Reads genuine calls of a time to come."""

    def is_stale(self, at: datetime, now: datetime) -> bool:
        """Look back alone."""
        return now - at > timedelta(minutes=5)


class BelievesForSixHours(HonestPrinter):
    """Reads genuine calls of the same morning."""

    def is_stale(self, at: datetime, now: datetime) -> bool:
        """Look back to breakfast."""
        return abs(now - at) > timedelta(hours=6)


class ComparesTimesOfDay(HonestPrinter):
    """Takes yesterday for today."""

    def is_stale(self, at: datetime, now: datetime) -> bool:
        """Look at what is left of whole days."""
        return timedelta(minutes=5).seconds < abs(now - at).seconds < timedelta(hours=23).seconds


class LooksAtItsOwnClock(HonestPrinter):
    """Measures the age of a call with a clock of its own."""

    def is_stale(self, at: datetime, now: datetime) -> bool:
        """Look at the clock on the wall."""
        return super().is_stale(at, datetime.now(UTC))


class AllowsNoDelay(HonestPrinter):
    """Takes a call that was three seconds on its way for an old one."""

    def is_stale(self, at: datetime, now: datetime) -> bool:
        """Look closely."""
        return abs(now - at) > timedelta(seconds=3)


class TakesTheFirstOfTwo(HonestPrinter):
    """Reads the first of two values of a header, whichever of them was signed."""

    def header(self, headers: Mapping[str, str], name: str) -> str:
        """Read what stands before a comma."""
        return super().header({key: value.partition(",")[0] for key, value in headers.items()}, name)


class TakesTheLastOfTwoIds(HonestPrinter):
    """Reads the last of two ids."""

    def header(self, headers: Mapping[str, str], name: str) -> str:
        """Read what stands after a comma."""
        if name == "x-event":
            headers = {key: value.rpartition(",")[2].strip() for key, value in headers.items()}
        return super().header(headers, name)


class TakesOneSpellingOfTwo(HonestPrinter):
    """Reads one of two headers whose names differ in capitals."""

    def header(self, headers: Mapping[str, str], name: str) -> str:
        """Read the last of them."""
        return super().header({key.lower(): value for key, value in headers.items()}, name)


class KnowsOneSpelling(HonestPrinter):
    """Looks for headers in the spelling of its framework."""

    def header(self, headers: Mapping[str, str], name: str) -> str:
        """Read what is spelled right."""
        return super().header({key: headers[key] for key in headers if key == key.title()}, name)


class NumbersCalls(HonestPrinter):
    """Gives every call an id of its own, repeated ones too."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.calls_made = 0

    def called(self, event: str, body: bytes) -> tuple[PrintEvent, ...]:
        """Read, and number."""
        self.calls_made += 1
        return super().called(f"call-{self.calls_made}", body)


class NumbersListedEvents(HonestPrinter):
    """Gives an event that is listed another id than the call about it."""

    def called(self, event: str, body: bytes) -> tuple[PrintEvent, ...]:
        """Read, and name."""
        return super().called(f"call-{event}", body)


class MisreadsCalls(HonestPrinter):
    """Takes every call for the first news."""

    def called(self, event: str, body: bytes) -> tuple[PrintEvent, ...]:
        """Read, with a fixed revision."""
        return tuple(
            evolve(event, status=evolve(event.status, revision=1)) for event in super().called(event, body)
        )


class CallsAreNow(HonestPrinter):
    """Takes the moment of a call for the moment at which something happened."""

    def called(self, event: str, body: bytes) -> tuple[PrintEvent, ...]:
        """Read, and look at the clock."""
        at = datetime.now(UTC)
        return tuple(
            evolve(event, status=evolve(event.status, occurred_at=at))
            for event in super().called(event, body)
        )


class LetsBadCallsOut(HonestPrinter):
    """Fails on a call that it cannot read."""

    def header(self, headers: Mapping[str, str], name: str) -> str:
        """Look, or fail."""
        return next(value for key, value in headers.items() if key.lower() == name)


WEBHOOK_LIARS: Final[tuple[type[HonestPrinter], ...]] = (
    BelievesAnything,
    BelievesTheUnsigned,
    ComparesTheBeginning,
    ComparesWhatIsGiven,
    ProvesNoTimes,
    ProvesNoIds,
    ProvesWhatItReads,
    BelievesOldCalls,
    BelievesTheFuture,
    BelievesForSixHours,
    ComparesTimesOfDay,
    LooksAtItsOwnClock,
    AllowsNoDelay,
    TakesTheFirstOfTwo,
    TakesTheLastOfTwoIds,
    TakesOneSpellingOfTwo,
    KnowsOneSpelling,
    NumbersCalls,
    NumbersListedEvents,
    MisreadsCalls,
    CallsAreNow,
    LetsBadCallsOut,
)
