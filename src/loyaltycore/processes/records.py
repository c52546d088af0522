"""Record types of process templates and of the processes that were started from them."""

from __future__ import annotations

from loyaltycore.processes.rules.process import Process, process_keys
from loyaltycore.processes.rules.search import template_keys
from loyaltycore.processes.rules.template import ProcessTemplate
from loyaltycore.storing.registry import KEY_LENGTH, CustomerLink, OnErase, OnExport, OnMerge, RecordType

COMMENT_LENGTH = 500

PROCESS_TEMPLATES = RecordType(
    cls=ProcessTemplate,
    table="process_templates",
    noun="process template",
    unique=(("name",),),
    lengths={"name": 80, "abbreviation": 10, "search_key": 80, "branch_id": 40},
    lookups=("word",),
    lookup_keys=template_keys,
)

PROCESSES = RecordType(
    cls=Process,
    table="processes",
    noun="process",
    # The second finds the processes that a reload has to bring up to their template, in order and without sorting.
    indexes=(("customer_id", "id"), ("template", "state", "template_version", "id"), ("state", "id")),
    lengths={
        "customer_id": KEY_LENGTH,
        "template": 40,
        "name": 80,
        "branch_id": KEY_LENGTH,
        "started_by": 100,
        "comment": COMMENT_LENGTH,
        "ended_by": 100,
        "end_reason": COMMENT_LENGTH,
    },
    lookups=("open_step",),
    lookup_keys=process_keys,
    customer=CustomerLink(
        field="customer_id", merge=OnMerge.MOVE, export=OnExport.INCLUDE, erase=OnErase.REMOVE
    ),
)
