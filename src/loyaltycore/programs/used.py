"""Which rules of a program orders have used: capabilities that settle orders say so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, TypeAlias

from attrs import frozen

from loyaltycore.work.capability import Point, functions
from loyaltycore.work.unit import Unit


@frozen
class Span:
    """A span of time."""

    start: datetime | None
    """None for the beginning of everything."""
    end: datetime
    """The first moment after it."""


@frozen
class UsedRules:
    """One order, and the rules of a program that it has used."""

    order_id: str
    rules: tuple[str, ...]
    """As the terms call them; often there are none."""


RulesOf: TypeAlias = Callable[[Unit, str, Span, tuple[str] | None, int], Sequence[UsedRules]]
"""Gives the orders of a span, given the key of a program, by their ids: after which one, and how many."""

RULES_OF: Final = Point[RulesOf, tuple[RulesOf, ...]](
    "rules that orders used", functions("rules that orders used")
)
