"""What was removed because it had been kept long enough."""

from __future__ import annotations

from attrs import frozen


@frozen
class Forgotten:
    """How many records of one kind were removed."""

    name: str
    count: int
