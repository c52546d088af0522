"""Where capabilities give the files of a customer to an export, and forget them at an erasure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from loyaltycore.customers.rules.customer import Customer
from loyaltycore.privacy.rules.export import ExportedFile
from loyaltycore.work.capability import Point, functions
from loyaltycore.work.unit import Unit

FilesOf = Callable[[Unit, Customer], Iterable[ExportedFile]]
"""The files of a customer."""

FILES_OF: Final[Point[FilesOf, tuple[FilesOf, ...]]] = Point(
    "files of customers", functions("files of customers")
)
