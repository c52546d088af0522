"""JSON as the library writes it: equal data become equal texts."""

from __future__ import annotations

import json
from typing import Any, Final

# `json.dumps` would make one for each text.
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical_json(data: Any) -> str:
    """Write plain data on one line, keys in order, every character readable."""
    return _ENCODER.encode(data)
