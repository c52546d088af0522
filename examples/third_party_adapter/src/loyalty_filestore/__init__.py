"""A storage that keeps all records in one JSON file; see the README for what it is good for."""

from __future__ import annotations

from loyalty_filestore.storage import FileStorage

__all__ = ["FileStorage"]
