"""JSON as the library writes it: equal data become equal texts."""

from __future__ import annotations

import json
from typing import Any


def canonical_json(data: Any) -> str:
    """Write plain data on one line, keys in order, every character readable."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
