"""Where capabilities say what forbids that a customer is merged or erased, and what an erasure does besides."""

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

AlsoErases = Callable[[Unit, Customer], object]
"""Forgets what lies beside records and speaks of a customer. It is called in the unit that erases, before any record of the
customer is touched; what lies outside of the storage is asked for through the outbox."""

FORBIDS_MERGE: Final[Point[ForbidsMerge, tuple[ForbidsMerge, ...]]] = Point(
    "what forbids a merge", functions("what forbids a merge")
)
FORBIDS_ERASURE: Final[Point[ForbidsErasure, tuple[ForbidsErasure, ...]]] = Point(
    "what forbids an erasure", functions("what forbids an erasure")
)
ALSO_ERASES: Final[Point[AlsoErases, tuple[AlsoErases, ...]]] = Point(
    "what an erasure does besides", functions("what an erasure does besides")
)
