"""The inbox: which events of vendors were taken in already, and how far their lists were read."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen


@frozen
class InboxEvent:
    """An event that was taken in, in the same transaction as its effect.

    Attributes:
        id: Our id.

        source: The vendor.

        event_id: The vendor's id of the event; with the source unique.

        at: When it was taken in.
    """

    id: str
    source: str
    event_id: str
    at: datetime
    version: int = 1


@frozen
class Cursor:
    """How far a vendor's list of events was read.

    Attributes:
        id: Names the list.

        position: Where to go on; empty at the beginning.
    """

    id: str
    position: str
    version: int = 1
