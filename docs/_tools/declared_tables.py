"""Tables of the reference that are drawn from the library's own declarations, so that they cannot be wrong."""

from __future__ import annotations

from collections.abc import Iterable

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from loyaltycore.capabilities import CAPABILITIES, core_options, core_record_types
from loyaltycore.customers.rules.fields import CUSTOMER_FIELDS
from loyaltycore.customers.rules.table_columns import ALIASES
from loyaltycore.selections.rules.customer_fields import customer_fields
from loyaltycore.selections.selectable import relations
from loyaltycore.storing.registry import RecordType, Registry
from loyaltycore.testing import commands_of, services_of


def setup(app: Sphinx) -> dict[str, bool]:
    """Name the directives."""
    app.add_directive("declared-commands", DeclaredCommands)
    app.add_directive("declared-options", DeclaredOptions)
    app.add_directive("declared-records", DeclaredRecords)
    app.add_directive("declared-links", DeclaredLinks)
    app.add_directive("customer-fields", DeclaredFields)
    app.add_directive("import-columns", ImportColumns)
    app.add_directive("selectable-fields", SelectableFields)
    app.add_directive("selectable-relations", SelectableRelations)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


class DeclaredTable(SphinxDirective):
    """A table from declarations."""

    def rows(self) -> Iterable[tuple[str, ...]]:
        """The heading, then the rows, in Markdown."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        """Draw the table."""
        heading, *rows = self.rows()
        rule = tuple("---" for _ in heading)
        lines = [
            f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |" for row in (heading, rule, *rows)
        ]
        return self.parse_text_to_nodes(StringList(lines, source="declared-tables"))


class DeclaredCommands(DeclaredTable):
    """Every capability of the library."""

    def rows(self) -> Iterable[tuple[str, ...]]:
        """One row for each capability."""
        yield "Capability", "Services", "Commands"
        for capability in CAPABILITIES:
            services = {service.__name__: service.__module__ for service in services_of(capability)}
            links = (f"{{py:class}}`~{module}.{name}`" for name, module in services.items())
            commands = (
                f"{{py:meth}}`{name} <{services[place.partition('.')[0]]}.{place}>`"
                for name, place in commands_of(capability).items()
            )
            yield f"{{py:mod}}`loyaltycore.{capability.name}`", ", ".join(links), ", ".join(commands)


class DeclaredOptions(DeclaredTable):
    """Every option of the library."""

    def rows(self) -> Iterable[tuple[str, ...]]:
        """One row for each option."""
        yield "Option", "Type", "Default", "Tab / section", "What it does"
        for option in core_options():
            default = f"`{option.default}`" if option.default != "" else "empty"
            place = f"{option.tab} / {option.section}"
            yield f"`{option.key}`", type(option.default).__name__, default, place, option.description


class DeclaredRecords(DeclaredTable):
    """Every record type of the library."""

    def rows(self) -> Iterable[tuple[str, ...]]:
        """One row for each table."""
        yield "Table", "Class", "Key", "Unique", "Indexes", "Lookup keys"
        for record_type in core_record_types():
            yield (
                f"`{record_type.table}`",
                f"{{py:class}}`~{record_type.cls.__module__}.{record_type.cls.__qualname__}`",
                f"`{record_type.key}`",
                columns(record_type.unique),
                columns(record_type.indexes),
                ", ".join(f"`{lookup}`" for lookup in record_type.lookups),
            )


class DeclaredLinks(DeclaredTable):
    """What merge, export and erase do with the records that refer to a customer."""

    def rows(self) -> Iterable[tuple[str, ...]]:
        """One row for each table that refers to a customer."""
        yield "Table", "By", "Merge", "Export", "Erase"
        yield from (link(record_type) for record_type in core_record_types() if record_type.customer)


class DeclaredFields(DeclaredTable):
    """Every field of a customer."""

    def rows(self) -> Iterable[tuple[str, ...]]:
        """One row for each field."""
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


class ImportColumns(DeclaredTable):
    """Every column that an import knows."""

    def rows(self) -> Iterable[tuple[str, ...]]:
        """One row for each column."""
        yield "Column", "Also called"
        for name, headers in ALIASES.items():
            yield f"`{name}`", ", ".join(headers)


class SelectableFields(DeclaredTable):
    """Every field of a customer that conditions compare."""

    def rows(self) -> Iterable[tuple[str, ...]]:
        """One row for each field."""
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


class SelectableRelations(DeclaredTable):
    """Every kind of record that conditions ask for, and its fields."""

    def rows(self) -> Iterable[tuple[str, ...]]:
        """One row for each relation."""
        yield "Relation", "Fields"
        for relation in relations(Registry(core_record_types())):
            fields = (f"`{field.key}` ({field.type.value})" for field in relation.fields)
            yield f"`{relation.key}`", ", ".join(fields)


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


def columns(groups: tuple[tuple[str, ...], ...]) -> str:
    """Tuples of fields, each in its own brackets where it has several."""
    return ", ".join(
        f"`{group[0]}`" if len(group) == 1 else f"({', '.join(f'`{name}`' for name in group)})"
        for group in groups
    )
