"""The JSON Schema of an export, made from the declarations of what is stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from loyaltycore.privacy.rules.export import FORMAT, VERSION

_TEXT: Final = {"type": "string"}
_NUMBER: Final = {"type": "integer"}
_FILE: Final = {
    "type": "object",
    "properties": {
        "path": {"type": "string", "pattern": "^files/[^/]+$"},
        "name": _TEXT,
        "media_type": _TEXT,
        "size": {"type": "integer", "minimum": 0},
        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    },
    "required": ["path", "name", "media_type", "size", "sha256"],
    "additionalProperties": False,
}


def schema_of(records: Mapping[str, Mapping[str, Any]], customers: str = "customers") -> dict[str, Any]:
    """The schema of a whole document.

    Args:
        records: The schema of one record, by table.
        customers: The table of the customers themselves.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Export of one customer",
        "type": "object",
        "properties": {
            "format": {"const": FORMAT},
            "version": {"const": VERSION},
            "customer_id": _TEXT,
            "exported_at": {"type": "string", "format": "date-time"},
            "former_ids": {"type": "array", "items": _TEXT},
            "records": {
                "type": "object",
                "properties": {table: {"type": "array", "items": each} for table, each in records.items()},
                "required": [customers],
            },
            "predecessors": {"type": "array", "items": records[customers]},
            "files": {"type": "array", "items": _FILE},
        },
        "required": [
            *("format", "version", "customer_id", "exported_at"),
            *("former_ids", "records", "predecessors", "files"),
        ],
        "additionalProperties": False,
    }


def record_schema(fields: Iterable[tuple[str, Mapping[str, Any], bool]]) -> dict[str, Any]:
    """The schema of one record.

    Args:
        fields: Name, schema, and whether it may be null, of each field that an export shows.
    """
    properties = {name: _nullable(schema) if nullable else dict(schema) for name, schema, nullable in fields}
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _nullable(schema: Mapping[str, Any]) -> dict[str, Any]:
    if "type" not in schema:
        return dict(schema)
    nullable = {**schema, "type": [schema["type"], "null"]}
    return {**nullable, "enum": [*schema["enum"], None]} if "enum" in schema else nullable
