"""Record types of branches and settings."""

from __future__ import annotations

from loyaltycore.domain.branches import Branch
from loyaltycore.domain.settings import SettingSet
from loyaltycore.records.registry import RecordType

BRANCHES = RecordType(cls=Branch, table="branches", noun="branch", indexes=(("name",),))
SETTINGS = RecordType(cls=SettingSet, table="settings")
