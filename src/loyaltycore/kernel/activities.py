"""Activities: the change feed. Every change stores who, when, where, what, and each field before and after."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from attrs import frozen


@frozen
class FieldChange:
    """One field of one record.

    Attributes:
        field: The field's name.

        before: Plain data (as the codec writes it); None where there was nothing.

        after: The same afterwards.
    """

    field: str
    before: Any
    after: Any


@frozen
class Activity:
    """One line of the change feed.

    Attributes:
        id: Sorts in the order of events.

        at: When.

        actor: Who.

        branch_id: Where; empty for the chain.

        action: Stable dotted word, for example ``card.ordered``.

        subject_table: The kind of record that was changed.

        subject_id: Which one.

        customer_id: The customer whose record shows it.

        changes: The fields that differ.

        comment: A reason or remark by the person who acted.

        command: The command that made the change.
    """

    id: str
    at: datetime
    actor: str
    branch_id: str
    action: str
    subject_table: str
    subject_id: str
    customer_id: str | None
    changes: tuple[FieldChange, ...]
    comment: str
    command: str
    version: int = 1
