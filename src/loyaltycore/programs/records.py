"""Record types of programs, of what customers have of them, and of its history."""

from __future__ import annotations

from loyaltycore.programs.rules.assignment import ProgramAssignment, ProgramMove
from loyaltycore.programs.rules.closing import ProgramPeriod
from loyaltycore.programs.rules.entering import TABLE
from loyaltycore.programs.rules.issuer import Issuer
from loyaltycore.programs.rules.program import Program, ProgramRevision
from loyaltycore.programs.rules.terms import WORD_LENGTH
from loyaltycore.storing.registry import KEY_LENGTH, CustomerLink, OnErase, OnExport, OnMerge, RecordType

NAME_LENGTH = 100
COMMENT_LENGTH = 500
REFERENCE_LENGTH = 100
"""Longest number of an order, a line or a supply, in characters."""


def _sellers(program: Program) -> dict[str, tuple[str, ...]]:
    return {"sold_by": tuple(sorted({each.article for each in program.sold_by}))}


PROGRAMS = RecordType(
    cls=Program,
    table="programs",
    unique=(("name",),),
    lengths={"name": NAME_LENGTH},
    lookups=("sold_by",),
    lookup_keys=_sellers,
)

PROGRAM_REVISIONS = RecordType(
    cls=ProgramRevision,
    table="program_revisions",
    unique=(("program", "number"),),
    lengths={"program": 40, "published_by": 100},
)

PROGRAM_ASSIGNMENTS = RecordType(
    cls=ProgramAssignment,
    table=TABLE,
    unique=(("program", "slot"),),
    indexes=(
        ("customer_id", "program"),
        ("card_id", "id"),
        ("order_ref", "id"),
        ("next_expiry", "id"),
    ),
    lengths={
        "program": 40,
        "item": WORD_LENGTH,
        "bundle": KEY_LENGTH,
        "customer_id": KEY_LENGTH,
        "slot": KEY_LENGTH,
        "card_id": KEY_LENGTH,
        "reference": REFERENCE_LENGTH,
        "ended_why": COMMENT_LENGTH,
        "order_ref": REFERENCE_LENGTH,
        "line_ref": REFERENCE_LENGTH,
        "comment": COMMENT_LENGTH,
        "assigned_by": 100,
    },
    # The books keep what was owed to a customer; what was remarked about him goes.
    customer=CustomerLink(
        field="customer_id",
        merge=OnMerge.MOVE,
        export=OnExport.INCLUDE,
        erase=OnErase.SCRUB,
        scrub=("comment", "reference", "ended_why"),
    ),
)

PROGRAM_MOVES = RecordType(
    cls=ProgramMove,
    table="program_moves",
    unique=(("holder_id", "seq"), ("fact",)),
    indexes=(("holder_id", "reverses"), ("customer_id", "id"), ("order_ref", "id")),
    lengths={
        "holder_table": 40,
        "holder_id": KEY_LENGTH,
        "customer_id": KEY_LENGTH,
        "ends_hold": KEY_LENGTH,
        "actor": 100,
        "branch_id": 40,
        "article": WORD_LENGTH,
        "order_ref": REFERENCE_LENGTH,
        "line_ref": REFERENCE_LENGTH,
        "rule": WORD_LENGTH,
        "fact": 40,
        "comment": COMMENT_LENGTH,
    },
    # History is not rewritten: it stays with whom it happened to, whom the alias resolves.
    customer=CustomerLink(
        field="customer_id",
        merge=OnMerge.STAY,
        export=OnExport.INCLUDE,
        erase=OnErase.SCRUB,
        scrub=("comment",),
    ),
)

ISSUERS = RecordType(
    cls=Issuer,
    table="issuers",
    lengths={"name": NAME_LENGTH, "message": COMMENT_LENGTH},
)

PROGRAM_PERIODS = RecordType(
    cls=ProgramPeriod,
    table="program_periods",
    unique=(("program", "month"),),
    lengths={"program": 40, "zone": WORD_LENGTH, "closed_by": 100},
)
