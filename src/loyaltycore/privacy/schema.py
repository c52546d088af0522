"""The JSON Schema of exports of a house: of the library's records, and of those of the host application."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from loyaltycore.privacy.exporting import exported
from loyaltycore.privacy.rules.schema import record_schema, schema_of
from loyaltycore.storing.registry import RecordType, Registry, StoredField, Storing

_SCHEMAS: Final[Mapping[Storing, Mapping[str, Any]]] = {
    Storing.TEXT: {"type": "string"},
    Storing.LONG_TEXT: {"type": "string"},
    Storing.INTEGER: {"type": "integer"},
    Storing.BOOLEAN: {"type": "boolean"},
    Storing.DATE: {"type": "string", "format": "date"},
    Storing.INSTANT: {"type": "string", "format": "date-time"},
    Storing.DOCUMENT: {},
}


def export_schema(registry: Registry) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the document that an export of this house holds."""
    return schema_of({each.table: record_schema(_fields(each)) for each, _ in exported(registry)})


def _fields(record_type: RecordType[Any]) -> Iterator[tuple[str, Mapping[str, Any], bool]]:
    for each in record_type.fields:
        if each.name not in record_type.secret:
            yield each.name, _schema(each), each.nullable or each.name in record_type.mentions


def _schema(stored: StoredField) -> Mapping[str, Any]:
    if stored.storing is Storing.CHOICE:
        return {"type": "string", "enum": [member.value for member in stored.type]}
    return _SCHEMAS[stored.storing]
