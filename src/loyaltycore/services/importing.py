"""Importing customers from a table file: a stream, in bounded units of work, and as often as one likes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from attrs import define, evolve, field, frozen

from loyaltycore.domain.contact import COUNTRY_LENGTH
from loyaltycore.domain.criteria import field as stored
from loyaltycore.domain.customers.changes import IMPORTED, enter_customer
from loyaltycore.domain.customers.customer import Customer
from loyaltycore.domain.customers.form import Reading
from loyaltycore.domain.customers.identity import Identity, Key, KnownPeople, identity_of
from loyaltycore.domain.customers.import_report import (
    ImportProgress,
    ImportReport,
    RejectedRow,
    SkippedRow,
    Tally,
)
from loyaltycore.domain.customers.import_rows import read_row
from loyaltycore.domain.customers.importing import ReadRow, Sorting, sort_rows
from loyaltycore.domain.customers.numbers import NumberPattern
from loyaltycore.domain.customers.options import NUMBER_PATTERN
from loyaltycore.domain.customers.table_file import BrokenRow, Row, TableFile, open_table
from loyaltycore.domain.validation import Faults
from loyaltycore.errors import InvalidInput
from loyaltycore.services.numbering import Numbering
from loyaltycore.services.running import run_command, run_query
from loyaltycore.services.unit import Unit

if TYPE_CHECKING:
    from loyaltycore.services.desk import Desk

LARGEST_BATCH: Final = 1000
"""Most rows of one unit of work: a query lists no more values than that."""

_PORTION: Final = 65_536
