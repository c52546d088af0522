"""Tables of customers as shops have them: CSV from a till, a spreadsheet or the program before.

    with path.open("rb") as stream:
        table = open_table(stream)
        for row in table:
            match row:
                case Row(line, values): ...
                case BrokenRow(line, code, message): ...

Encoding, delimiter and columns are detected. The file is read as a stream: a million rows need no more memory than ten.
A file that is unreadable as a whole is an error when it is opened; a broken row is reported in its place, and reading
goes on after it.

The values are texts as in the file. `read_date`, `read_yes_no_open` and `read_salutation` read those that stand for
something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import BinaryIO, Final

from attrs import field as attrs_field, frozen

from loyaltycore.customers.rules.table_columns import (
    FIELDS,
    HOUSE_NUMBER,
    Columns,
    check_columns,
    match_columns,
    read_given,
)
from loyaltycore.customers.rules.table_lines import LineSource, read_encoding
from loyaltycore.customers.rules.table_records import (
    BrokenRow,
    Feed,
    Record,
    broken_row,
    peek_fields,
    read_records,
)
from loyaltycore.customers.rules.table_values import read_date, read_salutation, read_yes_no_open
from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.validation import Faults
from loyaltycore.kernel.words import is_storable

__all__ = [
    "FIELDS",
    "BrokenRow",
    "Row",
    "TableFile",
    "open_table",
    "read_date",
    "read_salutation",
    "read_yes_no_open",
]

DELIMITERS: Final = (";", ",", "\t")
"""The delimiters that are tried; the earlier one wins a tie."""

# The first line by which Excel is told the delimiter.
_SEP: Final = "sep="

_SAMPLE: Final = 200

# What a line without any content consists of; spreadsheets write their empty rows so.
_BLANK: Final = " \t;,\r\n"


@frozen
class Row:
    """One customer of the table."""

    line: int
    """Physical line of the file on which the row starts, counted from 1; line breaks in quotes count."""
    values: Mapping[str, str]
    """By field, for each field with a column in the file; an empty cell is an empty text. A second phone is ``phone#2``."""
    fields: Sequence[str] = attrs_field(default=(), repr=False, eq=False)
    """All cells as they stand in the file."""


class TableFile(Iterator[Row | BrokenRow]):
    """The rows of an open table, each once, in file order.

    Blank lines, and rows in which every cell is blank, are skipped.
    """

    def __init__(self, source: LineSource, feed: Feed, delimiter: str, columns: Columns) -> None:
        """Begin after the header; `open_table` makes it."""
        self._source = source
        self._rows = _read_rows(feed, delimiter, columns)
        self.delimiter = delimiter
        pairs = zip(columns.fields, columns.headers, strict=True)
        self.columns: Mapping[str, str] = {
            field: header for field, header in pairs if field not in {"", HOUSE_NUMBER}
        }
        """By key of a row, the header of its column in the file."""
        self.headers = columns.headers
        """The headers of all columns, in their order."""
        self.ignored_columns = columns.ignored
        """The headers of ignored columns, ``#3`` for a third one without a header."""

    @property
    def encoding(self) -> str:
        """The encoding, as Python names it; ``utf-8`` may turn into ``cp1252`` while all before was ASCII."""
        return self._source.encoding

    def __next__(self) -> Row | BrokenRow:
        return next(self._rows)


def open_table(
    stream: BinaryIO | Iterable[bytes],
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    columns: Mapping[str, str] | None = None,
    custom: Sequence[str] = (),
) -> TableFile:
    r"""Open a table of customers and read its header.

    The delimiter is the one with which most columns of the header are recognised, and among equals the one that yields
    most columns. A first line ``sep=;`` overrides this.

    Args:
        stream: A file opened in binary mode, or its bytes in portions of any size.
        encoding: A text encoding that contains ASCII, or UTF-16; None detects UTF-8, Windows-1252, and UTF-16 with a
            byte order mark. A byte order mark wins.
        delimiter: One character; None detects semicolon, comma or tab.
        columns: Maps headers to fields, for headers that are not recognised or mean something else. An empty field
            ignores the column.
        custom: Fields besides those that every table may have.

    Raises:
        InvalidInput: The file is empty, is not text, or has no known header; two columns are the same field; a column
            or field of `columns` does not exist. Names every fault that can be found at once.

    Example:
        >>> table = open_table([b"Kd-Nr;Vorname;Nachname;Schuhgr\xf6\xdfe\r\n7;Erika;Mustermann;38\r\n"])
        >>> table.encoding, table.ignored_columns
        ('cp1252', ('Schuhgröße',))
        >>> next(table)
        Row(line=2, values={'number': '7', 'first_name': 'Erika', 'last_name': 'Mustermann'})
    """
    with Faults() as faults:
        given = check_table_arguments(faults, encoding, delimiter, columns, custom)
    source = LineSource(stream, encoding)
    feed = Feed(source)
    hint = _skip_to_header(feed)
    chosen = text_of(delimiter) or hint or _find_delimiter(feed, given, custom)
    found = match_columns(_read_header(feed, chosen), given, custom)
    check_columns(found, given)
    return TableFile(source, feed, chosen, found)


def check_table_arguments(
    faults: Faults, encoding: object, delimiter: object, columns: object, custom: Iterable[str] = ()
) -> dict[str, str]:
    """Check how a file is to be read, before it is opened.

    Returns:
        The fields of columns by header.
    """
    if encoding is not None:
        read_encoding(faults, encoding)
    if delimiter is not None:
        _check_delimiter(faults, delimiter)
    return read_given(faults, columns, custom)


def _check_delimiter(faults: Faults, delimiter: object) -> None:
    text = text_of(delimiter) or ""
    # A surrogate is half a character, and no file has one.
    if len(text) != 1 or text.isalnum() or text in '"\r\n \0' or not is_storable(text):
        message = "must be one character that is no letter, digit, quote, blank or line break"
        faults.note("delimiter", "bad_delimiter", message)


def _skip_to_header(feed: Feed) -> str | None:
    """Pass over blank lines and Excel's hint; return the delimiter that the hint names."""
    hint = None
    while (line := feed.peek()) is not None:
        # A tab is a blank too, and may be the delimiter itself; a spreadsheet fills the line up with delimiters.
        text = line.text.strip(" \r\n").strip('"')
        if text.casefold().startswith(_SEP) and len(text) == len(_SEP) + 1:
            hint = text[-1]
            with Faults() as faults:
                _check_delimiter(faults, hint)
        elif line.fault or line.text.strip(_BLANK):
            return hint
        next(feed)
    raise InvalidInput([Fault("file", "empty_file", "is empty")])


def _find_delimiter(feed: Feed, given: Mapping[str, str], custom: Sequence[str]) -> str:
    def rank(delimiter: str) -> tuple[int, int]:
        fields = match_columns(peek_fields(feed, delimiter), given, custom).fields
        return len([field for field in fields if field]), len(fields)

    return max(DELIMITERS, key=rank)


def _read_header(feed: Feed, delimiter: str) -> Sequence[str]:
    record = next(read_records(feed, delimiter))
    if isinstance(record, BrokenRow):
        raise InvalidInput([Fault("file", record.code, f"line {record.line}, the header, {record.message}")])
    return record.fields


def _read_rows(feed: Feed, delimiter: str, columns: Columns) -> Iterator[Row | BrokenRow]:
    width = len(columns.fields)
    wanted = [(i, field) for i, field in enumerate(columns.fields) if field]
    for record in read_records(feed, delimiter):
        if isinstance(record, BrokenRow):
            yield record
        elif any(map(str.strip, record.fields)):
            code = _wrong_width(record.fields, width)
            yield broken_row(record.line, code, fields=record.fields) if code else _row(record, wanted)


def _wrong_width(fields: Sequence[str], width: int) -> str:
    """Compare with the header; delimiters at the end of a row that nothing follows do no harm."""
    if len(fields) < width:
        return "too_few_fields"
    return "too_many_fields" if any(map(str.strip, fields[width:])) else ""


def sample(table: Iterable[Row | BrokenRow]) -> tuple[list[Row], Iterator[Row | BrokenRow]]:
    """The first rows that can be read, for what only a whole column says; and all rows, none of them missing."""
    rows = iter(table)
    head = list(islice(rows, _SAMPLE))
    return [row for row in head if isinstance(row, Row)], chain(head, rows)


def _row(record: Record, wanted: Iterable[tuple[int, str]]) -> Row:
    values = {field: record.fields[i] for i, field in wanted}
    house_number = values.pop(HOUSE_NUMBER, "")
    if house_number:
        values["street"] = f"{values['street']} {house_number}".strip()
    return Row(record.line, values, record.fields)
