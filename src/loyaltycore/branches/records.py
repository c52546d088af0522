"""Record types of branches."""

from __future__ import annotations

from loyaltycore.kernel.branches import Branch
from loyaltycore.storing.registry import RecordType

BRANCHES = RecordType(cls=Branch, table="branches", noun="branch", indexes=(("name",),))
