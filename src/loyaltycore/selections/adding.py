"""Where other capabilities add fields to selections."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from attrs import field, frozen

from loyaltycore.selections.rules.catalogue import SelectableField
from loyaltycore.work.capability import Point, functions
from loyaltycore.work.unit import Unit


@frozen
class Selectable:
    """What a capability adds to the catalogue, as it is now."""

    fields: tuple[SelectableField, ...] = ()
    """Fields in addition to the customer's own."""
    relations: Mapping[str, Callable[[SelectableField], SelectableField]] = field(factory=dict)
    """By table, improves a field of such records where the capability knows more than their declaration."""


Selecting = Callable[[Unit], Selectable]
"""Looks up what there is to add."""

SELECTABLE: Final = Point[Selecting, tuple[Selecting, ...]](
    "look-ups of what customers are selected by", functions("look-ups of what customers are selected by")
)
