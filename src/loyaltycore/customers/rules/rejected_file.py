"""A file of rejected rows: the cells as they were, and why; once mended, it can be imported like the file itself."""

from __future__ import annotations

import csv
import io
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import BinaryIO, Final

from loyaltycore.customers.rules.import_cells import guarded, plain
from loyaltycore.customers.rules.import_report import RejectedRow
from loyaltycore.customers.rules.table_columns import REASONS
from loyaltycore.customers.rules.table_file import BrokenRow, Row
from loyaltycore.customers.rules.table_values import as_date

_BYTE_ORDER_MARK: Final = "\ufeff"
"""By which spreadsheets know that the file is UTF-8."""
_LONGEST_LINE: Final = 1000
"""How much is shown of a line that cannot be cut into cells."""


class RejectedFile:
    """Writes rejected rows as CSV, with the delimiter and headers of the file that they come from.

    A date that a spreadsheet has counted is written as a date: alone, it would not show what it is. A row with too many or too few cells, or without any, keeps that fault until somebody mends it.
    """

    def __init__(
        self,
        stream: BinaryIO,
        headers: Sequence[str],
        delimiter: str,
        *,
        zeros_kept: bool,
        serial_dates: Container[str] = (),
    ) -> None:
        """Write the headers.

        Args:
            stream: A file opened in binary mode; it belongs to the caller.
            headers: Those of the file that the rows come from.
            delimiter: Of the same file.
            zeros_kept: Whether its postal codes have kept their leading zeros.
            serial_dates: The headers of columns in which numbers are days as a spreadsheet counts them.
        """
        self._stream = stream
        self._delimiter = delimiter
        # A file of rejected rows may be the source itself.
        self._reasons = frozenset(i for i, header in enumerate(headers) if header in REASONS)
        self._serial = frozenset(i for i, header in enumerate(headers) if header in serial_dates)
        stream.write(_BYTE_ORDER_MARK.encode())
        self._write([REASONS[zeros_kept], *self._cells(headers)])

    def add(self, rejected: Iterable[RejectedRow], rows: Mapping[int, Row | BrokenRow]) -> None:
        """Write the rows of some rejections.

        Args:
            rejected: In the order of the file.
            rows: The rows themselves, by line.
        """
        reasons: dict[int, list[str]] = {}
        for rejection in rejected:
            reasons.setdefault(rejection.line, []).append(rejection.text)
        for line, texts in reasons.items():
            row = rows[line]
            uncut = row.text[:_LONGEST_LINE].strip() if isinstance(row, BrokenRow) else ""
            self._write(["; ".join([*texts, *filter(None, [uncut])]), *self._cells(self._dated(row.fields))])

    def _dated(self, cells: Sequence[str]) -> list[str]:
        return [as_date(plain(cell)) or cell if i in self._serial else cell for i, cell in enumerate(cells)]

    def _cells(self, cells: Sequence[str]) -> list[str]:
        return [cell for i, cell in enumerate(cells) if i not in self._reasons]

    def _write(self, cells: Iterable[str]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=self._delimiter).writerow([guarded(cell) for cell in cells])
        self._stream.write(text.getvalue().encode("utf-8", "replace"))
