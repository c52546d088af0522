"""Work on all matching rows by one statement; see `loyaltycore.ports.bulk`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen
from sqlalchemy import (
    BigInteger,
    BindParameter,
    Column,
    Executable,
    Select,
    String,
    Text,
    bindparam,
    cast,
    delete,
    func,
    insert,
    literal,
    null,
    select,
    update,
)
from sqlalchemy.types import TypeDecorator

from loyaltycore.errors import StorageError
from loyaltycore.kernel.criteria import Criterion, Query
from loyaltycore.ports.bulk import FIRST_NUMBER
from loyaltycore.storing.checks import check_query
from loyaltycore_sql.criteria import SqlCondition
from loyaltycore_sql.layouts import Layout
from loyaltycore_sql.slots import Slots
from loyaltycore_sql.transaction import SqlTransaction
from loyaltycore_sql.translation import Uniques

_SET: Final = "set_"
"""What the parameters of new values begin with; those of criteria begin otherwise."""


@frozen
class BulkSqlTransaction(SqlTransaction):
    """A transaction of the library's own: nobody but it has read the rows that it changes."""

    def change_all(self, cls: type[Any], where: Criterion, changes: Mapping[str, Any]) -> int:
        """Give columns of all matching rows one value each."""
        with self._tx:
            layout, condition, parameters = self._matching(cls, where)
            main = layout.queries.compiler.target.tables.main
            encoded = layout.encoder.some(changes)
            values = {name: _new(f"{_SET}{name}", value, main.c[name]) for name, value in encoded.items()}
            statement = update(main).where(condition).values(**values, version=main.c.version + 1)
            parameters |= {f"{_SET}{name}": value for name, value in encoded.items()}
            return self._write(statement, parameters, layout.uniques)

    def remove_all(self, cls: type[Any], where: Criterion) -> int:
        """Delete all matching rows and their lookup keys."""
        with self._tx:
            layout, condition, parameters = self._matching(cls, where)
            tables = layout.queries.compiler.target.tables
            if tables.keys is not None:
                gone = select(tables.main.c[layout.record_type.key]).where(condition)
                self._write(delete(tables.keys).where(tables.keys.c.record_key.in_(gone)), parameters)
            return self._write(delete(tables.main).where(condition), parameters)

    def list_all(self, cls: type[Any], where: Criterion, entry: Any, field: str) -> int:
        """Insert one row for each matching one."""
        with self._tx:
            layout, condition, parameters = self._matching(cls, where)
            own = self._layouts.of(type(entry))
            listed = own.queries.compiler.target.tables.main
            source = _listing(layout, own, entry, field).where(condition)
            statement = insert(listed).from_select([column.name for column in listed.c], source)
            # SQLAlchemy drops the count of an INSERT otherwise.
            statement = statement.execution_options(preserve_rowcount=True)
            return self._write(statement, parameters, own.uniques)

    def _matching(self, cls: type[Any], where: Criterion) -> tuple[Layout[Any], SqlCondition, dict[str, Any]]:
        layout: Layout[Any] = self._layouts.of(cls)
        check_query(Query(where), layout.record_type, self._layouts.registry)
        slots = Slots()
        condition = layout.queries.compiler.compile(slots.take(where))
        return layout, condition, slots.values

    def _write(self, statement: Executable, parameters: Any, uniques: Uniques | None = None) -> int:
        if self._tx.read_only:
            raise StorageError("this transaction only reads")
        self._tx.note_write()
        return self._tx.execute(statement, parameters, lambda found: int(found.rowcount), uniques)


def _new(name: str, value: Any, column: Column[Any]) -> BindParameter[Any]:
    """A parameter for what the encoder has made of a value: the type of the column would make the same of it again."""
    ready = {int: BigInteger, str: Text}.get(type(value))
    is_plain = isinstance(column.type, TypeDecorator) and ready is not None
    return bindparam(name, type_=ready() if is_plain and ready else column.type)


def _listing(layout: Layout[Any], own: Layout[Any], entry: Any, field: str) -> Select[Any]:
    """What is inserted for each row, in the order of the columns."""
    key = layout.queries.compiler.target.tables.main.c[layout.record_type.key]
    number = cast(func.row_number().over(order_by=key) + (FIRST_NUMBER - 1), String(20))
    values = own.encoder.named(entry)
    own_key = own.record_type.key
    columns: list[Any] = []
    for column in own.queries.compiler.target.tables.main.c:
        if column.name == field:
            columns.append(key)
        elif column.name == own_key:
            columns.append((literal(f"{values[own_key]}-", String()) + number).label(column.name))
        else:
            value = values[column.name]
            columns.append(null() if value is None else literal(value, column.type).label(column.name))
    return select(*columns)
