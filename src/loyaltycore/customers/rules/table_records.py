"""From lines to records: fields by the rules of CSV, and a way on after a broken record.

The standard library reads the fields. It asks for line after line while a quoted field is open, so a forgotten quote
would swallow the rest of the file. Here it gets a limited number of lines for one record; if they do not make a record,
all but the first are given back, and reading goes on from there.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

from attrs import field, frozen

from loyaltycore.customers.rules.table_lines import MAX_LINE_BYTES, Line

MAX_RECORD_LINES: Final = 50
"""Most physical lines that one record may span."""

MAX_RECORD_LENGTH: Final = 131_072
"""Most characters of one record."""

MESSAGES: Final = {
    "undecodable": "contains bytes that are no text in the file's encoding",
    "nul_character": "contains a NUL character",
    "line_too_long": f"is a line of more than {MAX_LINE_BYTES} bytes",
    "row_too_long": f"is longer than {MAX_RECORD_LENGTH} characters",
    "bad_quotes": f"has quotation marks that do not pair up, or a quoted field of over {MAX_RECORD_LINES} lines",
    "too_few_fields": "has fewer fields than the header",
    "too_many_fields": "has more fields than the header",
}
"""What can be wrong with a row, by code."""


@frozen
class BrokenRow:
    """A row that could not be read."""

    line: int
    """Physical line on which it starts, counted from 1."""
    code: str
    """A key of `MESSAGES`."""
    message: str
    """One sentence for a person, of which the row is the subject."""
    fields: tuple[str, ...] = field(default=(), repr=False, eq=False)
    """Its cells, if it is the number of them that is wrong."""
    text: str = field(default="", repr=False, eq=False)
    """Its first line, if it cannot be cut into cells."""


@frozen
class Record:
    """The fields of one record."""

    line: int
    """Physical line on which it starts, counted from 1."""
    fields: list[str]
    """In their order; at least one."""


class Feed(Iterator[str]):
    """Hands lines to the CSV reader, a limited number for each record, and takes lines back."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self._ahead: deque[Line] = deque()
        self._length = 0
        self.taken: list[Line] = []
        """The lines of the present record."""

    def begin(self) -> None:
        """Begin a record."""
        self.taken = []
        self._length = 0

    def give_back(self, *, after: int) -> None:
        """Take back the lines of this record except the first `after`."""
        self._ahead.extendleft(reversed(self.taken[after:]))

    def peek(self) -> Line | None:
        """Look at the next line, or at the end of the file."""
        self.begin()
        next(self, None)
        self.give_back(after=0)
        return self.taken[0] if self.taken else None

    @property
    def fault(self) -> str:
        """What is wrong with the present record, apart from its fields."""
        faults = (line.fault for line in self.taken if line.fault)
        return next(faults, "row_too_long" if self._length > MAX_RECORD_LENGTH else "")

    def __next__(self) -> str:
        if len(self.taken) == MAX_RECORD_LINES or self._length > MAX_RECORD_LENGTH:
            raise StopIteration
        line = self._ahead.popleft() if self._ahead else next(self._lines)
        if line.fault == "line_too_long" and self.taken:
            # Its text is gone, so no record can go through it; it will be reported by itself.
            self._ahead.appendleft(line)
            raise StopIteration
        self.taken.append(line)
        self._length += len(line.text)
        return line.text


def read_records(feed: Feed, delimiter: str) -> Iterator[Record | BrokenRow]:
    """Read record by record; blank lines are skipped.

    Args:
        feed: Where the lines come from.
        delimiter: One character.
    """
    reader = _reader(feed, delimiter)
    while True:
        feed.begin()
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error:
            broken = broken_row(feed.taken[0].number, feed.fault or "bad_quotes", text=feed.taken[0].text)
            feed.give_back(after=1)
            yield broken
            continue
        if feed.fault:
            yield broken_row(feed.taken[0].number, feed.fault, text=feed.taken[0].text)
        elif fields:
            yield Record(feed.taken[0].number, fields)


def peek_fields(feed: Feed, delimiter: str) -> list[str]:
    """Read the fields of the next record and give its lines back; a broken one has none."""
    feed.begin()
    try:
        return next(_reader(feed, delimiter), [])
    except csv.Error:
        return []
    finally:
        feed.give_back(after=0)


def broken_row(line: int, code: str, *, fields: Iterable[str] = (), text: str = "") -> BrokenRow:
    """Name what is wrong with the row on a line."""
    return BrokenRow(line, code, MESSAGES[code], tuple(fields), text)


def _reader(feed: Feed, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(feed, delimiter=delimiter, strict=True)
