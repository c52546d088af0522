"""Record types of what accompanies every change: activities, commands, outbox, inbox."""

from __future__ import annotations

from loyaltycore.kernel.outbox import DETAIL_LENGTH, OutboxMessage
from loyaltycore.storing.registry import KEY_LENGTH, CustomerLink, OnErase, OnExport, OnMerge, RecordType
from loyaltycore.work.journal import (
    NAME_LENGTH,
    Activity,
    Alias,
    CommandTrace,
    Cursor,
    InboxEvent,
    Presence,
    RateWindow,
)

COMMAND_KEY_LENGTH = KEY_LENGTH

ACTIVITIES = RecordType(
    cls=Activity,
    table="activities",
    noun="activity",
    indexes=(("customer_id", "id"), ("subject_table", "subject_id", "id"), ("place", "id")),
    lengths={
        "actor": 100,
        "branch_id": KEY_LENGTH,
        "action": 60,
        "subject_table": 60,
        "subject_id": KEY_LENGTH,
        "customer_id": KEY_LENGTH,
        "comment": 0,
        "command": COMMAND_KEY_LENGTH,
    },
    customer=CustomerLink(
        field="customer_id",
        merge=OnMerge.MOVE,
        export=OnExport.INCLUDE,
        erase=OnErase.SCRUB,
        scrub=("changes", "comment"),
        selectable=False,
    ),
)

COMMANDS = RecordType(
    cls=CommandTrace,
    table="commands",
    indexes=(("at",),),
    lengths={"name": NAME_LENGTH, "actor": 100, "digest": 64, "result_table": 60, "result_key": KEY_LENGTH},
)

OUTBOX = RecordType(
    cls=OutboxMessage,
    table="outbox",
    noun="message",
    unique=(("key",),),
    indexes=(
        ("kind", "state", "due_at", "id"),
        ("about_table", "about_key"),
        ("customer_id",),
        ("state", "id"),
        ("state", "finished_at"),
    ),
    lengths={
        "kind": 60,
        "key": 128,
        "payload": 0,
        "leased_by": KEY_LENGTH,
        "code": 60,
        "detail": DETAIL_LENGTH,
        "vendor_id": 200,
        "about_table": 60,
        "about_key": KEY_LENGTH,
        "customer_id": KEY_LENGTH,
    },
    # A mail holds the links in it, which let whoever has them act for the customer.
    secret=("payload",),
    customer=CustomerLink(
        field="customer_id",
        merge=OnMerge.MOVE,
        export=OnExport.INCLUDE,
        erase=OnErase.SCRUB,
        scrub=("payload", "detail"),
        selectable=False,
    ),
)

INBOX = RecordType(
    cls=InboxEvent,
    table="inbox",
    noun="event",
    unique=(("source", "event_id"),),
    indexes=(("at",),),
    lengths={"source": 100, "event_id": 128},
)

CURSORS = RecordType(cls=Cursor, table="cursors", lengths={"position": 200})

RATE_WINDOWS = RecordType(cls=RateWindow, table="rate_windows", indexes=(("lapses_at",),), secret=("id",))

ALIASES = RecordType(
    cls=Alias,
    table="aliases",
    noun="alias",
    indexes=(("customer_id", "id"), ("number_key",), ("external_number",)),
    lengths={"customer_id": KEY_LENGTH, "number_key": 120, "external_number": 40},
    # What was merged into somebody who is merged in turn follows, so that one step leads from any of them to the end.
    customer=CustomerLink(
        field="customer_id",
        merge=OnMerge.MOVE,
        export=OnExport.INCLUDE,
        erase=OnErase.SCRUB,
        scrub=("number_key", "external_number"),
        selectable=False,
    ),
)

PRESENCES = RecordType(cls=Presence, table="presences")

JOURNAL = (ACTIVITIES, COMMANDS, OUTBOX, INBOX, CURSORS, RATE_WINDOWS, ALIASES, PRESENCES)
"""The record types that every unit of work may write."""
