"""Writes the published JSON Schema of exports: ``python docs/_tools/export_schema.py``."""

from __future__ import annotations

import json
from pathlib import Path

from loyaltycore.capabilities import core_record_types
from loyaltycore.privacy import export_schema
from loyaltycore.storing.registry import Registry

PAGE = Path(__file__).parent.parent / "reference" / "customer-export.schema.json"

if __name__ == "__main__":
    schema = export_schema(Registry(core_record_types()))
    PAGE.write_text(json.dumps(schema, indent=1, ensure_ascii=False) + "\n", "utf-8")
