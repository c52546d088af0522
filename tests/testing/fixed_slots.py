"""A card machine in the back room: it embosses a number and a name, and knows orders as rows of a table."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from loyaltycore.errors import DeliveryFailed, Fault
from loyaltycore.kernel.printing import (
    Encoding,
    EncodingKind,
    PostalAddress,
    PrintCancellation,
    PrintOrder,
    PrintState,
    PrintStatus,
)
from loyaltycore.ports.card_printing import (
    CancelOutcome,
    CancelReceipt,
    CardSlot,
    PrinterCapabilities,
    PrintReceipt,
)
from loyaltycore.ports.messaging import DeliveryStatus, Receipt

TEXT: Final = frozenset({EncodingKind.TEXT})
SLOTS: Final = (CardSlot("number", TEXT, 16), CardSlot("name", TEXT, 26))
LETTERS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .-/")
"""The types of the machine."""

WORDS: Final = {
    "10": PrintState.RECEIVED,
    "20": PrintState.IN_PRODUCTION,
    "30": PrintState.DISPATCHED,
    "91": PrintState.FAILED,
}
_TABLE: Final = """
CREATE TABLE cards (
    serial INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, reference TEXT NOT NULL UNIQUE, number TEXT, name TEXT,
    addressee TEXT, street TEXT, place TEXT, word TEXT DEFAULT '10', since TEXT, version INTEGER DEFAULT 1
)
"""
_MOVE: Final = "UPDATE cards SET word = ?, since = ?, version = version + 1 WHERE reference = ?"


class Machine:
    """The machine's table, as its own program and the tests see it."""

    patience = 10.0
    """How long each waits for the others, in seconds."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def install(self) -> None:
        """Make the table."""
        self.run(_TABLE)

    def run(self, statement: str, *values: object) -> list[sqlite3.Row]:
        """One statement in a transaction of its own."""
        with (
            closing(sqlite3.connect(f"file:{self.file}?mode=rwc", uri=True, timeout=self.patience)) as db,
            db,
        ):
            db.row_factory = sqlite3.Row
            return db.execute(statement, values).fetchall()

    def move(self, reference: str, word: str, at: datetime) -> None:
        """Go on with a card."""
        self.run(_MOVE, word, at.isoformat(), reference)

    def cards(self, reference: str) -> list[PrintOrder]:
        """What the machine makes under a reference."""
        rows = self.run("SELECT * FROM cards WHERE reference = ? AND word <> '91'", reference)
        return [_ordered(row) for row in rows]

    @contextmanager
    def jammed(self) -> Iterator[None]:
        """Its table cannot be written or read as long as the block lasts."""
        with closing(sqlite3.connect(self.file, isolation_level=None)) as db:
            db.execute("BEGIN EXCLUSIVE")
            before, Machine.patience = Machine.patience, 0.2
            try:
                yield
            finally:
                Machine.patience = before


class MachinePrinter:
    """Has cards made by the machine: no letters, no collective shipments, nothing is called back."""

    def __init__(self, file: Path) -> None:
        self.machine = Machine(file)

    @property
    def capabilities(self) -> PrinterCapabilities:
        """A number and a name."""
        return PrinterCapabilities(
            encodings=TEXT, bulk=False, cover_letters=False, cancellation=False, slots=SLOTS
        )

    def validate(self, order: PrintOrder) -> tuple[Fault, ...]:
        """Name all that the machine has no place or no types for."""
        return tuple(Fault(field, "unfit", "the machine cannot do it") for field in _unfit(order))

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Write the row of a card, unless it is there."""
        if faults := self.validate(order):
            return PrintReceipt(Receipt(DeliveryStatus.REJECTED, code="unfit"), faults=faults)
        try:
            row = self._written(order, key)
        except sqlite3.OperationalError as error:
            return PrintReceipt(Receipt(DeliveryStatus.NOT_SENT, code="machine_off", detail=str(error)))
        if row is None or _ordered(row) != _upright(order):
            return PrintReceipt(Receipt(DeliveryStatus.REJECTED, code="known_otherwise"))
        status = _status(row)
        return PrintReceipt(Receipt(DeliveryStatus.ACCEPTED, vendor_id=status.vendor_id), status)

    def find(self, reference: str) -> PrintStatus | None:
        """Look a card up."""
        try:
            rows = self.machine.run("SELECT * FROM cards WHERE reference = ?", reference)
        except sqlite3.OperationalError as error:
            raise DeliveryFailed("machine_off", str(error), permanent=False) from error
        except UnicodeEncodeError:
            return None
        return _status(rows[0]) if rows else None

    def cancel(self, cancellation: PrintCancellation) -> CancelReceipt:
        """Say that it is always too late."""
        return CancelReceipt(CancelOutcome.TOO_LATE, code="not_supported")

    def _written(self, order: PrintOrder, key: str) -> sqlite3.Row | None:
        """The row under a key, a new one if there is none yet."""
        to = order.ship_to
        values = {encoding.slot: encoding.value for encoding in order.encodings}
        address = (to.name, "\n".join(to.lines), f"{to.postal_code} {to.city}")
        self.machine.run(
            "INSERT OR IGNORE INTO cards (key, reference, number, name, addressee, street, place, since)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            *(key, order.reference, values.get("number"), values.get("name"), *address),
            datetime.now(UTC).isoformat(),
        )
        rows = self.machine.run("SELECT * FROM cards WHERE key = ?", key)
        return rows[0] if rows else None


def _unfit(order: PrintOrder) -> Iterator[str]:
    to, places = order.ship_to, {slot.name: slot.limit for slot in SLOTS}
    slots = [encoding.slot for encoding in order.encodings]
    if not order.encodings or len(set(slots)) < len(slots):
        yield "encodings"
    for place, encoding in enumerate(order.encodings):
        limit = places.get(encoding.slot, 0)
        if encoding.kind is not EncodingKind.TEXT or not 0 < len(encoding.value) <= limit:
            yield f"encodings[{place}]"
        if set(encoding.value) - LETTERS:
            yield f"encodings[{place}].value"
    wrong = {
        "product": order.product != "gold",
        "bulk": order.bulk,
        "cover_letter": order.cover_letter,
        "comment": order.comment,
        "ship_to.company": to.company,
        "ship_to.country": to.country != "DE",
        "ship_to.lines": len(to.lines) not in {1, 2},
        "ship_to.postal_code": len(to.postal_code) != 5 or not to.postal_code.isdecimal(),
        "ship_to": not all(
            0 < len(text) <= 35 and text.isprintable() for text in (to.name, to.city, *to.lines)
        ),
    }
    yield from (field for field, is_wrong in wrong.items() if is_wrong)


def _ordered(row: sqlite3.Row) -> PrintOrder:
    """What a row says, as an order."""
    code, _, city = row["place"].partition(" ")
    values = ((slot.name, row[slot.name]) for slot in SLOTS)
    return PrintOrder(
        row["reference"],
        "gold",
        tuple(Encoding(EncodingKind.TEXT, value, slot) for slot, value in values if value is not None),
        PostalAddress(row["addressee"], tuple(row["street"].split("\n")), code, city, "DE"),
    )


def _upright(order: PrintOrder) -> PrintOrder:
    """The order as a row would say it: the machine encloses no letter, and has an order of places."""
    places = [slot.name for slot in SLOTS]
    in_order = sorted(order.encodings, key=lambda encoding: places.index(encoding.slot))
    return PrintOrder(order.reference, order.product, tuple(in_order), order.ship_to)


def _status(row: sqlite3.Row) -> PrintStatus:
    return PrintStatus(
        reference=row["reference"],
        vendor_id=str(row["serial"]),
        revision=row["version"],
        state=WORDS.get(row["word"]),
        raw_state=row["word"],
        occurred_at=datetime.fromisoformat(row["since"]),
    )
