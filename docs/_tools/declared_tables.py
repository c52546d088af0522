"""Writes the tables of the reference that say what the library declares: ``python docs/_tools/declared_tables.py``.

A table stands between two comments, ``<!-- table: NAME -->`` and ``<!-- end of table -->``; a test holds it fresh.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from loyaltycore.capabilities import CAPABILITIES, core_options, core_record_types
from loyaltycore.customers.rules.fields import CUSTOMER_FIELDS
from loyaltycore.customers.rules.table_columns import ALIASES
from loyaltycore.selections.rules.customer_fields import customer_fields
from loyaltycore.selections.selectable import relations
from loyaltycore.storing.registry import RecordType, Registry
from loyaltycore.testing import commands_of, services_of

Rows = Iterator[tuple[str, ...]]

DOCS: Final = Path(__file__).parents[1]
_TABLE: Final = re.compile(r"(<!-- table: ([a-z-]+) -->\n).*?(<!-- end of table -->)", re.DOTALL)


def commands() -> Rows:
    """Every capability of the library."""
    yield "Capability", "Services", "Commands"
    for capability in CAPABILITIES:
        services = (f"`{service.__name__}`" for service in services_of(capability))
        done = (f"`{name}`" for name in commands_of(capability))
        yield f"`{capability.name}`", ", ".join(services), ", ".join(done)


def options() -> Rows:
    """Every option of the library."""
    yield "Option", "Type", "Default", "Tab / section", "What it does"
    for option in core_options():
        default = f"`{option.default}`" if option.default != "" else "empty"
        place = f"{option.tab} / {option.section}"
        yield f"`{option.key}`", type(option.default).__name__, default, place, option.description


def records() -> Rows:
    """Every record type of the library."""
    yield "Table", "Class", "Key", "Unique", "Indexes", "Lookup keys"
    for record_type in core_record_types():
        yield (
            f"`{record_type.table}`",
            f"`{record_type.cls.__name__}`",
            f"`{record_type.key}`",
            _columns(record_type.unique),
            _columns(record_type.indexes),
            ", ".join(f"`{lookup}`" for lookup in record_type.lookups),
        )


def links() -> Rows:
    """What merge, export and erase do with the records that refer to a customer."""
    yield "Table", "By", "Merge", "Export", "Erase"
    yield from (link(record_type) for record_type in core_record_types() if record_type.customer)


def fields() -> Rows:
    """Every field of a customer."""
    yield "Field", "Label", "Group", "Holds", "Whose", "Greatest length", "Given"
    for field in CUSTOMER_FIELDS.values():
        yield (
            f"`{field.key}`",
            field.label,
            field.group,
            field.content.value.replace("_", " "),
            field.only.value if field.only else "everybody",
            f"{field.length:,}" if field.length else "",
            "yes" if field.given else "no",
        )


def import_columns() -> Rows:
    """Every column that an import knows."""
    yield "Column", "Also called"
    for name, headers in ALIASES.items():
        yield f"`{name}`", ", ".join(f"`{header}`" for header in headers)


def selectable_fields() -> Rows:
    """Every field of a customer that conditions compare."""
    yield "Field", "Group", "What it is", "Type", "Operators", "Choices"
    for field in customer_fields():
        yield (
            f"`{field.key}`",
            field.group,
            field.label,
            f"`{field.type.value}`",
            ", ".join(f"`{operator.value}`" for operator in field.operators),
            ", ".join(f"`{choice.key}`" for choice in field.choices),
        )


def selectable_relations() -> Rows:
    """Every kind of record that conditions ask for, and its fields."""
    yield "Relation", "Fields"
    for relation in relations(Registry(core_record_types())):
        shown = (f"`{field.key}` ({field.type.value})" for field in relation.fields)
        yield f"`{relation.key}`", ", ".join(shown)


TABLES: Final[dict[str, Callable[[], Rows]]] = {
    "commands": commands,
    "options": options,
    "records": records,
    "links": links,
    "customer-fields": fields,
    "import-columns": import_columns,
    "selectable-fields": selectable_fields,
    "selectable-relations": selectable_relations,
}


def pages() -> Iterator[tuple[Path, str]]:
    """Every page that has tables, and its text with the tables as they should be."""
    for path in sorted(DOCS.rglob("*.md")):
        text = path.read_text("utf-8")
        if _TABLE.search(text):
            yield path, _TABLE.sub(lambda found: f"{found[1]}{_table(TABLES[found[2]]())}{found[3]}", text)


def main() -> None:
    """Write them."""
    for path, text in pages():
        path.write_text(text, "utf-8")


def _table(rows: Rows) -> str:
    heading, *rest = rows
    lines = (heading, tuple("---" for _ in heading), *rest)
    return "".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |\n" for row in lines)


def link(record_type: RecordType[object]) -> tuple[str, ...]:
    """The row of one table."""
    declared = record_type.customer
    assert declared is not None  # noqa: S101  asked for by the caller
    emptied = f" ({', '.join(f'`{name}`' for name in declared.scrub)})" if declared.scrub else ""
    return (
        f"`{record_type.table}`",
        f"`{declared.field}`",
        declared.merge.value,
        declared.export.value,
        declared.erase.value + emptied,
    )


def _columns(groups: tuple[tuple[str, ...], ...]) -> str:
    """Tuples of fields, each in its own brackets where it has several."""
    return ", ".join(
        f"`{group[0]}`" if len(group) == 1 else f"({', '.join(f'`{name}`' for name in group)})"
        for group in groups
    )


if __name__ == "__main__":
    main()
