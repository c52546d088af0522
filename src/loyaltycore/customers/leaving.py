"""Where capabilities say what forbids that a customer is merged into another one, or erased."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from loyaltycore.customers.rules.blocking import Blocker
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.work.capability import Point, functions
from loyaltycore.work.unit import Unit

ForbidsMerge = Callable[[Unit, Customer, Customer], Iterable[Blocker]]
"""Given the survivor and the loser: what forbids that they are merged."""

ForbidsErasure = Callable[[Unit, Customer], Iterable[Blocker]]
"""What forbids that a customer is erased."""

FORBIDS_MERGE: Final[Point[ForbidsMerge, tuple[ForbidsMerge, ...]]] = Point(
    "what forbids a merge", functions("what forbids a merge")
)
FORBIDS_ERASURE: Final[Point[ForbidsErasure, tuple[ForbidsErasure, ...]]] = Point(
    "what forbids an erasure", functions("what forbids an erasure")
)
