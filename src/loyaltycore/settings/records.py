"""Record types of settings."""

from __future__ import annotations

from loyaltycore.kernel.settings import SettingSet
from loyaltycore.storing.registry import RecordType

SETTINGS = RecordType(cls=SettingSet, table="settings")
