"""A card vendor in memory that has documents, words and times of its own, as one at the other end of a wire."""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import pickle
import re
import shutil
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from tempfile import mkdtemp
from threading import RLock
from typing import Any, Final, TypeAlias

from attrs import Factory, define, evolve, frozen

from loyaltycore.kernel.printing import Encoding, EncodingKind, PostalAddress, PrintOrder, PrintState
from loyaltycore.testing.card_printer_checks.base import Call
from loyaltycore.testing.trouble import WAIT, Trouble

Document: TypeAlias = dict[str, Any]

WORDS: Final = {
    "new": PrintState.RECEIVED,
    "checked": PrintState.ACCEPTED,
    "waiting": PrintState.ON_HOLD,
    "printing": PrintState.IN_PRODUCTION,
    "printed": PrintState.PRODUCED,
    "posted": PrintState.DISPATCHED,
    "arrived": PrintState.DELIVERED,
    "came_back": PrintState.RETURNED,
    "turned_down": PrintState.REJECTED,
    "spoilt": PrintState.FAILED,
    "called_off": PrintState.CANCELLED,
}
"""The vendor's words for the states."""

SECRET: Final = b"only for tests"
_WORD_FOR: Final = {state: word for word, state in WORDS.items()}
_STOPPABLE: Final = frozenset({"new", "checked", "waiting"})
_NEVER_MADE: Final = frozenset({"turned_down", "spoilt", "called_off"})


@frozen
class Answer:
    """What the vendor answers."""

    status: int
    """As in HTTP."""
    document: Document = Factory(dict)
    wait: float | None = None


@define
class Held:
    """An order at the vendor."""

    id: str
    document: Document
    word: str
    since: str
    version: int = 1
    stopping: str = ""
    """``open`` or ``refused`` if somebody asked that it be called off."""


@define
class Books:
    """What the vendor writes down."""

    name: str = Factory(lambda: token_hex(4))
    orders: list[Held] = Factory(list)
    events: list[Document] = Factory(list)
    keys: dict[str, Held] = Factory(dict)

    def held(self, reference: str) -> Held | None:
        """The order with a reference."""
        return next((held for held in self.orders if held.document["ref"] == reference), None)


class Vendor:
    """Takes orders once for each key, and lets a test do with them what it likes."""

    def __init__(self) -> None:
        self.reachable = True
        self.trouble: Trouble | None = None
        self.refused = ""
        """The order that `Trouble.REFUSE` is about."""
        self._books = Books()
        self._lock = RLock()

    @property
    def orders(self) -> list[Held]:
        """All orders, the oldest first."""
        with self.books() as books:
            return list(books.orders)

    @property
    def events(self) -> list[Document]:
        """All events, the oldest first."""
        with self.books() as books:
            return list(books.events)

    @contextmanager
    def books(self) -> Iterator[Books]:
        """What is written down, for one thread at a time."""
        with self._lock:
            yield self._books

    def call(self, verb: str, *arguments: Any) -> Answer:
        """Do one thing: ``place``, ``look``, ``stop`` or ``news``.

        Raises:
            ConnectionRefusedError: Nobody answers.
            ConnectionResetError: The connection broke.
        """
        if not self.reachable:
            raise ConnectionRefusedError
        if self.trouble is Trouble.BREAK_BEFORE:
            raise ConnectionResetError
        sent = json.loads(json.dumps(arguments))
        acts: dict[str, Callable[..., Answer]] = {
            "place": _place,
            "look": _look,
            "stop": _stop,
            "news": _news,
        }
        with self.books() as books:
            answer = self._planned(sent) or acts[verb](books, *sent)
            answer = evolve(answer, document=json.loads(json.dumps(answer.document)))
        if self.trouble is Trouble.LOSE_ANSWER:
            raise ConnectionResetError
        return answer

    def cards(self, reference: str) -> list[PrintOrder]:
        """The cards made under a reference, or to be made, as the vendor has them."""
        return [
            _as_ordered(held.document)
            for held in self.orders
            if held.document["ref"] == reference and held.word not in _NEVER_MADE
            for _ in range(held.document.get("copies", 1))
        ]

    def move(self, reference: str, state: PrintState) -> None:
        """Let an order arrive in a state; a wish to call it off is refused once it is printed."""
        with self.books() as books:
            held = books.held(reference)
            if held is None or held.word == "called_off":
                raise LookupError(f"{reference} goes nowhere any more")
            if held.stopping and state not in {PrintState.IN_PRODUCTION, WORDS[held.word]}:
                held.stopping = "refused"
            _say(books, held, _WORD_FOR[state], datetime.now(UTC))

    def say(self, reference: str, word: str, at: datetime) -> None:
        """Use a word for the state of an order, known or not, as of an instant."""
        with self.books() as books:
            held = books.held(reference)
            assert held is not None
            _say(books, held, word, at)

    def last_call(self, reference: str) -> Call:
        """The vendor's call about the last event of an order."""
        event = [event for event in self.events if event["order"]["ref"] == reference][-1]
        now = datetime.now(UTC)
        seconds, body = str(int(now.timestamp())), json.dumps(event["order"]).encode()
        headers = {
            "Host": "shop.example",
            "Content-Type": "application/json",
            "X-Event": event["id"],
            "X-Time": seconds,
            "X-Signature": signature(event["id"], seconds, body),
        }
        return Call(headers, body, now)

    @contextmanager
    def in_trouble(self, trouble: Trouble, about: str) -> Iterator[None]:
        """Be in trouble as long as the block lasts."""
        self.trouble, self.refused = trouble, about
        try:
            yield
        finally:
            self.trouble, self.refused = None, ""

    def _planned(self, sent: list[Any]) -> Answer | None:
        match self.trouble:
            case Trouble.REFUSE if self.refused in json.dumps(sent):
                return Answer(422, {"code": "not_for_you"})
            case Trouble.ASK_TO_WAIT:
                return Answer(429, {"code": "slow_down"}, wait=WAIT)
            case Trouble.FAIL:
                return Answer(500)
            case Trouble.SHUT_OUT:
                return Answer(401, {"code": "who_are_you"})
        return None


class VendorOnDisk(Vendor):
    """Has its books in a file, so that several processes have one vendor."""

    def __init__(self) -> None:
        super().__init__()
        folder = mkdtemp(prefix="vendor-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self._file = Path(folder, "books")
        self._file.write_bytes(pickle.dumps(Books()))

    @contextmanager
    def books(self) -> Iterator[Books]:
        """What is written down, for one process at a time."""
        with self._lock, self._file.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            books: Books = pickle.load(file)  # noqa: S301  written by this class
            yield books
            file.seek(0)
            pickle.dump(books, file)
            file.truncate()


def _say(books: Books, held: Held, word: str, at: datetime) -> None:
    held.word, held.since, held.version = word, at.isoformat(), held.version + 1
    books.events.append({"id": f"e-{len(books.events) + 1}", "order": _shown(held)})


def _place(books: Books, document: Document, key: str) -> Answer:
    known = books.keys.get(key)
    if known is not None:
        same = known.document == document
        return Answer(200, _shown(known)) if same else Answer(409, {"code": "key_is_taken"})
    wrong = list(_wrong(document))
    if wrong:
        return Answer(422, {"code": "wrong", "places": wrong})
    held = Held(f"v-{token_hex(6)}", document, "new", datetime.now(UTC).isoformat())
    books.orders.append(held)
    books.keys[key] = held
    return Answer(201, _shown(held))


def _look(books: Books, reference: str) -> Answer:
    held = books.held(reference)
    return Answer(200, _shown(held)) if held else Answer(404, {"code": "no_such_order"})


def _stop(books: Books, reference: str) -> Answer:
    held = books.held(reference)
    if held is None:
        return Answer(404, {"code": "no_such_order"})
    if held.word in _STOPPABLE:
        _say(books, held, "called_off", datetime.now(UTC))
    elif held.word == "printing" and held.stopping != "refused":
        held.stopping = "open"
        return Answer(202, _shown(held))
    stopped = held.word == "called_off"
    return Answer(200 if stopped else 409, _shown(held) | {"code": "" if stopped else "begun"})


def _news(books: Books, cursor: str, limit: int) -> Answer:
    found = re.fullmatch(rf"{books.name}-([0-9]{{1,9}})", cursor or f"{books.name}-0")
    start = int(found[1]) if found else len(books.events) + 1
    if start > len(books.events):
        return Answer(404, {"code": "no_such_place"})
    page = books.events[start : start + limit]
    end = start + len(page)
    return Answer(200, {"events": page, "next": f"{books.name}-{end}", "more": end < len(books.events)})


def signature(event: str, seconds: str, body: bytes) -> str:
    """What proves a call."""
    return hmac.new(SECRET, f"{event}.{seconds}.".encode() + body, hashlib.sha256).hexdigest()


def _shown(held: Held) -> Document:
    names = ("id", "word", "since", "version", "stopping")
    return {"ref": held.document["ref"]} | {name: getattr(held, name) for name in names}


def _wrong(document: Document) -> list[str]:
    """The places of an order that cannot be made."""
    to, letter = document["to"], document["letter"]
    printed = {
        "design": (document["design"], 64),
        **{f"to.{name}": (to[name], 40) for name in ("name", "city")},
        **{f"to.lines.{place}": (line, 40) for place, line in enumerate(to["lines"])},
        **{f"fields.{place}": (entry["content"], 300) for place, entry in enumerate(document["fields"])},
    }
    maybe = {"note": (document["note"], 500), "to.company": (to["company"], 40), "to.code": (to["code"], 12)}
    maybe |= {f"fields.{place}.place": (entry["place"], 32) for place, entry in enumerate(document["fields"])}
    maybe |= {f"letter.values.{name}": (value, 200) for name, value in letter.get("values", ())}
    maybe |= {"letter.name": (letter.get("name", ""), 64)}
    wrong = [place for place, (text, most) in printed.items() if not text.strip() or _unfit(text, most)]
    wrong += [place for place, (text, most) in maybe.items() if _unfit(text, most)]
    places = [entry["place"] for entry in document["fields"] if entry["place"]]
    checks = {
        "to.country": re.fullmatch("[A-Z]{2}", to["country"]),
        "letter.language": re.fullmatch("([a-z]{2})?", letter.get("language", "")),
        "to.lines": 1 <= len(to["lines"]) <= 3,
        "fields": document["fields"] and len(set(places)) == len(places),
        "letter": len(dict(letter.get("values", ()))) == len(letter.get("values", ())),
    }
    return wrong + [place for place, good in checks.items() if not good]


def _unfit(text: str, most: int) -> bool:
    return len(text) > most or not text.isprintable()


def _as_ordered(document: Document) -> PrintOrder:
    """What the vendor has, in the words of the port."""
    to, letter = document["to"], document["letter"]
    return PrintOrder(
        reference=document["ref"],
        product=document["design"],
        encodings=tuple(
            Encoding(EncodingKind(entry["type"]), entry["content"], entry["place"])
            for entry in document["fields"]
        ),
        ship_to=PostalAddress(
            to["name"], tuple(to["lines"]), to["code"], to["city"], to["country"], to["company"]
        ),
        bulk=document["together"],
        cover_letter=letter.get("name", ""),
        letter_variables=tuple((name, value) for name, value in letter.get("values", ())),
        language=letter.get("language", ""),
        comment=document["note"],
    )
