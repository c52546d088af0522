"""Calls from the vendor are believed if they are proved, and only then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

from loyaltycore.errors import WebhookRejected
from loyaltycore.kernel.printing import PrintEvent
from loyaltycore.ports.card_printing import CardPrinter, SupportsWebhooks
from loyaltycore.testing.card_printer_checks.base import Call, PrinterChecks
from loyaltycore.testing.suite import needs

_HUGE: Final = 8 * 1024 * 1024
_OTHER_TIMES: Final = tuple(timedelta(minutes=minutes) for minutes in (61, 7 * 60, 24 * 60, 366 * 24 * 60))
_NO_AGE: Final = timedelta(seconds=20)
_TRANSPORT: Final = frozenset(
    {
        *("accept", "accept-encoding", "connection", "content-length", "content-type", "date", "host"),
        *("forwarded", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "user-agent", "via"),
    }
)
"""Headers that belong to the connection, not to the proof."""


def with_webhooks(printer: CardPrinter) -> SupportsWebhooks:
    """The printer as one that reads its vendor's calls."""
    assert isinstance(printer, SupportsWebhooks), "the printer reads no calls: declare `webhooks` as a gap"
    return printer


class WebhookChecks(PrinterChecks, kit=True):
    """`parse_webhook`."""

    def _a_call(self, printer: CardPrinter) -> tuple[str, Call]:
        order = self.placed(printer)
        if self.capabilities.movable:
            self.move(printer, order.reference, self.way[0])
        return order.reference, self.call(printer, order.reference)

    @needs("webhooks")
    def test_a_genuine_call_is_read(self) -> None:
        """A call from the vendor says what `find` says: "Prove that a call comes from the vendor and read it"."""
        with self.open() as printer:
            reference, call = self._a_call(printer)
            (event,) = with_webhooks(printer).parse_webhook(call.headers, call.body, call.at)
            assert event.status.reference == reference, "the call is read as one about another order"
            found = printer.find(reference) if printer.capabilities.lookup else event.status
            assert found is not None, "the order of the call is not found"
            assert (event.status.state, event.status.revision) == (found.state, found.revision), (
                "it says something else"
            )

    @needs("webhooks")
    def test_header_names_come_in_any_case(self) -> None:
        """Web frameworks write header names as they like: "names in any case"."""
        with self.open() as printer:
            reader = with_webhooks(printer)
            _, call = self._a_call(printer)
            expected = reader.parse_webhook(call.headers, call.body, call.at)
            for changed in (str.lower, str.upper, str.title):
                headers = {changed(name): value for name, value in call.headers.items()}
                assert reader.parse_webhook(headers, call.body, call.at) == expected, (
                    "the same call is read otherwise"
                )

    @needs("webhooks")
    def test_a_repeated_call_is_the_same_event(self) -> None:
        """A call that comes twice is recognised by its id: "The same for every repetition of the event"."""
        with self.open() as printer:
            reader = with_webhooks(printer)
            _, call = self._a_call(printer)
            first, second = (reader.parse_webhook(call.headers, call.body, call.at) for _ in range(2))
        assert first == second, "the same call is two events"

    @needs("webhooks")
    def test_a_forged_call_is_refused(self) -> None:
        """A body changed in any byte, another call's headers, each header twice, or none prove nothing: "a proof that appears twice is refused"."""
        with self.open() as printer:
            _, call = self._a_call(printer)
            _, other = self._a_call(printer)
            for body in (*forged(call.body), b" " * _HUGE, other.body):
                refused(printer, Call(call.headers, body, call.at), "a changed body")
            twice = {name: f"{value}, {value}" for name, value in call.headers.items()}
            for headers in ({}, other.headers, twice):
                refused(printer, Call(headers, call.body, call.at), "other headers")

    @needs("webhooks")
    def test_every_part_of_the_proof_counts(self) -> None:
        """A header of the proof that is missing, empty, cut short or changed in any character proves nothing, and one that is no proof changes nothing: "So is one that is changed, cut short, empty or missing"."""
        with self.open() as printer:
            _, call = self._a_call(printer)
            proof = self._proof(printer, call)
            assert proof, "no header proves anything"
            expected = with_webhooks(printer).parse_webhook(call.headers, call.body, call.at)
            for name in own_headers(call):
                for value in altered(call.headers[name]):
                    changed = Call({**call.headers, name: value}, call.body, call.at)
                    if name in proof:
                        refused(printer, changed, f"{name}: {value}")
                    else:
                        believes(printer, changed, expected)

    @needs("webhooks")
    def test_no_proof_is_left_to_the_caller(self) -> None:
        """Who leaves out, empties or changes a header cannot make the printer believe another order's body: "So is one that is changed, cut short, empty or missing"."""
        with self.open() as printer:
            _, call = self._a_call(printer)
            reference, other = self._a_call(printer)
            for body in (other.body, other.body.replace(reference.encode(), reference[::-1].encode())):
                for headers in tampered(call.headers):
                    refused(
                        printer, Call(headers, body, call.at), f"a body that was not signed, with {headers}"
                    )

    def _proof(self, printer: CardPrinter, call: Call) -> list[str]:
        """The headers without which a call is not believed."""
        expected = with_webhooks(printer).parse_webhook(call.headers, call.body, call.at)
        return [name for name in own_headers(call) if not believes(printer, without(call, name), expected)]

    @needs("webhooks")
    def test_a_proof_is_there_once(self) -> None:
        """Nobody knows which of two values was signed, in either order and whatever the spelling of the names: "a proof that appears twice is refused"."""
        with self.open() as printer:
            _, call = self._a_call(printer)
            _, other = self._a_call(printer)
            for name in self._proof(printer, call):
                for headers in doubled(call.headers, name, other.headers.get(name, "")):
                    refused(printer, Call(headers, call.body, call.at), f"{name} twice, in {headers}")

    @needs("webhooks")
    def test_an_old_call_is_refused(self) -> None:
        """A call that is an hour old, or from the future, is not believed, whatever the time is outside: "``stale``" and "calls that are too old or from the future are refused, an hour at the latest"."""
        with self.open() as printer:
            _, call = self._a_call(printer)
            for distance in _OTHER_TIMES:
                for now in (call.at + distance, call.at - distance):
                    code = refused(
                        printer, Call(call.headers, call.body, now), f"a call {distance} away from now"
                    )
                    assert code == "stale", f"a genuine call of another time is {code}"

    @needs("webhooks")
    def test_a_call_takes_time(self) -> None:
        """A call that was some seconds on its way, or comes from a clock ahead of ours, is believed: "Half a minute is no age"."""
        with self.open() as printer:
            reader = with_webhooks(printer)
            _, call = self._a_call(printer)
            expected = reader.parse_webhook(call.headers, call.body, call.at)
            for now in (call.at + _NO_AGE, call.at - _NO_AGE):
                assert reader.parse_webhook(call.headers, call.body, now) == expected, "it is read otherwise"


def believes(printer: CardPrinter, call: Call, expected: tuple[PrintEvent, ...]) -> bool:
    """Whether a call is believed; then it says what it said before."""
    try:
        read = with_webhooks(printer).parse_webhook(call.headers, call.body, call.at)
    except WebhookRejected:
        return False
    assert read == expected, "a changed call is believed, and says something else"
    return True


def refused(printer: CardPrinter, call: Call, what: str) -> str:
    """Demand that a call is refused, and return the code."""
    code = ""
    try:
        with_webhooks(printer).parse_webhook(call.headers, call.body, call.at)
    except WebhookRejected as error:
        code = error.code
    assert code, f"a call is believed that proves nothing: {what}"
    assert code in {"bad_signature", "stale", "malformed", "too_large"}, f"{code} is no code of the port"
    return code


def own_headers(call: Call) -> list[str]:
    """The headers that may prove something."""
    return [name for name in call.headers if name.lower() not in _TRANSPORT]


def without(call: Call, name: str) -> Call:
    """The call without a header."""
    return Call({key: value for key, value in call.headers.items() if key != name}, call.body, call.at)


def forged(body: bytes) -> Iterator[bytes]:
    """The body with each byte changed in turn, cut short, and longer."""
    for place in range(len(body)):
        yield body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
    yield from (
        body + b" ",
        b" " + body,
        body + b"\n",
        body[:-1],
        body[1:],
        body[: len(body) // 2],
        body + body,
        b"",
    )


def altered(value: str) -> Iterator[str]:
    """The value with each letter and digit changed in turn, cut short, longer, and empty."""
    for place, character in enumerate(value):
        other = _other(character)
        if other != character:
            yield value[:place] + other + value[place + 1 :]
    yield from (value[:length] for length in (0, 1, len(value) // 2, len(value) - 1))
    yield from (f"{value}0", f"0{value}", "0", "kit")


def tampered(headers: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The headers with one of them changed in every way, or with a few of them alone."""
    for name, value in headers.items():
        rest = {key: kept for key, kept in headers.items() if key != name}
        yield rest
        yield {name: value}
        yield from ({**rest, name: changed} for changed in altered(value))


def _other(character: str) -> str:
    """A character of the same kind that is far away: neighbours may mean the same at the end of base64."""
    for first, count in (("0", 10), ("a", 26), ("A", 26)):
        distance = ord(character) - ord(first)
        if 0 <= distance < count:
            return chr(ord(first) + (distance + count // 2) % count)
    return character


def doubled(headers: Mapping[str, str], name: str, other: str) -> Iterator[dict[str, str]]:
    """The headers with one of them twice: joined as web servers do, or in two spellings."""
    value = headers[name]
    for second in (value, other or "0"):
        for joined in (f"{value}, {second}", f"{second}, {value}", f"{value},{second}", f"{second},{value}"):
            yield {**headers, name: joined}
        for spelled in (name.upper(), name.lower()):
            if spelled != name:
                yield {**headers, spelled: second}
                yield {spelled: second, **headers}
